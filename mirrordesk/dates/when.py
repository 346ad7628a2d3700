"""Reads the time a question is about, by rules: "last Tuesday afternoon", "10 minutes ago".

A wrong reading must not hide the answer, so what is read is a preference with soft edges: recall
demotes what lies outside, and drops nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

import numpy as np
import numpy.typing as npt

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.dates import clock_words, day_words
from mirrordesk.dates.clock_words import Times
from mirrordesk.dates.day_words import Days, Hours

Instants = npt.NDArray[np.int64]  # (n,) UTC nanoseconds

_LEAST_PADDING = 15 * clock.MINUTE
_PADDING_SHARE = 8  # an eighth of the span on either side: three hours of a day
_MOST_PADDING = 72 * clock.HOUR
_BEGINNING_NS = 0

_BEFORE_DAYS = re.compile(
    r"\b(since|after|before|until|between|from)\s+(?:the\s+)?$", re.IGNORECASE
)
_BETWEEN_DAYS = re.compile(r"^\s+(?:and|to|until|till|through)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class When:
    """The time a question is about.

    `span` is what its words say, `padded` what they may still mean. `firm`: the words are exact
    ("yesterday", "at 3 pm"), not a guess ("recently", "two weeks ago"). `words` are the parts of
    the question that said so and `rest` is the question without them.
    """

    span: Span
    padded: Span
    firm: bool
    words: tuple[str, ...]
    rest: str

    def closeness(self, start_ns: Instants, end_ns: Instants) -> npt.NDArray[np.float64]:
        """1 for each moment within the span, falling to 0 at the end of the padding."""
        after = start_ns >= self.span.end_ns
        inside = ~after & (np.maximum(end_ns, start_ns + 1) > self.span.start_ns)
        late = (start_ns - self.span.end_ns + 1) / max(self.padded.end_ns - self.span.end_ns, 1)
        lead = max(self.span.start_ns - self.padded.start_ns, 1)
        early = (self.span.start_ns - end_ns + 1) / lead
        return np.where(inside, 1.0, np.maximum(1.0 - np.where(after, late, early), 0.0))


def parse(question: str, now_ns: int, zone: str | None = None) -> When | None:
    """The past time that `question` names as seen at `now_ns` in `zone`, or None."""
    if back := clock_words.find_back(question, now_ns):
        return _when(question, back.span, back.firm, [(back.start, back.end)])
    now = clock.at(now_ns, zone)
    days = day_words.find(question, now.date())
    times = clock_words.find(_blanked(question, days))
    if days is None and times is None:
        return None
    if days is None:
        assert times is not None
        span = _span_of_hours(_recent_day(now, times.hours), times.hours, now)
        return _when(question, span, times.firm, [(times.start, times.end)])
    return _with_days(question, days, times, now)


def _blanked(question: str, days: Days | None) -> str:
    """The question with blanks for the words of the day: they are not to be read twice."""
    if days is None:
        return question
    blank = " " * (days.end - days.start)
    return question[: days.start] + blank + question[days.end :]


def _recent_day(now: datetime, hours: Hours) -> date:
    """The day of hours that no day was named for: today, or yesterday if they are still to come."""
    begun = now.hour + now.minute / 60 >= hours[0]
    return now.date() if begun else now.date() - timedelta(days=1)


def _with_days(question: str, days: Days, times: Times | None, now: datetime) -> When:
    marks = [(days.start, days.end)]
    hours = times.hours if times else days.hours
    if times:
        marks.append((times.start, times.end))
    if hours and days.first == days.last:
        firm = days.firm and (times is None or times.firm)
        return _when(question, _span_of_hours(days.first, hours, now), firm, marks)
    before = _BEFORE_DAYS.search(question[: days.start])
    if before is None:
        return _when(question, _span_of_days(days.first, days.last, now), days.firm, marks)
    return _related(question, days, before, now)


def _related(question: str, days: Days, before: re.Match[str], now: datetime) -> When:
    """Days with "since", "after", "before", "until", or two of them joined by "between"."""
    mark = (before.start(), days.end)
    named = _span_of_days(days.first, days.last, now)
    now_ns = clock.to_ns(now)
    how = before[1].lower()
    if how in ("between", "from"):
        joint = _BETWEEN_DAYS.match(question[days.end :])
        rest = question[days.end + joint.end() :] if joint else ""
        other = day_words.find(rest, now.date()) if joint else None
        if joint and other and other.start == 0:
            end = days.end + joint.end() + other.end
            first, last = min(days.first, other.first), max(days.last, other.last)
            both = _span_of_days(first, last, now)
            return _when(question, both, days.firm and other.firm, [(mark[0], end)])
        span = named
    elif how == "after":
        span = Span(named.end_ns, max(now_ns, named.end_ns + 1))
    elif how == "since":
        span = Span(named.start_ns, max(now_ns, named.start_ns + 1))
    else:
        span = Span(_BEGINNING_NS, named.start_ns if how == "before" else named.end_ns)
    return _when(question, span, days.firm, [mark])


def _span_of_days(first: date, last: date, now: datetime) -> Span:
    return Span(_local(first, 0.0, now), _local(last, 24.0, now))


def _span_of_hours(day: date, hours: Hours, now: datetime) -> Span:
    return Span(_local(day, hours[0], now), _local(day, hours[1], now))


def _local(day: date, hours: float, now: datetime) -> int:
    """UTC nanoseconds of what the clock on the wall shows, in the zone of `now`."""
    midnight = datetime.combine(day, time_of_day.min, now.tzinfo)
    return clock.to_ns(midnight + timedelta(hours=hours))


def _when(question: str, span: Span, firm: bool, marks: Sequence[tuple[int, int]]) -> When:
    share = (span.end_ns - span.start_ns) // _PADDING_SHARE
    pad = min(max(_LEAST_PADDING, share), _MOST_PADDING)
    rest = question
    for start, end in sorted(marks, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    words = tuple(question[start:end].strip() for start, end in sorted(marks))
    padded = Span(span.start_ns - pad, span.end_ns + pad)
    return When(span, padded, firm, words, " ".join(rest.split()))
