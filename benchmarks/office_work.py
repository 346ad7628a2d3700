"""Ten minutes of ordinary work on a virtual desktop, filmed: typing, scrolling, switching, reading.

Real programs on a real X display; one frame a second is written to a folder as a session.
"""

from __future__ import annotations

import itertools
import random
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from PIL import Image

import mirrordesk
from benchmarks import recordings
from mirrordesk.capture.screen import MssScreen
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.records import Box

SIZE = (1920, 1080)
SHELL, EDITOR, BROWSER = Box(10, 40, 930, 500), Box(10, 580, 930, 460), Box(960, 40, 940, 1000)
SOURCES = Path(mirrordesk.__file__).parent
SEED = 11
TITLES = ("Shell", "minutes.txt", "how we release")


def film(folder: Path, seconds: int) -> None:
    """Work for so long; the frames and their index go to `folder`."""
    with VirtualDesktop(SIZE, with_sound=False) as desktop:
        _open_programs(desktop)
        ending = threading.Event()
        camera = threading.Thread(target=_film, args=(desktop.display, folder, seconds, ending))
        camera.start()
        acts = _acts(desktop, random.Random(SEED))
        while not ending.is_set():
            next(acts)()
        camera.join()


def _film(display: str, folder: Path, seconds: int, ending: threading.Event) -> None:
    screen = MssScreen(display)
    (monitor,) = screen.monitors()
    begin, kept = datetime.now(UTC), []
    for second in range(seconds):
        wait = (begin + timedelta(seconds=second) - datetime.now(UTC)).total_seconds()
        time.sleep(max(wait, 0))
        kept.append((datetime.now(UTC), f"{second:05}.png"))
        Image.fromarray(screen.grab(monitor)).save(folder / kept[-1][1], compress_level=1)
    screen.close()
    ending.set()
    recordings.write(folder, "office work", kept)


def _open_programs(desktop: VirtualDesktop) -> None:
    (desktop.home / ".bashrc").write_text("PS1='\\w \\$ '\n", encoding="utf-8")
    minutes = desktop.home / "minutes.txt"
    minutes.touch()
    pages = desktop.home / "pages"
    shutil.copytree(SOURCES / "demo" / "pages", pages)
    desktop.launch(["xterm", "-T", "Shell", "-fa", "DejaVu Sans Mono", "-fs", "11"])
    desktop.launch(["mousepad", "--disable-server", str(minutes)])
    desktop.launch_browser((pages / "wiki.html").as_uri())
    for title, place in zip(TITLES, (SHELL, EDITOR, BROWSER), strict=True):
        desktop.wait_for_window(title)
        desktop.place(title, place)


def _acts(desktop: VirtualDesktop, chance: random.Random) -> Iterator[Callable[[], None]]:
    """What somebody does, one thing after the other, without end."""
    for number in itertools.count(1):
        print(f"round {number}", file=sys.stderr)
        yield from _round(desktop, chance, number)


def _round(desktop: VirtualDesktop, chance: random.Random, number: int) -> list[Callable[[], None]]:
    count, read = (chance.choice(sorted(SOURCES.rglob("*.py"))) for _ in range(2))
    return [
        partial(_in_shell, desktop, f"wc -l {count}\n"),
        partial(_in_shell, desktop, f"less {read}\n"),
        partial(_page, desktop, "Page_Down", chance.randint(2, 5)),
        partial(_page, desktop, "Page_Up", 1),
        partial(desktop.key, "q"),
        partial(_write, desktop, number, chance),
        partial(_read_page, desktop, chance),
        partial(time.sleep, chance.uniform(4, 12)),  # thinks
    ]


def _in_shell(desktop: VirtualDesktop, line: str) -> None:
    desktop.focus("Shell")
    desktop.type_text(line)
    time.sleep(2)


def _page(desktop: VirtualDesktop, key: str, times: int) -> None:
    for _ in range(times):
        desktop.key(key)
        time.sleep(3)


def _write(desktop: VirtualDesktop, number: int, chance: random.Random) -> None:
    desktop.focus("minutes.txt")
    amount = chance.randrange(100, 9000, 50)
    desktop.type_text(f"Point {number}: the {chance.choice(('printer', 'room'))} costs {amount}.\n")
    desktop.type_text("Everybody agreed, and it is to be ordered by the end of the week.\n")
    time.sleep(2)


def _read_page(desktop: VirtualDesktop, chance: random.Random) -> None:
    desktop.focus("how we release")
    for _ in range(chance.randint(1, 3)):
        desktop.key("Down", "Down", "Down")
        time.sleep(2)
