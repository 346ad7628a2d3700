"""Hours of the week, as a person writes them: `Mon-Fri 09:00-17:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from mirrordesk.errors import UsageError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60  # minutes

_WRITTEN = re.compile(
    r"(?:(?P<first>[a-z]+)(?:\s*-\s*(?P<last>[a-z]+))?)?\s*"
    r"(?:(?P<start>\d{1,2}:\d\d)\s*-\s*(?P<end>\d{1,2}:\d\d))?"
)


@dataclass(frozen=True, slots=True)
class Hours:
    """On some days of the week (Monday is 0) from minute `start` up to, not including, `end`.

    Where `end` is not after `start` it lies on the day after.
    """

    days: frozenset[int]
    start: int = 0
    end: int = _DAY

    def hold(self, at: datetime) -> bool:
        """Whether the local time `at` lies in them."""
        minute, day = at.hour * 60 + at.minute, at.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        began_today = day in self.days and minute >= self.start
        began_yesterday = (day - 1) % 7 in self.days and minute < self.end
        return began_today or began_yesterday


def parse(text: str) -> Hours:
    """`Mon-Fri 09:00-17:00`; without days all of them, without times the whole day.

    Raises UsageError.
    """
    found = _WRITTEN.fullmatch(text.strip().lower())
    if not found or not text.strip():
        raise _wrong(text)
    first, last = found["first"], found["last"]
    days = frozenset(_between(_day(first, text), _day(last or first, text)) if first else range(7))
    if not found["start"]:
        return Hours(days)
    return Hours(days, _minute(found["start"], text), _minute(found["end"], text))


def _between(first: int, last: int) -> list[int]:
    return [(first + n) % 7 for n in range((last - first) % 7 + 1)]


def _day(word: str, text: str) -> int:
    for number, day in enumerate(DAYS):
        if len(word) >= len(day) and word.startswith(day):
            return number
    raise _wrong(text)


def _minute(text: str, whole: str) -> int:
    hour, minute = map(int, text.split(":"))
    if minute > 59 or hour * 60 + minute > _DAY:
        raise _wrong(whole)
    return hour * 60 + minute


def _wrong(text: str) -> UsageError:
    return UsageError(f"The hours `{text}` cannot be read; write them as Mon-Fri 09:00-17:00.")
