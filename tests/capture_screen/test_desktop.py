"""What the probe and the screen tell of a real X display."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from mirrordesk.capture import backends
from mirrordesk.capture.privacy import Rules
from mirrordesk.capture.screen import MssScreen
from mirrordesk.capture.x11.probe import X11Probe
from mirrordesk.config import PrivacySettings
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box, GapReason, Window
from tests.capture_screen.conftest import eventually

pytestmark = pytest.mark.desktop

OpenTerminal = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def probe(desktop: VirtualDesktop) -> Iterator[X11Probe]:
    opened = X11Probe(desktop.env["DISPLAY"])
    yield opened
    opened.close()


def by_title(probe: X11Probe, title: str) -> Window:
    (found,) = [window for window in probe.windows() if window.title == title]
    return found


def test_a_terminal_is_found_with_title_program_process_and_frame(
    desktop: VirtualDesktop, probe: X11Probe, xterm: OpenTerminal
) -> None:
    process = xterm("a shell", "60x10+100+120")
    found = by_title(probe, "a shell")
    assert (found.app, found.pid) == ("xterm", process.pid)
    assert found.opaque
    inner = desktop.window("a shell").box
    assert found.box.union(inner) == found.box  # the frame with its title bar lies around it
    assert found.box.h > inner.h


def test_an_editor_is_active_once_it_has_the_focus(
    desktop: VirtualDesktop, probe: X11Probe, xterm: OpenTerminal
) -> None:
    xterm("behind", "40x5+10+10")
    process = desktop.launch(["mousepad", "--disable-server"])
    try:
        editor = desktop.wait_for_window("Mousepad").title
        eventually(lambda: by_title(probe, editor).active, "the focus of the editor")
        assert by_title(probe, editor).app == "mousepad"
        assert not by_title(probe, "behind").active
        desktop.focus("behind")
        eventually(lambda: by_title(probe, "behind").active, "the focus of the terminal")
    finally:
        process.kill()
        process.wait()


def test_windows_stand_in_the_order_of_the_stack(
    desktop: VirtualDesktop, probe: X11Probe, xterm: OpenTerminal
) -> None:
    xterm("one", "40x5+10+10")
    xterm("two", "40x5+60+40")

    def order() -> list[str]:
        return [w.title for w in probe.windows() if w.title in ("one", "two")]

    desktop.focus("one")
    eventually(lambda: order() == ["two", "one"], "“one” on top")
    desktop.focus("two")
    eventually(lambda: order() == ["one", "two"], "“two” on top")


def test_a_title_may_hold_any_letter(
    desktop: VirtualDesktop, probe: X11Probe, xterm: OpenTerminal
) -> None:
    xterm("plain", "40x5+10+10")
    handle = by_title(probe, "plain").handle
    rename = ["xdotool", "set_window", "--name", "Fenêtre – ✓", str(handle)]
    subprocess.run(rename, env=dict(desktop.env), check=True)
    eventually(lambda: any(w.title == "Fenêtre – ✓" for w in probe.windows()), "the new title")


def test_a_minimised_window_is_not_visible(
    desktop: VirtualDesktop, probe: X11Probe, xterm: OpenTerminal
) -> None:
    xterm("soon gone", "40x5+10+10")
    handle = str(by_title(probe, "soon gone").handle)
    subprocess.run(["xdotool", "windowminimize", handle], env=dict(desktop.env), check=True)
    eventually(lambda: all(w.title != "soon gone" for w in probe.windows()), "minimising")


def test_a_class_that_differs_from_the_program_is_told_beside_it(
    probe: X11Probe, xterm: OpenTerminal
) -> None:
    xterm("vault", "40x5+10+10", "-class", "KeePassXC")
    assert by_title(probe, "vault").app == "xterm (KeePassXC)"


def test_a_pop_up_without_a_window_manager_is_seen_and_identified(
    desktop: VirtualDesktop, probe: X11Probe
) -> None:
    with RawWindow(desktop, override=True, box=Box(30, 40, 120, 80)) as pid:
        found = [window for window in probe.windows() if window.pid == pid]
        assert [window.box for window in found] == [Box(30, 40, 120, 80)]
        assert found[0].app.startswith("python")


def test_a_window_on_which_holes_are_cut_is_not_opaque(
    desktop: VirtualDesktop, probe: X11Probe
) -> None:
    with RawWindow(desktop, override=True, box=Box(30, 40, 120, 80), shaped=True) as pid:
        (found,) = [window for window in probe.windows() if window.pid == pid]
        assert not found.opaque


def test_under_a_compositor_windows_with_an_alpha_channel_are_not_opaque(
    desktop: VirtualDesktop, probe: X11Probe
) -> None:
    box = Box(30, 40, 120, 80)

    def opaque(pid: int) -> bool:
        (found,) = [window for window in probe.windows() if window.pid == pid]
        return found.opaque

    with RawWindow(desktop, override=True, box=box, depth=32) as clear:
        assert opaque(clear)  # without a compositor the server ignores the alpha channel
        with RawWindow(desktop, override=True, box=Box(0, 0, 9, 9), compositor=True) as owner:
            assert not opaque(clear)
            assert not opaque(owner)  # a compositor's own window shows what lies beneath it
            with RawWindow(desktop, override=True, box=box) as plain:
                assert opaque(plain)


def test_a_key_ends_idleness(desktop: VirtualDesktop, probe: X11Probe) -> None:
    eventually(lambda: (probe.idle_seconds() or 0.0) > 0.3, "idleness")
    desktop.key("shift")
    idle = probe.idle_seconds()
    assert idle is not None
    assert idle < 30


def test_a_screen_locker_that_covers_the_screen_is_told(
    desktop: VirtualDesktop, probe: X11Probe
) -> None:
    assert probe.locked() is None
    with RawWindow(desktop, override=True, box=Box(0, 0, 1280, 800), i3lock=True):
        assert probe.locked() is True
    assert probe.locked() is None


def test_windows_that_come_and_go_while_we_look_do_no_harm(
    desktop: VirtualDesktop, probe: X11Probe
) -> None:
    script = (
        _RAW
        + "\nfor _ in range(60):\n    one = make()\n    d.sync()\n    one.destroy()\n    d.sync()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, "0,0,50,50", "override"], env=dict(desktop.env)
    )
    while process.poll() is None:
        assert all(w.box.w > 0 for w in probe.windows())
    assert process.returncode == 0


def test_the_monitor_is_told_and_its_pixels_are_those_on_the_display(
    desktop: VirtualDesktop, xterm: OpenTerminal
) -> None:
    xterm("red", "40x10+200+200", "-bg", "#ff2000", "-fg", "white")
    inside = desktop.window("red").box
    screen = MssScreen(desktop.env["DISPLAY"])
    (monitor,) = screen.monitors()
    assert (monitor.name, monitor.box) == ("monitor-1", Box(0, 0, 1280, 800))
    corner = np.s_[inside.bottom - 12, inside.right - 40]
    eventually(
        lambda: tuple(screen.grab(monitor)[corner]) == (255, 32, 0), "the colour of the terminal"
    )
    assert screen.grab(monitor).shape == (800, 1280, 3)
    screen.close()


def test_without_a_display_the_sentence_says_so() -> None:
    with pytest.raises(CaptureUnavailable, match=r"^There is no display to record"):
        backends.choose({})
    with pytest.raises(CaptureUnavailable, match=r"^The display :2047 cannot be read: .*\.$"):
        backends.choose({"DISPLAY": ":2047"})
    with pytest.raises(CaptureUnavailable, match=r"^The display wayland-0 cannot be read"):
        backends.choose({"WAYLAND_DISPLAY": "wayland-0"})


def test_a_display_that_goes_away_is_told_by_both_sides() -> None:
    with VirtualDesktop((640, 480), with_sound=False) as brief:
        chosen = backends.choose(brief.env)
        (monitor,) = chosen.screen.monitors()
        assert chosen.probe.windows() is not None
    for broken in (
        chosen.screen.monitors,
        lambda: chosen.screen.grab(monitor),
        chosen.probe.windows,
        chosen.probe.idle_seconds,
    ):
        with pytest.raises(CaptureUnavailable, match="cannot be read"):
            broken()
    chosen.close()


def test_a_window_that_nobody_can_name_counts_as_excluded(
    desktop: VirtualDesktop, probe: X11Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As over a network: the server knows no local process, and the window tells no class.
    monkeypatch.setattr(probe._x, "pids", lambda windows: {})
    with RawWindow(desktop, override=True, box=Box(30, 40, 120, 80)):
        found = [w for w in probe.windows() if w.box == Box(30, 40, 120, 80)]
    assert [(w.app, w.title) for w in found] == [("", "")]
    assert Rules(PrivacySettings()).excluded(found[0]) is GapReason.UNIDENTIFIED


_RAW = """
import sys, time
from Xlib import X, display
d = display.Display()
screen = d.screen()
x, y, w, h = map(int, sys.argv[1].split(","))
words = sys.argv[2:]
depth = 32 if "depth32" in words else screen.root_depth
visual = screen.root_visual
for allowed in screen.allowed_depths:
    if allowed.depth == depth == 32:
        visual = allowed.visuals[0].visual_id
