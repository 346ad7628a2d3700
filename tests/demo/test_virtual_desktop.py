"""The virtual desktop: real windows, real keys, real sound, and nothing left afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from mirrordesk.demo.household import MARK, wait_until
from mirrordesk.demo.virtual_desktop import PROGRAMS, VirtualDesktop
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box
from tests.demo.conftest import SMALL

pytestmark = pytest.mark.desktop

LONG = 60.0  # generous: the machine may be busy


def _shell(desktop: VirtualDesktop, title: str) -> None:
    desktop.launch(["xterm", "-T", title])
    desktop.wait_for_window(title)
    desktop.focus(title)


def _eventually(path: Path, text: str) -> None:
    wait_until(lambda: path.exists() and path.read_text() == text, LONG, f"{path} is not {text!r}")


def test_what_is_typed_reaches_the_program_that_has_the_focus(desktop: VirtualDesktop) -> None:
    _shell(desktop, "typed")
    desktop.type_text("printf '%s|' A-b_C '(1 + 2) * 3' café > typed.txt\n", delay_ms=20)
    _eventually(desktop.home / "typed.txt", "A-b_C|(1 + 2) * 3|café|")


def test_line_breaks_and_combinations_reach_a_gtk_program(desktop: VirtualDesktop) -> None:
    notes = desktop.home / "notes.txt"
    notes.touch()
    desktop.launch(["mousepad", "--disable-server", str(notes)])
    desktop.wait_for_window("notes.txt")
    desktop.focus("notes.txt")
    desktop.type_text("two\n\nlines", delay_ms=20)
    wait_until(lambda: desktop.window("notes.txt").title.startswith("*"), LONG, "nothing changed")
    desktop.key("ctrl+s")
    wait_until(lambda: notes.read_text().strip() == "two\n\nlines", LONG, "it was not saved")


def test_the_keyboard_follows_the_focus(desktop: VirtualDesktop) -> None:
    _shell(desktop, "first")
    _shell(desktop, "second")
    desktop.focus("first")
    desktop.type_text("ps -o ppid= $$ > first.txt")
    desktop.key("Return")
    path = desktop.home / "first.txt"
    wait_until(lambda: path.exists() and path.read_text().strip() != "", LONG, "nothing came")
    assert int(path.read_text()) == desktop.window("first").pid


def test_windows_tell_program_title_process_place_and_order(desktop: VirtualDesktop) -> None:
    process = desktop.launch(["xterm", "-T", "facts"])
    desktop.wait_for_window("facts")
    wanted = Box(40, 60, 400, 300)
    desktop.place("facts", wanted)
    desktop.focus("facts")
    wait_until(lambda: desktop.window("facts").active, LONG, "it did not become active")
    wait_until(lambda: desktop.window("facts").box.x < 60, LONG, "it did not move")
    window = desktop.window("facts")
    assert [w.title for w in desktop.windows() if w.app == "XTerm"][-1] == "facts"
    assert (window.app, window.pid) == ("XTerm", process.pid)
    assert wanted.intersection(window.box) is not None
    assert abs(window.box.w - wanted.w) < 20
    assert abs(window.box.h - wanted.h) < 40


def test_pixels_show_what_a_window_shows(desktop: VirtualDesktop, tmp_path: Path) -> None:
    desktop.launch(["xterm", "-T", "green", "-bg", "#00ff00", "-fg", "#00ff00", "-cr", "#00ff00"])
    window = desktop.wait_for_window("green")
    desktop.focus("green")
    middle = window.box.h // 2, window.box.w // 2
    wait_until(
        lambda: tuple(desktop.pixels(desktop.window("green"))[middle]) == (0, 255, 0), LONG, "black"
    )
    assert desktop.pixels().shape == (SMALL[1], SMALL[0], 3)
    assert desktop.screenshot(tmp_path / "screen.png").stat().st_size > 0


def test_the_tray_takes_icons(desktop: VirtualDesktop) -> None:
    probe = (
        "from PySide6.QtWidgets import QApplication, QSystemTrayIcon as T\n"
        "app = QApplication([])\n"
        "raise SystemExit(not T.isSystemTrayAvailable())"
    )
    done = subprocess.run([sys.executable, "-c", probe], env=desktop.env, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("device", "into_microphone"), [("speakers.monitor", False), ("microphone", True)]
)
def test_what_is_spoken_can_be_recorded(
    desktop: VirtualDesktop, tmp_path: Path, device: str, into_microphone: bool
) -> None:
    heard = tmp_path / "heard.raw"
    command = ["parec", f"--device={device}", "--rate=16000", "--channels=1", "--format=s16le"]
    with heard.open("wb") as file:
        recorder = subprocess.Popen([*command, "--latency-msec=50"], env=desktop.env, stdout=file)
        try:
            wait_until(lambda: heard.stat().st_size > 0, LONG, "parec did not start")
            desktop.speak("One two three four five.", into_microphone=into_microphone)
        finally:
            recorder.terminate()
            recorder.wait()
    samples = np.frombuffer(heard.read_bytes(), np.int16)
    loud = np.abs(samples.astype(np.int32)) > 1000
    assert loud.sum() > 0.2 * 16_000  # at least 0.2 s of samples are clearly speech


def test_two_desktops_do_not_meet() -> None:
    with (
        VirtualDesktop(SMALL, with_sound=False) as one,
        VirtualDesktop(SMALL, with_sound=False) as other,
    ):
        assert one.display != other.display
        _shell(one, "only here")
        with pytest.raises(CaptureUnavailable, match="No window titled"):
            other.window("only here")


def test_another_user_of_the_machine_is_not_let_in() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can try it as somebody else")
    with VirtualDesktop(SMALL, with_sound=False) as desktop:
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        done = subprocess.run(
            [*as_nobody, "xdotool", "getmouselocation"],
            env={**desktop.env, "XAUTHORITY": "/dev/null"},
            capture_output=True,
            check=False,
        )
    assert done.returncode != 0


def _carriers(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _mark(pid: int) -> str:
    """The mark of a process, as soon as the kernel shows the environment of its new program."""
    process = psutil.Process(pid)
    wait_until(lambda: MARK in process.environ(), LONG, "it carries no mark")
    return process.environ()[MARK]


class BodyError(Exception):
    """What the body of a desktop's block raises in a test."""


