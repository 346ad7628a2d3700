"""What is told of a Windows desktop. The desktop is made up; nothing here ran on a real one."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.capture import backends
from mirrordesk.capture.base import Monitor
from mirrordesk.capture.hotkeys import HotKey, HotKeys, parse
from mirrordesk.capture.privacy import Rules
from mirrordesk.capture.windows.keys import Message
from mirrordesk.capture.windows.library import Rect
from mirrordesk.capture.windows.probe import LAYERED, STORE_CONTENT, STORE_FRAME, UNBACKED
from mirrordesk.capture.windows.session import LastInput, Session, SessionHead
from mirrordesk.capture.windows.stack import WindowStack
from mirrordesk.config import PrivacySettings
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box, GapReason
from tests.capture_platforms.stage import SCREEN
from tests.capture_platforms.windows_desktop import PIDS, Frame, WindowsDesktop

HERE = Box(10, 20, 100, 50)


def test_windows_are_told_from_the_bottom_with_program_title_process_and_place() -> None:
    desktop = WindowsDesktop([Frame(2, "a letter", box=HERE), Frame(1, "a map", "maps.exe")])
    desktop.foreground = 2
    back, front = desktop.probe().windows()
    assert (back.app, back.title, back.pid, back.box) == ("maps", "a map", PIDS + 1, SCREEN)
    assert (front.handle, front.app, front.title, front.box) == (2, "notepad", "a letter", HERE)
    assert [back.active, front.active] == [False, True]
    assert front.opaque


@pytest.mark.parametrize(
    "unseen",
    [
        Frame(1, visible=False),
        Frame(1, minimised=True),
        Frame(1, cloaked=2),  # on another virtual desktop
        Frame(1, box=Box(-32000, -32000, 160, 30)),
        Frame(1, box=Box(10, 10, 0, 0)),
    ],
)
def test_a_window_that_cannot_be_seen_is_left_out(unseen: Frame) -> None:
    assert [w.handle for w in WindowsDesktop([unseen, Frame(2)]).probe().windows()] == [2]


def test_a_window_whose_process_cannot_be_named_counts_as_excluded() -> None:
    (nameless,) = WindowsDesktop([Frame(1, "a title", program="")]).probe().windows()
    assert nameless.app == ""
    assert Rules(PrivacySettings()).excluded(nameless) is GapReason.UNIDENTIFIED


def test_a_program_of_the_store_is_named_by_the_content_of_its_frame() -> None:
    content = Frame(9, kind=STORE_CONTENT, program="Calculator.exe")
    host = {"program": "ApplicationFrameHost.exe", "kind": STORE_FRAME, "title": "Rechner"}
    full, empty = Frame(1, content=content, **host), Frame(2, **host)
    hollow, told = WindowsDesktop([full, empty]).probe().windows()
    assert (told.app, told.title, told.pid) == ("Calculator", "Rechner", PIDS + 9)
    assert (hollow.app, hollow.pid) == ("", None)  # nobody knows whose it is


@pytest.mark.parametrize(
    "clear",
    [
        Frame(1, style=LAYERED),
        Frame(1, style=UNBACKED | 0x100),
        Frame(1, shaped=True),
        Frame(1, composed=False),  # then its invisible edges count
    ],
)
def test_in_doubt_what_lies_beneath_a_window_may_be_seen(clear: Frame) -> None:
    (window,) = WindowsDesktop([clear]).probe().windows()
    assert not window.opaque


def test_a_dialogue_bears_the_title_of_the_window_it_belongs_to() -> None:
    desktop = WindowsDesktop([Frame(2, "Save as", owner=1), Frame(1, "Bank – Firefox")])
    assert desktop.probe().windows()[-1].title == "Save as – Bank – Firefox"


def test_a_long_title_is_told_to_its_end() -> None:
    title = "word " * 400 + "— Mozilla Firefox Private Browsing"
    (window,) = WindowsDesktop([Frame(1, title, "firefox.exe")]).probe().windows()
    assert window.title == title


def test_a_window_that_closes_while_we_look_does_no_harm() -> None:
    desktop = WindowsDesktop([Frame(1), Frame(2)])
    probe = desktop.probe()
    desktop.frames[0].box = HERE

    def gone(handle: int | None) -> int:
        desktop.frames = [frame for frame in desktop.frames if frame.handle != 1]
        return 1

    probe._stack._user32.IsWindowVisible = gone
    assert [window.handle for window in probe.windows()] == [2]


def test_windows_that_are_not_told_are_said_to_be() -> None:
    with pytest.raises(CaptureUnavailable, match="does not tell which windows there are"):
        WindowsDesktop(tells=False).probe().windows()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(0, 10_000_000))
def test_idleness_is_right_also_when_the_counter_begins_anew(last: int, passed: int) -> None:
    desktop = WindowsDesktop(last_input=last, ticks=(last + passed) % 2**32)
    assert desktop.probe().idle_seconds() == passed / 1000


@pytest.mark.parametrize(
    ("flags", "locked"), [(0, True), (1, False), (0xFFFFFFFF, None), (None, None)]
)
def test_the_session_tells_whether_it_is_locked(flags: int | None, locked: bool | None) -> None:
    desktop = WindowsDesktop(session_flags=flags)
    assert desktop.probe().locked() is locked
    assert desktop.freed == (flags is not None)


def test_a_question_of_windows_itself_counts_as_locked() -> None:
    assert WindowsDesktop(secure=True).probe().locked() is True


def test_places_are_told_in_real_pixels_before_anything_else_is_asked() -> None:
    desktop = WindowsDesktop()
    screen = desktop.screen()
    assert desktop.settings == ["per monitor"]
    assert screen.monitors() == [Monitor("monitor-1", SCREEN)]
    assert "GDI" in screen.why


def test_scaled_places_are_refused_because_nothing_could_be_hidden() -> None:
    with pytest.raises(CaptureUnavailable, match="Windows scales the places"):
        WindowsDesktop(awareness=0).screen()


def test_a_hot_key_is_asked_for_without_repetition_and_does_what_it_is_for() -> None:
    desktop, done = WindowsDesktop(), list[str]()
    grabber = desktop.keys()
    keys = HotKeys(
        grabber,
        HotKey("pause key", "ctrl+alt+p", lambda: done.append("pause")),
        HotKey("forget key", "super+shift+F9", lambda: done.append("forget")),
    )
    assert desktop.registered == {0: (0x4003, ord("P")), 1: (0x400C, 0x78)}
    desktop.messages = [1, 1, 7]
    keys.act()
    assert done == ["forget"]
    assert keys.descriptors() == []  # nothing to wait for: it is asked at each step
    grabber.close()
    assert desktop.registered == {}


def test_a_key_is_found_in_the_present_layout() -> None:
    desktop = WindowsDesktop()
    desktop.keys().grab(parse("ctrl+?"))
    assert desktop.registered == {0: (0x4002, 0xDB)}


def test_keys_that_cannot_be_had_are_told() -> None:
    desktop = WindowsDesktop(taken={(0x4003, ord("P"))})
    with pytest.raises(CaptureUnavailable, match="has taken the keys ctrl\\+alt\\+p"):
        desktop.keys().grab(parse("ctrl+alt+p"))
    for unknown in ("ctrl+§", "ctrl+nonsense"):
        with pytest.raises(CaptureUnavailable, match="has no key"):
            desktop.keys().grab(parse(unknown))


def test_structures_have_the_layout_of_the_reference() -> None:
    assert ctypes.sizeof(Rect) == 16
    assert ctypes.sizeof(LastInput) == 8
    assert (SessionHead.session.offset, SessionHead.flags.offset) == (8, 16)
    assert ctypes.sizeof(Message) == 48  # on 64 bits
    assert (Message.id.offset, Message.time.offset) == (16, 32)


def test_a_windows_that_is_too_old_is_told() -> None:
    with pytest.raises(CaptureUnavailable, match="does not have the function CloseDesktop"):
        Session(lambda name: SimpleNamespace())


def test_elsewhere_than_on_windows_one_sentence_says_so() -> None:
    with pytest.raises(CaptureUnavailable, match="The library user32 is part of Windows"):
        WindowStack()
    with pytest.raises(CaptureUnavailable, match="is part of Windows"):
        backends.choose({}, platform="win32")
