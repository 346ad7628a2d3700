"""Chooses how the screen is read on this machine, and says why."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mirrordesk.capture.accessibility import session_address
from mirrordesk.capture.base import ScreenSource, WindowProbe
from mirrordesk.capture.hotkeys import KeyGrabber
from mirrordesk.errors import CaptureUnavailable

NO_DISPLAY = "There is no display to record (neither WAYLAND_DISPLAY nor DISPLAY is set)."

_XWAYLAND = (
    "This display shows only the X programs of a Wayland session; WAYLAND_DISPLAY names no other."
)


@dataclass(frozen=True, slots=True)
class Backends:
    """What reads the pixels and what names the windows, each with its `why`; and the hot keys."""

    screen: ScreenSource
    probe: WindowProbe
    keys: KeyGrabber

    def close(self) -> None:
        """Let the display go."""
        self.screen.close()
        self.probe.close()
        self.keys.close()


def choose(
    env: Mapping[str, str] = os.environ, platform: str = sys.platform, grant: Path | None = None
) -> Backends:
    """The backends for the display of `platform`; on Linux for the one that `env` names.

    `grant` is the file that keeps what a person allowed by the desktop's dialog, where there is
    such a dialog; without it nobody is asked, and no such monitor is seen.
    Raises CaptureUnavailable where there is no display, or none whose windows we can tell apart.
    """
    if platform not in _WAYS:
        raise CaptureUnavailable("MirrorDesk records desktops of Linux, Windows and macOS only.")
    troubles: list[CaptureUnavailable] = []
    for way in _WAYS[platform]:
        try:
            if chosen := way(env, grant):
                return chosen
        except CaptureUnavailable as trouble:
            troubles.append(trouble)
    raise troubles[0] if troubles else CaptureUnavailable(NO_DISPLAY)


def _wlroots(env: Mapping[str, str], _grant: Path | None) -> Backends | None:
    """Without a dialog; the windows by sway, else by the list that wlroots has of them."""
    from mirrordesk.capture.wayland import screencopy
    from mirrordesk.capture.wayland.display import Display
    from mirrordesk.capture.wayland.keys import WaylandKeys

    if not env.get("WAYLAND_DISPLAY"):
        return None
    with contextlib.closing(Display(env)) as display:
        if not display.version(screencopy.MANAGER):
            return None
    with contextlib.ExitStack() as opened:
        probe = opened.enter_context(contextlib.closing(_wlroots_probe(env)))
        screen = opened.enter_context(contextlib.closing(screencopy.WlrScreen(env)))
        chosen = Backends(screen, probe, WaylandKeys())
        opened.pop_all()
    return chosen


def _wlroots_probe(env: Mapping[str, str]) -> WindowProbe:
    from mirrordesk.capture.wayland import sway, toplevels

    if env.get(sway.SOCKET):
        # A socket that a former sway left behind is no reason to know nothing.
        with contextlib.suppress(CaptureUnavailable):
            return sway.SwayProbe(env, session_address(env))
    return toplevels.ToplevelProbe(env)


def _portal(env: Mapping[str, str], grant: Path | None) -> Backends | None:
    """By the dialog of the desktop; the windows by what programs tell of themselves."""
    from mirrordesk.capture.wayland.accessible import AccessibleProbe
    from mirrordesk.capture.wayland.keys import WaylandKeys
    from mirrordesk.capture.wayland.shared import SharedScreen

    if not env.get("WAYLAND_DISPLAY"):
        return None
    session = session_address(env)
    with contextlib.ExitStack() as opened:
        probe = opened.enter_context(contextlib.closing(AccessibleProbe(env, session)))
        screen = opened.enter_context(contextlib.closing(SharedScreen(session, grant)))
        chosen = Backends(screen, probe, WaylandKeys())
        opened.pop_all()
    return chosen


def _x11(env: Mapping[str, str], _grant: Path | None) -> Backends | None:
    from mirrordesk.capture.screen import MssScreen
    from mirrordesk.capture.x11.keys import XKeys
    from mirrordesk.capture.x11.probe import X11Probe

    if not (display := env.get("DISPLAY", "")):
        return None
    with contextlib.ExitStack() as opened:
        probe = opened.enter_context(contextlib.closing(X11Probe(display, session_address(env))))
        if probe.is_xwayland:
            raise CaptureUnavailable(_XWAYLAND)
        screen = opened.enter_context(contextlib.closing(MssScreen(display)))
        chosen = Backends(screen, probe, XKeys(display))
        opened.pop_all()
    return chosen


def _windows(_env: Mapping[str, str], _grant: Path | None) -> Backends:
    from mirrordesk.capture.windows.keys import WindowsKeys
    from mirrordesk.capture.windows.probe import WindowsProbe
    from mirrordesk.capture.windows.screen import WindowsScreen

    return Backends(WindowsScreen(), WindowsProbe(), WindowsKeys())  # the screen settles the scale


def _macos(_env: Mapping[str, str], _grant: Path | None) -> Backends:
    from mirrordesk.capture.macos.keys import MacKeys
    from mirrordesk.capture.macos.probe import MacProbe
    from mirrordesk.capture.macos.screen import MacScreen

    return Backends(MacScreen(), MacProbe(), MacKeys())


# By platform the ways to see its desktops, the best first. A way returns None where it is not for
# this desktop, and raises CaptureUnavailable where it should work and does not.
_WAYS: Mapping[str, Sequence[Callable[[Mapping[str, str], Path | None], Backends | None]]] = {
    "linux": (_wlroots, _portal, _x11),
    "win32": (_windows,),
    "darwin": (_macos,),
}
