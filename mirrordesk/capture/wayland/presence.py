"""Whether somebody is there and the session is unlocked, as far as a Wayland desktop tells it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from mirrordesk.capture.accessibility import Bus, Node, Silent
from mirrordesk.capture.wayland import locker
from mirrordesk.capture.wayland.display import Display
from mirrordesk.capture.wayland.idle import IdleWatch

# GNOME counts in milliseconds; it tells Wayland clients nothing.
_IDLE = Node("org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core")
_SAVERS = (
    Node("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    Node("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),  # KDE
)


class Presence:
    """To be used from one thread. Raises CaptureUnavailable where the compositor is gone."""

    def __init__(self, env: Mapping[str, str], session: str) -> None:
        self._display = Display(env)
        self._idle = IdleWatch(self._display)
        self._bus: Bus | None = None
        with contextlib.suppress(Silent):
            self._bus = Bus(session)

    def idle_seconds(self) -> float | None:
        """Seconds since the last input; None where it is not told."""
        if self._idle.is_told:
            return self._idle.seconds()
        told = self._ask(_IDLE, "GetIdletime")
        return None if told is None else int(told) / 1000

    def locked(self) -> bool | None:
        """Whether the session is locked; None where it is not told."""
        told = [
            answer for saver in _SAVERS if (answer := self._ask(saver, "GetActive")) is not None
        ]
        return any(told) or locker.is_locked() or (False if told else None)

    def close(self) -> None:
        """Let both go."""
        self._display.close()
        if self._bus:
            self._bus.close()

    def _ask(self, node: Node, member: str) -> Any:
        """The answer of an object whose interface is called like its bus; None without one."""
        if self._bus is None:
            return None
        with contextlib.suppress(Silent):
            return self._bus.call(node, node.bus, member)
        return None
