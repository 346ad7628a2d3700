"""Keys that work in every program, pressed for real on a virtual desktop."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from mirrordesk import clock, config, control
from mirrordesk.capture.hotkeys import Chord, HotKey, HotKeys, KeyGrabber, parse
from mirrordesk.capture.spool import Spool
from mirrordesk.capture.x11.keys import HELD_MS, XKeys
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.errors import CaptureUnavailable, DiskFull, UsageError
from mirrordesk.paths import Profile
from tests.capture_screen.conftest import Recording, eventually, frames

PAUSE = parse("ctrl+alt+p")
OpenTerminal = Callable[..., subprocess.Popen[bytes]]
Record = Callable[..., Recording]


class Keyboard(KeyGrabber):
    """Keys as a test presses them; some belong to another program."""

    def __init__(self, *taken: str) -> None:
        self.taken = set(map(parse, taken))
        self.waiting: list[Chord] = []
        self.unplugged = False

    def grab(self, chord: Chord) -> None:
        if chord in self.taken:
            raise CaptureUnavailable("Another program has taken the keys.")

    def pressed(self) -> list[Chord]:
        if self.unplugged:
            raise CaptureUnavailable("The display is gone.")
        waiting, self.waiting = self.waiting, []
        return waiting

    def fileno(self) -> int:
        return 0

    def close(self) -> None:
        pass


@pytest.mark.parametrize("text", ["ctrl+alt+p", "Alt + CTRL + p", "alt+ctrl+p"])
def test_a_chord_is_read_in_any_order_and_case(text: str) -> None:
    assert parse(text) == PAUSE
    assert str(parse(text)) == "ctrl+alt+p"


@pytest.mark.parametrize("text", ["", "p", "ctrl+", "meta+p", "ctrl alt p +"])
def test_what_is_no_chord_is_told_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="as in ctrl\\+alt\\+p"):
        parse(text)


def test_a_pressed_key_does_what_it_is_for_and_no_other() -> None:
    done: list[str] = []
    board = Keyboard()
    keys = HotKeys(
        board,
        HotKey("pause key", "ctrl+alt+p", lambda: done.append("pause")),
        HotKey("forget key", "ctrl+alt+shift+f", lambda: done.append("forget")),
        HotKey("unset", "", lambda: done.append("never")),
    )
    board.waiting = [parse("ctrl+alt+shift+f"), parse("ctrl+q")]
    keys.act()
    keys.act()
    assert done == ["forget"]
    assert keys.states() == {"pause key": "ctrl+alt+p", "forget key": "ctrl+alt+shift+f"}


def test_keys_that_cannot_be_had_are_told_and_the_others_work() -> None:
    done: list[str] = []
    board = Keyboard("ctrl+alt+p")
    keys = HotKeys(
        board,
        HotKey("pause key", "ctrl+alt+p", lambda: done.append("pause")),
        HotKey("forget key", "F9", lambda: done.append("forget")),
        HotKey("odd key", "hyper+x", lambda: done.append("never")),
    )
    board.waiting = [parse("F9")]
    keys.act()
    assert done == ["forget"]
    assert keys.states()["pause key"] == "Another program has taken the keys."
    assert "is no hot key" in keys.states()["odd key"]


def test_a_display_that_goes_is_told_and_no_more_waited_for() -> None:
    board = Keyboard()
    keys = HotKeys(board, HotKey("pause key", "ctrl+alt+p", lambda: None))
    assert keys.descriptors() == [0]
    board.unplugged = True
    keys.act()
    assert keys.states() == {"pause key": "The display is gone."}
    assert keys.descriptors() == []


def test_what_a_full_disk_prevented_is_told() -> None:
    def refuse() -> None:
        raise DiskFull("No space is left.")

    board = Keyboard()
    keys = HotKeys(board, HotKey("forget key", "F9", refuse))
    board.waiting = [parse("F9")]
    keys.act()
    assert keys.states() == {"forget key": "F9; it had no effect: No space is left."}


@pytest.fixture
def keys(desktop: VirtualDesktop) -> Iterator[XKeys]:
    with contextlib.closing(XKeys(desktop.env["DISPLAY"])) as grabbed:
        yield grabbed


@pytest.mark.desktop
def test_a_chord_is_heard_whatever_locks_are_on_and_other_keys_are_not(
    desktop: VirtualDesktop, keys: XKeys
) -> None:
    keys.grab(PAUSE)
    heard: list[Chord] = []

    def hears() -> bool:
        heard.extend(keys.pressed())
        return bool(heard)

    desktop.key("ctrl+p", "alt+p", "ctrl+alt+shift+p", "ctrl+alt+p")
    eventually(hears, "the chord")
    assert heard == [PAUSE]
    desktop.key("Num_Lock")
    time.sleep(HELD_MS / 1000)
    heard.clear()
    desktop.key("ctrl+alt+p")
    eventually(hears, "the chord with Num Lock on")
    desktop.key("Num_Lock")


@pytest.mark.desktop
def test_keys_that_another_program_has_are_refused(desktop: VirtualDesktop, keys: XKeys) -> None:
    keys.grab(PAUSE)
    with contextlib.closing(XKeys(desktop.env["DISPLAY"])) as late:
        with pytest.raises(CaptureUnavailable, match="has taken the keys ctrl\\+alt\\+p"):
            late.grab(PAUSE)
        with pytest.raises(CaptureUnavailable, match="no key `nonsense`"):
            late.grab(parse("ctrl+nonsense"))
        late.grab(parse("ctrl+alt+F9"))


@pytest.mark.desktop
def test_the_layout_may_move_the_key(desktop: VirtualDesktop, keys: XKeys) -> None:
    keys.grab(PAUSE)
    env = {**os.environ, **desktop.env}
    subprocess.run(["xmodmap", "-e", "keycode 24 = p P"], env=env, check=True)
    subprocess.run(["xmodmap", "-e", "keycode 33 = q Q"], env=env, check=True)
    try:
        eventually(lambda: not keys.pressed() and _code(keys) == 24, "the new layout")
    finally:
        subprocess.run(["xmodmap", "-e", "keycode 33 = p P"], env=env, check=True)
        subprocess.run(["xmodmap", "-e", "keycode 24 = q Q"], env=env, check=True)


def _code(keys: XKeys) -> int:
    return keys._chords[PAUSE]


@pytest.mark.desktop
def test_one_key_pauses_and_resumes_and_another_forgets(
    desktop: VirtualDesktop, record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    config.change(silent, "capture.forget_minutes", "7")
    xterm("in front", "60x20+50+50")
    recording = record()
    recording.wait_for_frames(1)
    desktop.key("ctrl+alt+p")
    recording.wait_for("paused")
    assert control.paused(silent)
    time.sleep(HELD_MS / 1000)
    desktop.key("ctrl+alt+p")
    recording.wait_for("recording")
    assert frames(silent)
    desktop.key("ctrl+alt+shift+f")
    eventually(lambda: len(control.forgotten_spans(silent)) == 1, "forgetting")
    (span,) = control.forgotten_spans(silent)
    assert span.end_ns - span.start_ns == 7 * clock.MINUTE
    eventually(lambda: not _captured_in(silent, span), "emptying the spool")
    assert recording.stop() == 0


def _captured_in(profile: Profile, span: control.Span) -> bool:
    waiting = [handle for handle in Spool(profile).waiting() if handle.is_capture]
    return any(span.overlaps(handle.start_ns, handle.end_ns) for handle in waiting)
