"""What is told of the windows of a real wlroots compositor, and what of them is hidden."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Iterator

import numpy as np
import pytest

from mirrordesk.capture.backends import Backends
from mirrordesk.capture.base import WindowProbe
from mirrordesk.capture.look import MonitorLook, Sight
from mirrordesk.capture.privacy import PAINT, Rules
from mirrordesk.capture.wayland.display import Display
from mirrordesk.capture.wayland.keys import WaylandKeys
from mirrordesk.capture.wayland.screencopy import WlrScreen
from mirrordesk.capture.wayland.sway import SwayProbe
from mirrordesk.capture.wayland.toplevels import ToplevelProbe
from mirrordesk.config import PrivacySettings
from mirrordesk.records import Box, GapReason, Window
from tests.capture_screen.conftest import eventually
from tests.capture_wayland.compositor import Sway, needs_sway

pytestmark = [pytest.mark.desktop, needs_sway]

LEFT, RIGHT, ALL = Box(0, 0, 400, 600), Box(400, 0, 400, 600), Box(0, 0, 800, 600)
NO_VAULT = Rules(PrivacySettings(rules=("title=vault",)))


@pytest.fixture
def toplevels(sway: Sway) -> Iterator[ToplevelProbe]:
    with contextlib.closing(ToplevelProbe(sway.env)) as opened:
        yield opened


def look(screen: WlrScreen, probe: WindowProbe) -> Sight | GapReason:
    """One look at the one monitor, by the rule that no vault is to be seen."""
    (monitor,) = screen.monitors()
    return MonitorLook(monitor, Backends(screen, probe, WaylandKeys()), NO_VAULT).take()


def painted(sight: Sight | GapReason, box: Box) -> bool:
    assert isinstance(sight, Sight)
    return bool((sight.pixels[box.y : box.bottom, box.x : box.right] == PAINT).all())


def boxes(windows: list[Window], title: str) -> list[Box]:
    return [window.box for window in windows if window.title == title]


def focus(sway: Sway, probe: WindowProbe, title: str) -> None:
    sway.do(f"[title={title}] focus")
    eventually(
        lambda: any(w.active and w.title == title for w in probe.windows()), f"the focus of {title}"
    )


def test_sway_tells_title_program_process_and_place(sway: Sway, probe: SwayProbe) -> None:
    first = sway.terminal("one", "ff2000")
    second = sway.terminal("two", "00ff00", "-a", "org.example.notes")
    one, two = probe.windows()[-2:]
    assert (one.app, one.pid, one.box, one.active) == ("foot", first, LEFT, False)
    assert (two.app, two.pid) == ("foot (org.example.notes)", second)
    assert (two.box, two.active) == (RIGHT, True)


def test_where_a_window_overlaps_another_both_are_told_and_none_hides_the_other(
    sway: Sway, probe: SwayProbe
) -> None:
    sway.terminal("below", "ff2000")
    sway.terminal("above", "00ff00")
    sway.do("[title=above] floating enable, resize set 200 150, move absolute position 30 40")
    eventually(lambda: Box(30, 40, 200, 150) in boxes(probe.windows(), "above"), "floating")
    assert ALL in boxes(probe.windows(), "below")
    assert not any(window.opaque for window in probe.windows())


def test_a_window_on_a_workspace_that_is_not_shown_is_not_told(
    sway: Sway, probe: SwayProbe
) -> None:
    sway.terminal("elsewhere", "ff2000")
    sway.do("[title=elsewhere] move to workspace 2")
    eventually(lambda: probe.windows() == [], "moving it")
    sway.terminal("scratch", "00ff00")
    sway.do("[title=scratch] move scratchpad")
    eventually(lambda: probe.windows() == [], "putting it away")


def test_an_excluded_window_is_painted_out_where_it_stands(
    sway: Sway, screen: WlrScreen, probe: SwayProbe
) -> None:
    sway.terminal("vault", "ff2000")
    sway.terminal("notes", "00ff00")
    focus(sway, probe, "notes")
    eventually(lambda: tuple(screen.grab(screen.monitors()[0])[9, -9]) == (0, 255, 0), "drawing")
    sight = look(screen, probe)
    assert painted(sight, LEFT)
    assert isinstance(sight, Sight)
    assert tuple(sight.pixels[9, 409]) == (0, 255, 0)


def test_an_excluded_window_is_painted_out_on_a_turned_and_scaled_monitor(
    sway: Sway, screen: WlrScreen, probe: SwayProbe
) -> None:
    sway.terminal("vault", "ff2000")
    sway.terminal("notes", "00ff00")
    focus(sway, probe, "notes")
    sway.do("output HEADLESS-1 transform 90 scale 1.25")
    eventually(lambda: screen.monitors()[0].box == Box(0, 0, 480, 640), "turning and scaling")
    eventually(lambda: _has(look(screen, probe), (0, 255, 0)), "drawing anew")
    assert not _has(look(screen, probe), (255, 32, 0))


def _has(sight: Sight | GapReason, colour: tuple[int, int, int]) -> bool:
    return isinstance(sight, Sight) and bool((sight.pixels == np.array(colour)).all(axis=2).any())


def test_while_an_excluded_window_is_active_its_pop_ups_may_be_anywhere_so_nothing_is_kept(
    sway: Sway, screen: WlrScreen, probe: SwayProbe
) -> None:
    sway.terminal("notes", "00ff00")
    sway.terminal("vault", "ff2000")
    focus(sway, probe, "vault")
    assert look(screen, probe) is GapReason.EXCLUDED
    assert boxes(probe.windows(), "vault") == [ALL, RIGHT]


@pytest.mark.parametrize("layout", ["tabbed", "stacking"])
def test_the_title_of_an_excluded_tab_that_is_not_in_front_is_painted_out(
    sway: Sway, screen: WlrScreen, probe: SwayProbe, layout: str
) -> None:
    sway.terminal("vault", "ff2000")
    sway.do(f"layout {layout}")
    sway.terminal("notes", "00ff00")
    focus(sway, probe, "notes")
    (bar,) = boxes(probe.windows(), "vault")
    told = sway.told("get_tree")
    assert bar.y == 0
    assert 0 < bar.h < 100
    assert (bar.x, bar.w) == ((0, 400) if layout == "tabbed" else (0, 800)), told
    assert painted(look(screen, probe), bar)
    sway.do("layout splith")


def test_a_title_bar_is_told_beside_its_window(sway: Sway, probe: SwayProbe) -> None:
    sway.terminal("framed", "ff2000")
    sway.do("[title=framed] border normal")
    eventually(lambda: len(boxes(probe.windows(), "framed")) == 3, "its title bar")
    _reach, bar, inside = boxes(probe.windows(), "framed")
    assert bar.union(inside) == ALL
    assert bar.intersection(inside) is None


def test_without_places_one_excluded_window_hides_the_whole_monitor(
    sway: Sway, screen: WlrScreen, toplevels: ToplevelProbe
) -> None:
    sway.terminal("notes", "00ff00")
    assert [(w.app, w.title, w.pid, w.box) for w in toplevels.windows()] == [
        ("foot", "notes", None, ALL)
    ]
    assert isinstance(look(screen, toplevels), Sight)
    sway.terminal("vault", "ff2000")
    assert look(screen, toplevels) is GapReason.EXCLUDED


def test_without_places_a_window_of_no_program_hides_the_whole_monitor(
    sway: Sway, screen: WlrScreen, toplevels: ToplevelProbe
) -> None:
    sway.terminal("notes", "00ff00")
    sway.terminal("nobody", "ff2000", "-a", "")
    assert {window.app for window in toplevels.windows()} == {"foot", ""}
    assert look(screen, toplevels) is GapReason.UNIDENTIFIED


def test_without_places_a_window_hides_only_the_monitor_it_is_on() -> None:
    with Sway() as sway, contextlib.closing(WlrScreen(sway.env)) as screen:
        sway.do("create_output")
        eventually(lambda: len(screen.monitors()) == 2, "plugging in")
        sway.terminal("vault", "ff2000")
        sway.do("[title=vault] move to output HEADLESS-2")
        elsewhere = screen.monitors()[1].box
        with contextlib.closing(ToplevelProbe(sway.env)) as toplevels:
            eventually(lambda: boxes(toplevels.windows(), "vault") == [elsewhere], "moving it")
            backends = Backends(screen, toplevels, WaylandKeys())
            first, second = (MonitorLook(m, backends, NO_VAULT).take() for m in screen.monitors())
        assert isinstance(first, Sight)
        assert second is GapReason.EXCLUDED


def test_windows_that_come_and_go_while_we_look_do_no_harm(
    sway: Sway, probe: SwayProbe, toplevels: ToplevelProbe
) -> None:
    for number in range(3):
        sway.launch(["foot", "-T", f"brief {number}", "sh", "-c", "sleep 0.2"])
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        for window in itertools.chain(probe.windows(), toplevels.windows()):
            assert window.box.w > 0


def test_a_second_without_input_is_idleness_and_the_pointer_ends_it(
    sway: Sway, probe: SwayProbe
) -> None:
    eventually(lambda: (probe.idle_seconds() or 0.0) > 1.2, "idleness")
    with contextlib.closing(Display(sway.env)) as display:
        hand = display.bind("zwlr_virtual_pointer_manager_v1", 1)
        pointer = display.create(hand, 0, "on", display.bind("wl_seat", 1))
        for step in range(5):
            display.send(pointer, 0, "uii", step, 10 << 8, 5 << 8)  # by 10 and 5 points
            display.send(pointer, 4, "")  # the end of what belongs together
            display.roundtrip()
        eventually(lambda: probe.idle_seconds() == 0.0, "the end of idleness")


def test_a_screen_locker_that_runs_is_told(sway: Sway, probe: SwayProbe) -> None:
    assert probe.locked() is None
    script = "open('/proc/self/comm', 'w').write('swaylock'); import time; time.sleep(60)"
    locker = sway.launch(["python3", "-c", script])
    eventually(lambda: probe.locked() is True, "the locker")
    locker.kill()
    locker.wait()
    assert probe.locked() is None
