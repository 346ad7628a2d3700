"""Chooses how the screen is read on this machine, and says why."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from mirrordesk.capture.accessibility import session_address
from mirrordesk.capture.base import ScreenSource, WindowProbe
from mirrordesk.capture.hotkeys import KeyGrabber
from mirrordesk.errors import CaptureUnavailable


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


def choose(env: Mapping[str, str] = os.environ) -> Backends:
    """The backends for the display that `env` names.

    Raises CaptureUnavailable where there is none, or none whose windows we can tell apart.
    """
    if sys.platform != "linux":
        raise CaptureUnavailable("MirrorDesk records X11 desktops on Linux only so far.")
    display = env.get("DISPLAY", "")
    if not display and env.get("WAYLAND_DISPLAY"):
        raise CaptureUnavailable(_WAYLAND)
    return _x11(display, session_address(env))


_WAYLAND = (
    "This is a Wayland session, which MirrorDesk cannot record yet; log in to an X11 session."
)


def _x11(display: str, session: str) -> Backends:
    from mirrordesk.capture.screen import MssScreen
    from mirrordesk.capture.x11 import X11Probe
    from mirrordesk.capture.xkeys import XKeys

    with contextlib.ExitStack() as opened:
        probe = opened.enter_context(contextlib.closing(X11Probe(display, session)))
        if probe.is_xwayland:
            raise CaptureUnavailable(_WAYLAND)
        screen = opened.enter_context(contextlib.closing(MssScreen(display)))
        chosen = Backends(screen, probe, XKeys(display))
        opened.pop_all()
    return chosen
