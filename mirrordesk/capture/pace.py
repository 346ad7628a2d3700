"""How long to rest between two looks, by what the person and the screen are doing.

All follows from the ordinary interval of 1 s: half of it while somebody types, four to five times
as much where nothing has happened for a while; on battery twice as much, but never more than that.
"""

from __future__ import annotations

from dataclasses import dataclass

QUICK = 0.5  # of the ordinary interval: 2 looks a second
SLOWEST = 5.0  # 0.2 looks a second
BATTERY = 2.0

TYPING_S = 3.0  # since the last key or pointer event; somebody is at it
CALM_S = 20.0  # without input and without news; from then on looks become fewer …
DROWSY_S = 60.0  # … until here, where they are fewest
SPREAD = 0.2  # of the slowest pace: a busy mark that turns in step with the looks seems to stand


@dataclass(frozen=True, slots=True)
class Activity:
    """What goes on, in seconds since it last did.

    `input_s` is None where the platform does not tell it. `is_away` while the screen is locked or
    the person counts as idle: then nothing is looked at but whether they are back.
    """

    input_s: float | None
    news_s: float
    is_away: bool = False
    on_battery: bool = False


def rest_s(activity: Activity, interval_s: float, chance: float = 0.0) -> float:
    """Seconds from one look to the next, where `interval_s` is the ordinary pace.

    `chance`, 0 to 1, is to be drawn anew for each look.
    """
    factor = BATTERY if activity.on_battery else 1.0
    share = min(SLOWEST, factor * _share(activity))
    drowsiness = max(0.0, share - 1.0) / (SLOWEST - 1.0)
    return interval_s * share * (1.0 - SPREAD * drowsiness * chance)


def _share(activity: Activity) -> float:
    """The rest in ordinary intervals."""
    if activity.is_away:
        return 1.0
    input_s = activity.news_s if activity.input_s is None else activity.input_s
    if activity.input_s is not None and input_s <= TYPING_S:
        return QUICK
    drowsy = (min(input_s, activity.news_s) - CALM_S) / (DROWSY_S - CALM_S)
    return 1.0 + (SLOWEST - 1.0) * min(1.0, max(0.0, drowsy))
