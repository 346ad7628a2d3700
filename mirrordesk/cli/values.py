"""Reads what a person writes after an option: a time, a day, a duration.

Each function's `__name__` is what argparse says it wanted: "invalid day value: 'x'".
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from mirrordesk import clock


def seconds(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise ValueError
    return value


def positive(text: str) -> int:
    value = int(text)
    if value <= 0:
        raise ValueError
    return value


def day(text: str) -> date:
    today = clock.at(clock.now_ns()).date()
    near = {"today": today, "yesterday": today - timedelta(days=1)}
    return near.get(text) or date.fromisoformat(text)


def duration(text: str) -> int:
    found = re.fullmatch(r"(\d+)\s*([smhd])", text)
    if not found:
        raise ValueError
    unit = {"s": clock.SECOND, "m": clock.MINUTE, "h": clock.HOUR, "d": 24 * clock.HOUR}
    return int(found[1]) * unit[found[2]]


def when(text: str) -> int:
    return clock.to_ns(datetime.fromisoformat(text))


# argparse names the function in its sentence: "Argument --last: invalid duration value: 'x'"
for _function, _name in (
    (seconds, "number of seconds"),
    (positive, "whole number above zero"),
    (day, "day"),
    (duration, "duration"),
    (when, "time"),
):
    _function.__name__ = _name
