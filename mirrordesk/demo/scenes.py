"""A minute of work on a virtual desktop: a shell, notes of a meeting, two pages, a sentence said.

Whoever records it sees pixels and hears sound, nothing else.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.records import Box

TERMINAL = Box(10, 40, 850, 430)
EDITOR = Box(10, 510, 850, 500)
BROWSER = Box(10, 40, 850, 970)
DWELL_S = 6.0  # how long somebody looks at a thing before going on

SHELL = (
    "mkdir aurora && cd aurora\n",
    "printf 'North,4180\\nSouth,2965\\n' > visitors.csv\n",
    "awk -F, '{n += $2} END {print \"Total visitors:\", n}' visitors.csv\n",
    "grep West visitors.csv || echo 'No visitors from the West yet'\n",
)
NOTES = (
    "Lighthouse meeting, 14 March\n"
    "\n"
    "Present: Ingrid Solberg, Tomasz Wren, Amara Diallo.\n"
    "The Falcon budget is 48500 euros.\n"
    "Amara sends the contract to the printer by Friday.\n"
    "Next meeting: 28 March at 10:30 in the blue room.\n"
)
SENTENCE = "The Heron meeting is on Thursday at ten fifteen."  # words that Whisper-micro knows


def play(desktop: VirtualDesktop) -> None:
    """Do all of it; takes about a minute."""
    _work_in_a_shell(desktop)
    _take_notes(desktop)
    desktop.speak(SENTENCE)
    _read_pages(desktop)


def _work_in_a_shell(desktop: VirtualDesktop) -> None:
    (desktop.home / ".bashrc").write_text("PS1='\\w \\$ '\n", encoding="utf-8")
    desktop.launch(["xterm", "-T", "Shell", "-fa", "DejaVu Sans Mono", "-fs", "12"])
    _open(desktop, "Shell", TERMINAL)
    for line in SHELL:
        desktop.type_text(line)
        time.sleep(DWELL_S / 2)


def _take_notes(desktop: VirtualDesktop) -> None:
    notes = desktop.home / "lighthouse.txt"
    notes.touch()
    desktop.launch(["mousepad", "--disable-server", str(notes)])
    _open(desktop, "lighthouse.txt", EDITOR)
    desktop.type_text(NOTES)
    desktop.key("ctrl+s")
    time.sleep(DWELL_S)


def _read_pages(desktop: VirtualDesktop) -> None:
    pages = desktop.home / "pages"
    shutil.copytree(Path(__file__).with_name("pages"), pages)
    desktop.launch_browser((pages / "trip.html").as_uri())
    _open(desktop, "Your booking", BROWSER)
    time.sleep(DWELL_S)
    desktop.key("ctrl+l")
    desktop.type_text(f"{(pages / 'wiki.html').as_uri()}\n", delay_ms=12)
    desktop.wait_for_window("how we release")
    time.sleep(DWELL_S)


def _open(desktop: VirtualDesktop, title: str, place: Box) -> None:
    desktop.wait_for_window(title)
    desktop.place(title, place)
    desktop.focus(title)
