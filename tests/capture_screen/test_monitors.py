"""Monitors come, go, turn and change their resolution while the recorder looks."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest

from mirrordesk.capture.backends import Backends
from mirrordesk.capture.base import Monitor, Pixels, ScreenSource, WindowProbe
from mirrordesk.capture.keeper import Keeper
from mirrordesk.capture.privacy import Rules
from mirrordesk.capture.screen import MssScreen
from mirrordesk.capture.spool import Spool
from mirrordesk.capture.watch import ScreenWatch
from mirrordesk.config import CaptureSettings, PrivacySettings
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.paths import Profile
from mirrordesk.records import Box, GapReason, Window
from tests.capture_screen.conftest import frames
from tests.capture_screen.test_hotkeys import Keyboard

LEFT, RIGHT = Box(0, 0, 640, 480), Box(640, 0, 800, 600)


class Desk(ScreenSource):
    """Monitors as a test plugs them in, each of one colour."""

    name = why = "a test"

    def __init__(self, *boxes: Box) -> None:
        self.boxes = list(boxes)
        self.pulled_out: Box | None = None  # between asking for the monitors and reading them

    def monitors(self) -> list[Monitor]:
        return [Monitor(f"monitor-{n}", box) for n, box in enumerate(self.boxes, 1)]

    def grab(self, monitor: Monitor) -> Pixels:
        if monitor.box == self.pulled_out:
            raise CaptureUnavailable("There is no such monitor.")
        return np.full((monitor.box.h, monitor.box.w, 3), 90, np.uint8)

    def close(self) -> None:
        pass


class Windows(WindowProbe):
    """One window that lies over all."""

    name = why = "a test"

    def windows(self) -> list[Window]:
        return [Window(1, "xterm", "shell", 4711, Box(0, 0, 4000, 4000), active=True)]

    def idle_seconds(self) -> float | None:
        return 0.0

    def locked(self) -> bool | None:
        return None

    def close(self) -> None:
        pass


def watching(profile: Profile, desk: Desk) -> ScreenWatch:
    chosen = Backends(desk, Windows(), Keyboard())
    keeper = Keeper(profile, Spool(profile))
    return ScreenWatch(chosen, Rules(PrivacySettings()), keeper, CaptureSettings())


def kept(profile: Profile) -> list[str]:
    return [entry.source for entry in frames(profile)]


def test_a_monitor_that_is_plugged_in_is_looked_at_from_the_next_look_on(profile: Profile) -> None:
    desk = Desk(LEFT)
    watch = watching(profile, desk)
    assert watch.look() is None
    desk.boxes.append(RIGHT)
    assert watch.look() is None
    assert watch.look() is None
    assert kept(profile) == ["monitor-1", "monitor-2"]
    assert watch.sources()["screen"].startswith("2 monitors")


def test_a_monitor_that_is_pulled_out_is_no_failure_of_the_other(profile: Profile) -> None:
    desk = Desk(LEFT, RIGHT)
    watch = watching(profile, desk)
    assert watch.look() is None
    desk.pulled_out = RIGHT
    assert watch.look() is GapReason.UNIDENTIFIED
    desk.boxes.remove(RIGHT)
    assert watch.look() is None
    assert kept(profile) == ["monitor-1", "monitor-2"]


def test_without_any_monitor_there_is_no_display(profile: Profile) -> None:
    assert watching(profile, Desk()).look() is GapReason.NO_DISPLAY


def test_a_monitor_that_is_turned_or_scaled_is_seen_anew(profile: Profile) -> None:
    desk = Desk(LEFT)
    watch = watching(profile, desk)
    for box in (LEFT, Box(0, 0, 480, 640), Box(0, 0, 320, 240), LEFT):
        desk.boxes = [box]
        assert watch.look() is None
        assert watch.look() is None
    assert len(kept(profile)) == 4


@pytest.fixture
def small_mode(desktop: VirtualDesktop) -> Iterator[None]:
    """The X screen in 800x600; in its own size again afterwards."""

    def xrandr(*words: str) -> None:
        subprocess.run(["xrandr", *words], env=dict(desktop.env), check=True)

    times = "38.25 800 832 912 1024 600 603 607 624 -hsync +vsync"
    xrandr("--newmode", "small", *times.split())
    xrandr("--addmode", "screen", "small")
    xrandr("--output", "screen", "--mode", "small")
    yield
    xrandr("--output", "screen", "--mode", "1280x800")
    xrandr("--delmode", "screen", "small")
    xrandr("--rmmode", "small")


@pytest.mark.desktop
def test_an_open_display_follows_a_change_of_its_mode(
    desktop: VirtualDesktop, request: pytest.FixtureRequest
) -> None:
    with contextlib.closing(MssScreen(desktop.env["DISPLAY"])) as screen:
        (before,) = screen.monitors()
        assert screen.grab(before).shape == (800, 1280, 3)
        request.getfixturevalue("small_mode")
        (after,) = screen.monitors()
        assert after.box == Box(0, 0, 800, 600)
        assert screen.grab(after).shape == (600, 800, 3)
