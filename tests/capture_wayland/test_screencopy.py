"""What is read of the monitors of a real wlroots compositor."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from mirrordesk.capture.base import Monitor, Pixels
from mirrordesk.capture.wayland.screencopy import WlrScreen, upright
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box
from tests.capture_screen.conftest import eventually
from tests.capture_wayland.compositor import Sway, needs_sway

pytestmark = [pytest.mark.desktop, needs_sway]

RED, GREEN, BLUE = (255, 32, 0), (0, 255, 0), (0, 0, 255)


TURNS = ("normal", "90", "180", "270", "flipped", "flipped-90", "flipped-180", "flipped-270")


def size_of(box: Box) -> tuple[int, int]:
    return box.w, box.h


def only(screen: WlrScreen) -> Monitor:
    (monitor,) = screen.monitors()
    return monitor


def corners(frame: Pixels) -> list[tuple[int, ...]]:
    """The colours near the corners: top left, top right, bottom left, bottom right."""
    return [tuple(map(int, frame[y, x])) for y in (9, -9) for x in (9, -9)]


def three_colours(sway: Sway) -> None:
    """Red on the left; on the right green above blue."""
    sway.terminal("red", "ff2000")
    sway.terminal("green", "00ff00")
    sway.do("splitv")
    sway.terminal("blue", "0000ff")


def shows(screen: WlrScreen, *colours: tuple[int, ...]) -> bool:
    return corners(screen.grab(only(screen))) == list(colours)


def test_a_frame_shows_every_window_and_comes_upright_however_the_monitor_is_turned(
    sway: Sway, screen: WlrScreen
) -> None:
    three_colours(sway)
    assert only(screen) == Monitor("HEADLESS-1", Box(0, 0, 800, 600))
    for turn in TURNS:
        sway.do(f"output HEADLESS-1 transform {turn}")
        w, h = (600, 800) if turn.endswith(("90", "270")) else (800, 600)
        eventually(lambda size=(w, h): size_of(only(screen).box) == size, f"turning it {turn}")
        eventually(lambda: shows(screen, RED, GREEN, RED, BLUE), f"drawing it {turn}")
        assert screen.grab(only(screen)).shape == (h, w, 3)


def test_it_says_who_was_chosen_and_why(screen: WlrScreen) -> None:
    assert screen.why.startswith("sway, the Wayland compositor of this session, copies")


@pytest.mark.parametrize(("scale", "points"), [("2", (400, 300)), ("1.25", (640, 480))])
def test_a_scaled_monitor_has_fewer_points_and_as_many_pixels(
    sway: Sway, screen: WlrScreen, scale: str, points: tuple[int, int]
) -> None:
    sway.do(f"output HEADLESS-1 scale {scale}")
    eventually(lambda: (only(screen).box.w, only(screen).box.h) == points, "scaling")
    assert screen.grab(only(screen)).shape == (600, 800, 3)


def test_a_monitor_that_is_plugged_in_is_seen() -> None:
    with Sway() as sway, contextlib.closing(WlrScreen(sway.env)) as screen:
        first = only(screen)
        sway.do("create_output")
        eventually(lambda: len(screen.monitors()) == 2, "plugging in")
        former, second = screen.monitors()
        assert former == first
        assert second.box.x == 800
        assert screen.grab(second).shape == (second.box.h, second.box.w, 3)
        with pytest.raises(CaptureUnavailable, match="is gone"):
            screen.grab(Monitor("HEADLESS-3", second.box))


def test_a_compositor_that_ends_is_told() -> None:
    with Sway() as sway:
        screen = WlrScreen(sway.env)
        monitor = only(screen)
    for broken in (screen.monitors, lambda: screen.grab(monitor)):
        with pytest.raises(CaptureUnavailable, match="cannot be read"):
            broken()
    screen.close()


def test_a_monitor_that_was_turned_since_it_was_asked_for_is_not_taken(
    sway: Sway, screen: WlrScreen
) -> None:
    former = only(screen)
    sway.do("output HEADLESS-1 transform 90")
    eventually(lambda: only(screen) != former, "turning")
    with pytest.raises(CaptureUnavailable, match="moved, turned or scaled"):
        screen.grab(former)


def test_looking_for_long_takes_no_more_of_the_compositor(sway: Sway, screen: WlrScreen) -> None:
    screen.grab(only(screen))
    known = len(screen._display._events)
    for _ in range(20):
        screen.grab(only(screen))
    screen.monitors()
    assert len(screen._display._events) <= known + 1


@pytest.mark.parametrize("transform", range(8))
def test_a_picture_keeps_its_pixels_however_it_is_turned(transform: int) -> None:
    frame = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    turned = upright(frame, transform)
    assert sorted(turned.reshape(-1, 3).tolist()) == sorted(frame.reshape(-1, 3).tolist())
    assert turned.shape == ((3, 2, 3) if transform % 2 else (2, 3, 3))
    assert turned.flags.writeable
