"""Watches all monitors: may we look at all, and what is new on each of them."""

from __future__ import annotations

import time

from mirrordesk.capture.backends import Backends
from mirrordesk.capture.base import Monitor
from mirrordesk.capture.keeper import Keeper
from mirrordesk.capture.look import MonitorLook
from mirrordesk.capture.privacy import Rules
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import GapReason

PATIENCE = 10  # looks in a row that may fail before the recorder gives up


class ScreenWatch:
    """Looks at every monitor and keeps what is new. To be used from one thread."""

    def __init__(self, chosen: Backends, rules: Rules, keeper: Keeper, idle_after_s: float) -> None:
        self._chosen = chosen
        self._rules = rules
        self._keeper = keeper
        self._idle_after_s = idle_after_s
        self._looks: dict[Monitor, MonitorLook] = {}
        self._failures = 0
        self._trouble = ""

    def look(self) -> GapReason | None:
        """Look once; returns why nothing was seen on any monitor, or None.

        Raises DiskFull, and CaptureUnavailable when looking has failed `PATIENCE` times in a row.
        """
        try:
            reason = self._away() or self._look_at_all()
        except CaptureUnavailable as error:
            self._failures += 1
            self._trouble = str(error)
            if self._failures >= PATIENCE:
                raise
            return GapReason.UNIDENTIFIED
        self._failures, self._trouble = 0, ""
        return reason

    def sources(self) -> dict[str, str]:
        """What is read, and why in this way."""
        screen, probe, count = self._chosen.screen, self._chosen.probe, len(self._looks)
        monitors = "1 monitor" if count == 1 else f"{count} monitors"
        return {
            "screen": self._trouble or f"{monitors} through {screen.name}: {screen.why}",
            "windows": f"{probe.name}: {probe.why}",
        }

    def _away(self) -> GapReason | None:
        probe = self._chosen.probe
        if probe.locked():
            return GapReason.LOCKED
        idle = probe.idle_seconds()
        return GapReason.IDLE if idle is not None and idle >= self._idle_after_s else None

    def _look_at_all(self) -> GapReason | None:
        """None when any monitor could be seen, for the ledger is about the whole screen."""
        former = self._looks
        self._looks = {
            monitor: former.get(monitor) or MonitorLook(monitor, self._chosen, self._rules)
            for monitor in self._chosen.screen.monitors()
        }
        reasons = [self._look_at(look) for look in self._looks.values()]
        if not reasons:
            return GapReason.NO_DISPLAY
        return None if None in reasons else reasons[0]

    def _look_at(self, look: MonitorLook) -> GapReason | None:
        sight = look.take()
        if isinstance(sight, GapReason):
            return sight
        if entry := look.news(sight, time.monotonic()):
            self._keeper.keep(entry)
            look.kept(sight)
        return None