colours = screen.root.create_colormap(visual, X.AllocNone)
def make():
    window = screen.root.create_window(
        x, y, w, h, 0, depth, X.InputOutput, visual, colormap=colours,
        background_pixel=0x204060, border_pixel=0, override_redirect="override" in words)
    window.map()
    return window
"""
_STAY = """
if "i3lock" in words:
    open("/proc/self/comm", "w").write("i3lock")
window = make()
if "compositor" in words:
    window.set_selection_owner(d.intern_atom("_NET_WM_CM_S0"), X.CurrentTime)
if "shaped" in words:
    from Xlib.ext import shape
    window.shape_rectangles(shape.SO.Set, shape.SK.Bounding, X.Unsorted, 0, 0,
                            [{"x": 0, "y": 0, "width": 9, "height": 9}])
d.sync()
print("here", flush=True)
sys.stdin.read()
"""


class RawWindow:
    """A window made without any toolkit: no name, no class, no claimed process."""

    def __init__(
        self, desktop: VirtualDesktop, *, box: Box, depth: int = 24, **is_so: bool
    ) -> None:
        words = [word for word, so in is_so.items() if so] + [f"depth{depth}"]
        place = f"{box.x},{box.y},{box.w},{box.h}"
        self._command = [sys.executable, "-c", _RAW + _STAY, place, *words]
        self._env = dict(desktop.env)

    def __enter__(self) -> int:
        self._process = subprocess.Popen(
            self._command, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"here\n"
        return self._process.pid

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
