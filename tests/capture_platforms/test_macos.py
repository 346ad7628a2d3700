"""What is told of a Mac's desktop. The desktop is made up; nothing here ran on a real one."""

from __future__ import annotations

import pytest

from mirrordesk.capture import backends
from mirrordesk.capture.base import Monitor
from mirrordesk.capture.hotkeys import HotKey, HotKeys, parse
from mirrordesk.capture.macos.keys import MacKeys
from mirrordesk.capture.privacy import Rules
from mirrordesk.config import PrivacySettings
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box, GapReason
from tests.capture_platforms.mac_desktop import PIDS, MacDesktop, Plate
from tests.capture_platforms.stage import SCREEN


def test_windows_are_told_from_the_bottom_with_program_title_process_and_place() -> None:
    letter = Plate(2, "TextEdit", "a letter", "TextEdit", x=10.5, y=-3.25, w=80, h=40.5)
    desktop = MacDesktop([Plate(7, "Dock", layer=20, h=30), letter, Plate(1, "Maps", "a map")])
    back, front, dock = desktop.probe().windows()
    assert (back.app, back.title, back.pid, back.box) == ("Maps", "a map", PIDS + 1, SCREEN)
    assert (front.handle, front.app, front.title) == (2, "TextEdit", "a letter")
    assert front.box == Box(10, -4, 81, 42)  # the whole points around it
    assert [w.active for w in (back, front, dock)] == [False, True, False]


def test_menus_and_panels_are_windows_too_and_what_is_invisible_is_none() -> None:
    plates = [Plate(3, "Passwords", layer=101), Plate(2, "Overlay", alpha=0.0), Plate(1, "Maps")]
    assert [w.app for w in MacDesktop(plates).probe().windows()] == ["Maps", "Passwords"]


def test_a_window_whose_title_is_kept_from_us_counts_as_excluded() -> None:
    plates = [Plate(2, "Menu", None, layer=101), Plate(1, "Safari", None)]
    hidden, menu = MacDesktop(plates).probe().windows()
    assert Rules(PrivacySettings()).excluded(hidden) is GapReason.UNIDENTIFIED
    assert menu.app == "Menu"  # it shares the fate of its program's other windows


def test_a_program_with_a_name_in_the_persons_language_is_known_by_its_own_too() -> None:
    (window,) = MacDesktop([Plate(1, "Passwörter", "x", "Passwords")]).probe().windows()
    assert window.app == "Passwörter (Passwords)"


def test_no_window_is_taken_for_opaque_because_macos_does_not_tell() -> None:
    assert not any(w.opaque for w in MacDesktop([Plate(1, "Maps")]).probe().windows())


def test_windows_that_are_not_told_are_said_to_be() -> None:
    with pytest.raises(CaptureUnavailable, match="does not tell which windows there are"):
        MacDesktop(tells=False).probe().windows()


@pytest.mark.parametrize(
    ("session", "locked"),
    [
        ({"kCGSSessionOnConsoleKey": True}, False),
        ({"kCGSSessionOnConsoleKey": True, "CGSSessionScreenIsLocked": True}, True),
        ({"kCGSSessionOnConsoleKey": False}, True),  # somebody else is at the screen
        ({}, True),
    ],
)
def test_the_session_tells_whether_it_is_locked(session: dict[str, bool], locked: bool) -> None:
    assert MacDesktop(session=session).probe().locked() is locked


def test_a_process_without_a_session_is_told() -> None:
    with pytest.raises(CaptureUnavailable, match="no desktop session"):
        MacDesktop(session=None).probe().locked()


def test_idleness_is_told_by_the_session() -> None:
    assert MacDesktop(idle_s=12.5).probe().idle_seconds() == 12.5


def test_without_the_permission_it_is_asked_for_and_one_sentence_says_where() -> None:
    desktop = MacDesktop(allowed=False)
    with pytest.raises(CaptureUnavailable, match=r"allow it in System Settings.*anew\.$"):
        desktop.screen()
    assert desktop.asked == 1


def test_with_the_permission_the_displays_are_read_in_points() -> None:
    desktop = MacDesktop()
    assert desktop.screen().monitors() == [Monitor("monitor-1", SCREEN)]
    assert desktop.asked == 0


def test_a_hot_key_does_what_it_is_for_and_is_let_go() -> None:
    desktop, done = MacDesktop(), list[str]()
    grabber = desktop.keys()
    keys = HotKeys(
        grabber,
        HotKey("pause key", "ctrl+alt+p", lambda: done.append("pause")),
        HotKey("forget key", "super+shift+F9", lambda: done.append("forget")),
    )
    assert desktop.registered == {0: (0x1800, 35), 1: (0x300, 101)}
    desktop.pressed = [1, 1]
    keys.act()
    assert done == ["forget"]
    assert desktop.released == 2
    assert keys.descriptors() == []  # nothing to wait for: it is asked at each step
    grabber.close()
    assert desktop.registered == {}
    assert desktop.handler is None


def test_who_wants_no_hot_key_is_not_bothered_by_carbon() -> None:
    desktop = MacDesktop()
    grabber = desktop.keys()
    HotKeys(grabber, HotKey("pause key", "", lambda: None)).act()
    grabber.close()
    assert desktop.loaded == 0


def test_keys_that_cannot_be_had_are_told() -> None:
    desktop = MacDesktop(taken={35})
    with pytest.raises(CaptureUnavailable, match="has taken the keys ctrl\\+alt\\+p"):
        desktop.keys().grab(parse("ctrl+alt+p"))
    with pytest.raises(CaptureUnavailable, match="No key `pause` is known on a Mac"):
        desktop.keys().grab(parse("ctrl+pause"))


def test_elsewhere_than_on_a_mac_one_sentence_says_so() -> None:
    with pytest.raises(CaptureUnavailable, match="pyobjc-framework-Quartz is not installed"):
        backends.choose({}, platform="darwin")
    with pytest.raises(CaptureUnavailable, match="Carbon is part of macOS"):
        MacKeys().grab(parse("ctrl+alt+p"))
