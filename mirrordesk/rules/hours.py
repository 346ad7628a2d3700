"""Hours of the week, as a person writes them: `Mon-Fri 09:00-17:00`."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


def parse(texts: Sequence[str]) -> tuple[Hours, ...]:
    """`Mon-Fri 09:00-17:00`, `Sat`, `22:00-06:00`; `Mon`, `Wed 09:00-12:00` share their times.

    Without days all of them are meant, without times the whole day. Raises UsageError.
    """
    read: list[Hours] = []
    times: tuple[int, int] = (0, _DAY)
    for text in reversed(texts):
        days, own = _parts(text)
        times = own or times
        read.insert(0, Hours(days, *times))
    return tuple(read)


def _parts(text: str) -> tuple[frozenset[int], tuple[int, int] | None]:
    found = _WRITTEN.fullmatch(text.strip().lower())
    if not found or not text.strip():
        raise _wrong(text)
    first, last = found["first"], found["last"]
    days = _between(_day(first, text), _day(last or first, text)) if first else range(7)
    start, end = found["start"], found["end"]
    return frozenset(days), (_minute(start, text), _minute(end, text)) if start else None


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
