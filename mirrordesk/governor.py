"""Governor: how much perception may read now, so that nobody hears the fan.

Reading is worth a share of one core on average, and a smaller one on battery. What that does not
reach for waits in the spool. A question does not lift the limit: while it is answered the language
model wants the same cores, and the newest captures, which are read first, are nearly always within
the burst. There is no limit while nobody is there and the machine is on mains, if the person allows
that, nor once nothing records any more, since then somebody waits for what was recorded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from mirrordesk import clock, config, durable, status
from mirrordesk.attempts import TOGETHER
from mirrordesk.budget import Budget
from mirrordesk.capture.battery import Battery
from mirrordesk.config import PerceptionSettings
from mirrordesk.paths import Profile
from mirrordesk.records import GapReason

FIRST_COST_S = 3.0  # CPU seconds of a capture until some were measured: a full screen of text
LEARNING = 0.3  # weight of the newest portion in the mean cost
AWAY = (GapReason.IDLE, GapReason.LOCKED)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the limit depends on. `is_away`: nobody has touched the computer for a while."""

    is_recording: bool
    is_away: bool
    on_battery: bool


class Surroundings:
    """Asks recorder and battery about the situation of a profile."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._battery = Battery()

    def situation(self, now_s: float) -> Situation:
        """The situation now."""
        return Situation(
            is_recording=durable.is_locked(self._profile.recorder_lock),
            is_away=self._is_away(),
            on_battery=self._battery.is_used(now_s),
        )

    def _is_away(self) -> bool:
        beat = status.recorder(self._profile.recorder_heartbeat)
        return (
            beat is not None
            and beat.state in AWAY
            and clock.now_ns() - beat.updated_ns <= status.STALE_NS
        )


def share_of(settings: PerceptionSettings, situation: Situation) -> float | None:
    """The share of one core that reading may take now; None: there is no limit."""
    if not situation.is_recording:
        return None
    if situation.is_away and not situation.on_battery and settings.catch_up_when_idle:
        return None
    share = settings.cpu_budget_battery if situation.on_battery else settings.cpu_budget
    return share or None


def cpu_s() -> float:
    """CPU seconds that this process and its children that have ended took so far."""
    return sum(os.times()[:4])


class Governor:
    """Portions out work. All CPU time of the process counts, whatever it went into."""

    def __init__(
        self,
        share: Callable[[float], float | None] = lambda _now_s: None,
        *,
        now_s: Callable[[], float] = time.monotonic,
        spent_s: Callable[[], float] = cpu_s,
    ) -> None:
        """`share` tells the limit at a time: a share of one core, or None for none."""
        self._share = share
        self._now_s = now_s
        self._spent_s = spent_s
        self._budget: Budget | None = None
        self._counted_s = 0.0  # of `spent_s`, what the budget knows of
        self._cost_s = FIRST_COST_S
        self.resting = False

    def portion(self) -> int:
        """How many captures may be read now; 0: none, nor anything else that can wait."""
        now_s, spent_s = self._now_s(), self._spent_s()
        share = self._share(now_s)
        if share is None:
            left = TOGETHER * self._cost_s
        else:
            self._budget = self._budget or Budget(share, now_s)
            self._budget.allow(share, now_s)
            self._budget.spend(spent_s - self._counted_s, now_s)
            left = self._budget.left(now_s)
        self._counted_s = spent_s
        self.resting = left <= 0
        return 0 if self.resting else max(1, min(TOGETHER, round(left / self._cost_s)))

    def is_free(self) -> bool:
        """Whether nothing limits what may be done now: nobody is there who would notice."""
        return self._share(self._now_s()) is None

    def learn(self, captures: int) -> None:
        """So many captures were read since `portion`."""
        if captures:
            cost_s = (self._spent_s() - self._counted_s) / captures
            self._cost_s += LEARNING * (cost_s - self._cost_s)


def limited(profile: Profile) -> Governor:
    """A governor by the settings of a profile and what goes on around it."""
    surroundings = Surroundings(profile)
    return Governor(
        lambda now_s: share_of(config.load(profile).perception, surroundings.situation(now_s))
    )
