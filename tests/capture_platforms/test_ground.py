"""What recording stands on, where Windows and macOS do it in another way than Linux."""

from __future__ import annotations

import errno
import importlib.util
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from mirrordesk import clock, durable
from mirrordesk.errors import ProfileLocked
from mirrordesk.rules.browsers import is_browser, is_private

HELD = "Somebody has it."


class Msvcrt(ModuleType):
    """Python's module of that name: it locks bytes from where the file stands, for one holder."""

    LK_UNLCK, LK_NBLCK = 0, 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.holders: dict[int, int] = {}  # inode: descriptor

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        assert (os.lseek(descriptor, 0, os.SEEK_CUR), count) == (0, 1)
        inode = os.fstat(descriptor).st_ino
        if mode == self.LK_UNLCK:
            assert self.holders.pop(inode) == descriptor
        elif self.holders.setdefault(inode, descriptor) != descriptor:
            raise OSError(errno.EACCES, "Permission denied")


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """mirrordesk.durable as it is imported on Windows."""
    spec = importlib.util.spec_from_file_location("durable_on_windows", durable.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        patch.setitem(sys.modules, "msvcrt", Msvcrt())
        patch.setitem(sys.modules, "fcntl", None)  # importing it would fail
        spec.loader.exec_module(module)
    return module


def test_a_lock_on_windows_has_one_holder_and_is_let_go(
    on_windows: ModuleType, tmp_path: Path
) -> None:
    place = tmp_path / "lock"
    with on_windows.lock(place, holder=HELD):
        assert on_windows.is_locked(place)
        with pytest.raises(ProfileLocked, match=HELD), on_windows.lock(place, holder=HELD):
            pass
    assert not on_windows.is_locked(place)


def test_who_waits_for_a_lock_on_windows_gets_it(on_windows: ModuleType, tmp_path: Path) -> None:
    place, got = tmp_path / "lock", threading.Event()

    def wait() -> None:
        with on_windows.lock(place, holder=HELD, wait=True):
            got.set()

    waiting = threading.Thread(target=wait)
    with on_windows.lock(place, holder=HELD):
        waiting.start()
    waiting.join(60)
    assert got.is_set()


def test_a_reader_delays_a_write_on_windows_and_does_not_prevent_it(
    on_windows: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, refusals = tmp_path / "beat.json", [PermissionError(), PermissionError()]
    replace: Callable[[Path, Path], Path] = Path.replace

    def refuse(scratch: Path, path: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return replace(scratch, path)

    monkeypatch.setattr(Path, "replace", refuse)
    on_windows.write(place, b"news")
    assert place.read_bytes() == b"news"
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(PermissionError()))
    with pytest.raises(PermissionError):
        on_windows.write(place, b"never")
    assert list(tmp_path.iterdir()) == [place]


def test_no_folder_is_opened_on_windows(on_windows: ModuleType) -> None:
    on_windows.sync_folder(Path("/there/is/none"))


def test_the_zone_that_windows_is_set_to_has_the_name_that_others_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown() -> ZoneInfo:
        raise ZoneInfoNotFoundError("Mars Standard Time")

    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    for reload, name in ((lambda: ZoneInfo("Europe/Vienna"), "Europe/Vienna"), (unknown, "UTC")):
        monkeypatch.setitem(sys.modules, "tzlocal", SimpleNamespace(reload_localzone=reload))
        assert clock.zone_name() == name


_WAITING = """
import sys
from mirrordesk.capture.ending import Ending
ending = Ending(waits_for_files=sys.argv[1] == "files")
print("typed:", ending.wait(0.3), flush=True)
print("end:", ending.wait(60), flush=True)
"""


@pytest.mark.parametrize("how", ["input", "signal"])
@pytest.mark.parametrize("waits_for", ["files", "sockets"])
def test_the_end_comes_by_a_closed_input_or_a_signal_and_not_by_what_is_typed(
    waits_for: str, how: str
) -> None:
    command = [sys.executable, "-c", _WAITING, waits_for]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"hello\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"typed: False\n"
        if how == "input":
            process.stdin.close()
        else:
            process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == b"end: True\n"


def test_safari_says_nowhere_which_windows_are_private() -> None:
    assert is_browser("Safari")
    assert is_private("Safari", "News", None) is None  # and what nobody can tell is painted out
    assert is_private("Safari", "", None) is False  # a menu shares the fate of its windows