def _run_a_body_that_raises(seen: list[str]) -> None:
    with VirtualDesktop(SMALL) as desktop:
        seen += [_mark(desktop.launch(["xterm"]).pid), str(desktop.folder)]
        # A program that leaves the group and outlives who started it.
        desktop.launch(["sh", "-c", "setsid sleep 1000 & touch started"])
        wait_until((desktop.home / "started").exists, LONG, "the shell did not start")
        assert _carriers(seen[0])
        raise BodyError


def test_nothing_is_left_when_the_body_raises() -> None:
    seen: list[str] = []
    with pytest.raises(BodyError):
        _run_a_body_that_raises(seen)
    mark, folder = seen
    assert _carriers(mark) == []
    assert not Path(folder).exists()


def test_nothing_is_left_when_its_owner_is_killed() -> None:
    body = (
        "from mirrordesk.demo.virtual_desktop import VirtualDesktop\n"
        "with VirtualDesktop((640, 480), with_sound=False) as d:\n"
        "    p = d.launch(['xterm'])\n"
        "    print(p.pid, d.folder, flush=True)\n"
        "    input()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", body], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdin is not None
    assert owner.stdout is not None
    with owner.stdin, owner.stdout:
        pid, folder = owner.stdout.readline().split()
        mark = _mark(int(pid))
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    wait_until(lambda: _carriers(mark) == [], LONG, "processes were left behind")
    shutil.rmtree(folder)  # nobody was there to remove it


@pytest.mark.parametrize("absent", PROGRAMS)
def test_a_missing_program_is_named_with_what_installs_it(
    absent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in PROGRAMS:
        if program != absent:
            (tmp_path / program).symlink_to(shutil.which(program) or program)
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        pytest.raises(CaptureUnavailable, match=rf"{absent}.*installer/system-packages\.sh"),
        VirtualDesktop(SMALL, with_sound=False),
    ):
        pytest.fail("it started all the same")


def test_a_program_that_is_not_installed_cannot_be_launched(desktop: VirtualDesktop) -> None:
    with pytest.raises(CaptureUnavailable, match="frobnicate"):
        desktop.launch(["frobnicate"])


def test_a_window_that_never_appears_is_named() -> None:
    with (
        VirtualDesktop(SMALL, with_sound=False) as desktop,
        pytest.raises(CaptureUnavailable, match="“ghost”"),
    ):
        desktop.wait_for_window("ghost", timeout=0.2)


def test_a_silent_desktop_says_that_it_cannot_speak() -> None:
    with (
        VirtualDesktop(SMALL, with_sound=False) as desktop,
        pytest.raises(CaptureUnavailable, match="without sound"),
    ):
        desktop.speak("hello")
