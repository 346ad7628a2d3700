"""Windows by the accessibility service, where the compositor tells nobody of them.

A program that shows windows and tells nothing of them is noticed all the same: the kernel knows who
is connected to the compositor. It counts as one window that nobody can name.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping

from mirrordesk.capture import program
from mirrordesk.capture.accessibility import REST_S, Accessibility, Node, Silent
from mirrordesk.capture.base import WindowProbe
from mirrordesk.capture.pages import Pages
from mirrordesk.capture.wayland.clients import Clients
from mirrordesk.capture.wayland.presence import Presence
from mirrordesk.records import Box, Window

ANYWHERE = Box(-(1 << 15), -(1 << 15), 1 << 16, 1 << 16)  # every monitor there may be

# Programs of desktops that are connected to the compositor and show no window of their own.
HELPERS = (
    *("gsd-", "ibus-", "fcitx", "xdg-desktop-por", "Xwayland", "mutter-x11-fram", "at-spi"),
    *("wl-paste", "kded", "ksmserver", "kaccess"),
)

_ACTIVE, _SHOWING, _VISIBLE = 1, 25, 30  # numbers of states
_WHY = (
    "no one tells where windows are, so a monitor is kept only while every program on the desktop "
    "tells the accessibility service of its windows, and all of them may be recorded"
)


class AccessibleProbe(WindowProbe):
    """To be used from one thread. `session` is the address of the session's message bus."""

    name = "accessibility service"

    def __init__(self, env: Mapping[str, str], session: str) -> None:
        self._session = session
        self._clients = Clients(env)
        self._presence = Presence(env, session)
        self._pages = Pages(session)
        self._service: Accessibility | None = None
        self._ask_again_s = 0.0
        self.why = _WHY

    def windows(self) -> list[Window]:
        """Every window that a program tells of, and one of no name for each that tells nothing."""
        told = self._told()
        silent = [pids for pids in self._clients.now() if not _is_known(pids, told)]
        names = sorted({program.name(pid) for pids in silent for pid in list(pids)[:1]})
        self.why = f"{_WHY}; not so: {', '.join(names)}" if names else _WHY
        unnamed = [Window(-1, "", "", None, ANYWHERE, opaque=False) for _ in silent]
        return [*unnamed, *self._pages.complete([w for of in told.values() for w in of])]

    def idle_seconds(self) -> float | None:
        """Seconds since the last key or pointer event; None where it is not told."""
        return self._presence.idle_seconds()

    def locked(self) -> bool | None:
        """Whether the session is locked; None where it is not told."""
        return self._presence.locked()

    def close(self) -> None:
        """Let the desktop go."""
        self._pages.close()
        self._presence.close()
        self._let_go()

    def _told(self) -> dict[int, list[Window]]:
        """By process, the windows that its program tells of; none where the service is silent."""
        if time.monotonic() < self._ask_again_s:
            return {}
        told: dict[int, list[Window]] = {}
        try:
            service = self._service = self._service or Accessibility(self._session)
            for pid, node in service.programs().items():
                with contextlib.suppress(Silent):  # it alone is not known then
                    told[pid] = list(_windows(service, pid, node))
        except Silent:
            self._let_go()
            self._ask_again_s = time.monotonic() + REST_S
        return told

    def _let_go(self) -> None:
        if self._service:
            self._service.close()
        self._service = None


def _windows(service: Accessibility, pid: int, node: Node) -> Iterator[Window]:
    app = program.called(pid, service.name(node))
    for number, frame in enumerate(service.children(node)):
        states = service.states(frame)
        if states & {_SHOWING, _VISIBLE}:
            active = _ACTIVE in states
            title = service.name(frame)
            yield Window(number, app, title, pid, ANYWHERE, active=active, opaque=False)


def _is_known(pids: frozenset[int], told: Mapping[int, object]) -> bool:
    if pids & (told.keys() | {os.getpid()}):
        return True
    return bool(pids) and all(program.name(pid).startswith(HELPERS) for pid in pids)
