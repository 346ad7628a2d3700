"""Watches all monitors: may we look at all, how often, and what is new on each of them."""

from __future__ import annotations

import contextlib
import math
import random
import time

from mirrordesk.capture import pace
from mirrordesk.capture.backends import Backends
from mirrordesk.capture.base import Monitor
from mirrordesk.capture.battery import Battery
from mirrordesk.capture.keeper import Keeper
from mirrordesk.capture.look import MonitorLook
from mirrordesk.capture.pace import Activity
from mirrordesk.capture.privacy import Rules
from mirrordesk.config import CaptureSettings
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import GapReason

PATIENCE = 10  # looks in a row that may fail before the recorder gives up


class ScreenWatch:
    """Looks at every monitor and keeps what is new. To be used from one thread."""

    def __init__(
        self, chosen: Backends, rules: Rules, keeper: Keeper, settings: CaptureSettings
    ) -> None:
        self._chosen = chosen
        self._rules = rules
        self._keeper = keeper
        self._settings = settings
        self._battery = Battery()
        self._chance = random.Random()
        self._draw = 0.0
        self._looked_s = self._news_s = -math.inf
        self._reason: GapReason | None = None
        self._looks: dict[Monitor, MonitorLook] = {}
        self._failures = 0
        self._trouble = ""

    def look(self) -> GapReason | None:
        """Look once; returns why nothing was seen on any monitor, or None.

        Raises DiskFull, and CaptureUnavailable when looking has failed `PATIENCE` times in a row.
        """
        self._looked_s, self._draw = time.monotonic(), self._chance.random()
        try:
            self._reason = self._away() or self._look_at_all()
        except CaptureUnavailable as error:
            self._reason = GapReason.UNIDENTIFIED
            self._failures += 1
            self._trouble = str(error)
            if self._failures >= PATIENCE:
                raise
        else:
            self._failures, self._trouble = 0, ""
        return self._reason

    def rest_s(self) -> float:
        """Seconds until the next look; zero or less when it is due."""
        now_s = time.monotonic()
        activity = Activity(
            input_s=self._input_s(),
            news_s=now_s - self._news_s,
            is_away=self._reason is not None,
            on_battery=self._settings.slower_on_battery and self._battery.is_used(now_s),
        )
        rest_s = pace.rest_s(activity, self._settings.interval_s, self._draw)
        return self._looked_s + rest_s - now_s

    def look_soon(self) -> None:
        """There was a time without looks: the next one is due at once."""
        self._looked_s = -math.inf

    def sources(self) -> dict[str, str]:
        """What is read, and why in this way."""
        screen, probe, count = self._chosen.screen, self._chosen.probe, len(self._looks)
        monitors = "1 monitor" if count == 1 else f"{count} monitors"
        return {
            "screen": self._trouble or f"{monitors} through {screen.name}: {screen.why}",
            "windows": f"{probe.name}: {probe.why}",
        }

    def _input_s(self) -> float | None:
        with contextlib.suppress(CaptureUnavailable):  # the next look meets it, and tells of it
            return self._chosen.probe.idle_seconds()
        return None

    def _away(self) -> GapReason | None:
        probe = self._chosen.probe
        if probe.locked():
            return GapReason.LOCKED
        idle = probe.idle_seconds()
        is_idle = idle is not None and idle >= self._settings.idle_after_s
        return GapReason.IDLE if is_idle else None

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
        if entry := look.news(sight, now_s := time.monotonic()):
            self._keeper.keep(entry)
            look.kept(sight)
            self._news_s = now_s
        return None
