"""Times as people name them in what they say and write: "Thursday 14:00", "3 May", "tomorrow at 3".

Unlike the words of a question (`when.py`) these mostly lie ahead. They are read as seen from where
and when they were said; what names no day, or one that comes again and again, is given no date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.dates.day_words import number

_DAY = timedelta(days=1)
_LONGEST_DAY = 25 * clock.HOUR  # where the clocks are put back
_AHEAD = timedelta(days=60)  # a date without a year is the one nearest to so long ahead
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_WEEKDAY = (
    r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b\.?)"
)
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november"
    r"|december|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
_NTH = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>20\d\d))?"
_ANY_WEEKDAY = re.sub(r"\?P<\w+>", "?:", _WEEKDAY)
_COUNT = r"(?P<count>\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten)"

_CLOCK = (
    r"(?:(?P<noon>noon|midday|midnight)"
    r"|(?P<half>half|quarter) (?P<side>past|to) (?P<word>\d{1,2}|one|two|three|four|five|six|seven"
    r"|eight|nine|ten|eleven|twelve)"
    r"|(?P<hour>[0-2]?\d)(?:[:.h](?P<minute>[0-5]\d))? ?(?P<meridiem>[ap]m\b|[ap]\.m\.|o'?clock)"
    r"|(?P<exact>[0-2]?\d)[:h](?P<past>[0-5]\d))"
)
_BARE = r"at (?P<bare>1[0-2]|[1-9])(?![\d.,:%/-]*\d)(?! ?%)"
_UNTIL = (
    r"(?: ?(?:-|–|to|until|till) ?[0-2]?\d(?:[:.h][0-5]\d(?: ?[ap]m\b)?| ?(?:[ap]m\b|[ap]\.m\.)))?"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A time that words name, and where they stand in the text.

    `span` is the day or, where `clocked`, the minute they mean; None where they name no one day.
    """

    start: int
    end: int
    span: Span | None
    clocked: bool

    def iso(self, zone: str) -> str:
        """ "2026-11-26" or "2026-11-26 14:00"; empty where there is no one day."""
        if self.span is None or self.span.end_ns - self.span.start_ns > _LONGEST_DAY:
            return ""
        form = "%Y-%m-%d %H:%M" if self.clocked else "%Y-%m-%d"
        return clock.at(self.span.start_ns, zone).strftime(form)


Rule = Callable[["re.Match[str]", date], date | None]
Stretch = tuple[date, date]  # the first day, and the day after the last


def _calendar_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(found: list[date | None], today: date) -> date | None:
    days = [day for day in found if day is not None]
    return min(days, key=lambda day: abs(day - today - _AHEAD), default=None)


def _iso(match: re.Match[str], _today: date) -> date | None:
    return _calendar_date(int(match[1]), int(match[2]), int(match[3]))


def _dotted(match: re.Match[str], today: date) -> date | None:
    day, month = int(match[1]), int(match[2])
    if match[3]:
        return _calendar_date(int(match[3]), month, day)
    return _nearest([_calendar_date(today.year + n, month, day) for n in (-1, 0, 1)], today)


def _of_month(match: re.Match[str], today: date) -> date | None:
    month = _MONTHS.index(match["month"].lower()[:3]) + 1
    day = int(match["day"])
    if match["year"]:
        return _calendar_date(int(match["year"]), month, day)
    return _nearest([_calendar_date(today.year + n, month, day) for n in (-1, 0, 1)], today)


def _nth(match: re.Match[str], today: date) -> date | None:
    """ "the 5th": of this month, or of the next where that is over."""
    for ahead in range(3):
        month = today.month - 1 + ahead
        found = _calendar_date(today.year + month // 12, month % 12 + 1, int(match["day"]))
        if found and found >= today:
            return found
    return None


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _weekday(match: re.Match[str], today: date) -> date | None:
    """The next such day; "next" is in the week that follows, "last" before today."""
    wanted = _WEEKDAYS.index(match["weekday"].lower()[:3])
    how = (match["how"] or "").lower()
    if how == "next":
        return _monday(today) + timedelta(days=7 + wanted)
    if how == "last":
        return today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1)
    return today + timedelta(days=(wanted - today.weekday()) % 7)


def _weekday_next_week(match: re.Match[str], today: date) -> date | None:
    return _monday(today) + timedelta(days=7 + _WEEKDAYS.index(match["weekday"].lower()[:3]))


def _in(match: re.Match[str], today: date) -> date | None:
    days = 7 if match["unit"].lower() == "week" else 1
    return today + timedelta(days=days * number(match["count"]))


def _ahead(days: int) -> Rule:
    return lambda _match, today: today + timedelta(days=days)


def _stretch(match: re.Match[str], today: date) -> Stretch:
    """ "next week", "next month", "the end of the month": the last of whose days is meant."""
    unit, ahead = match["unit"].lower(), int(match["how"].lower().startswith("next"))
    if unit == "week":
        first = _monday(today) + timedelta(days=7 * ahead)
        after = first + timedelta(days=7)
    elif unit == "month":
        first = _first_of(today.year, today.month + ahead)
        after = _first_of(today.year, today.month + ahead + 1)
    else:
        first, after = date(today.year + ahead, 1, 1), date(today.year + ahead + 1, 1, 1)
    return (after - _DAY, after) if match["end"] else (first, after)


def _first_of(year: int, month: int) -> date:
    """The first day of a month, whose number may be past twelve."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


_STRETCH = r"(?P<end>(?:the )?end of )?(?P<how>next|this|the) (?P<unit>week|month|year)"
# The more words a pattern takes the earlier it stands
_DAYS: tuple[tuple[str, Rule], ...] = (
    (r"(\d{4})-(\d{2})-(\d{2})(?![\w-])", _iso),
    (r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?: ?(20\d\d)|(?= [a-z\d]))(?![\d.])", _dotted),
    (
        rf"(?:{_ANY_WEEKDAY},? )?(?:the )?{_NTH} (?:of )?{_MONTH}(?![a-z]){_YEAR}",
        _of_month,
    ),
    (rf"(?:{_ANY_WEEKDAY},? )?{_MONTH} (?:the )?{_NTH}(?![\d:.]\d|\d){_YEAR}", _of_month),
    (rf"{_WEEKDAY} (?:of )?next week", _weekday_next_week),
    (rf"next week (?:on )?{_WEEKDAY}", _weekday_next_week),
    (rf"(?:(?P<how>next|this|coming|last) )?{_WEEKDAY}(?!s\b|\w)", _weekday),
    (r"the day after tomorrow", _ahead(2)),
    (r"tomorrow", _ahead(1)),
    (r"today|tonight", _ahead(0)),
    (r"yesterday", _ahead(-1)),
    (rf"in {_COUNT} (?P<unit>day|week)s?(?: time)?", _in),
    (r"the (?P<day>[0-3]?\d)(?:st|nd|rd|th)(?! [a-z]+ (?:is|of))", _nth),
)
_EVERY = rf"(?:every )?(?:{_ANY_WEEKDAY})s(?!\w)|every (?:{_ANY_WEEKDAY}|day|morning|week)"
_TURNS = r"(?: (?:morning|afternoon|evening))?(?:,)?(?: (?:at|from|to))?,? "


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.:/-]){pattern}(?![\w:])", re.IGNORECASE)


_TAIL = re.compile(rf"(?:{_TURNS}{_CLOCK}{_UNTIL}|,? {_BARE})(?![\w:])", re.IGNORECASE)
_HEAD = re.compile(rf"(?<![\w.:/-])(?:{_CLOCK}{_UNTIL}|{_BARE}),? (?:on )?$", re.IGNORECASE)
_ALONE = _compiled(rf"(?:{_CLOCK}{_UNTIL}|{_BARE})")
_RULES = tuple((_compiled(f"(?:{pattern})"), rule) for pattern, rule in _DAYS)
_RECURRING = _compiled(f"(?:{_EVERY})")
_LONG = _compiled(f"(?:{_STRETCH})")
_HALF_DAY = re.compile(r" (?:morning|afternoon|evening)\b", re.IGNORECASE)


def find(text: str, said: datetime) -> list[Named]:
    """All times that `text` names, in order, as of `said`, an aware time where it was said."""
    found: list[Named] = []
    for pattern, rule in _RULES:
        for match in _free(pattern, text, found):
            if day := rule(match, said.date()):
                found.append(_with_clock(text, match, day, said))
    for match in _free(_RECURRING, text, found):
        found.append(_with_clock(text, match, None, said))
    for match in _free(_LONG, text, found):
        if match["end"] or match["how"].lower() == "next":
            span = _span(*_stretch(match, said.date()), said)
            found.append(Named(*match.span(), span, clocked=False))
    for match in _free(_ALONE, text, found):
        found.append(Named(*match.span(), None, clocked=True))
    return sorted(found, key=lambda one: one.start)


def _free(pattern: re.Pattern[str], text: str, found: list[Named]) -> Iterator[re.Match[str]]:
    """Where a pattern fits that does not touch what was found before."""
    for match in pattern.finditer(text):
        if not any(one.start < match.end() and match.start() < one.end for one in found):
            yield match


def _span(first: date, after: date, said: datetime) -> Span:
    """From the first day to the start of the one after, where that was said."""
    start, end = (datetime.combine(day, time_of_day.min, said.tzinfo) for day in (first, after))
    return Span(clock.to_ns(start), clock.to_ns(end))


def _with_clock(text: str, day: re.Match[str], when: date | None, said: datetime) -> Named:
    """The day, with the time of day that stands behind or before it."""
    start, end = day.span()
    if tail := _TAIL.match(text, end):
        return _named(start, tail.end(), when, _hours(tail), said)
    if head := _HEAD.search(text, 0, start):
        return _named(head.start(), end, when, _hours(head), said)
    if half := _HALF_DAY.match(text, end):
        end = half.end()
    return _named(start, end, when, None, said)


def _named(
    start: int, end: int, day: date | None, hours: time_of_day | None, said: datetime
) -> Named:
    if day is None:
        return Named(start, end, None, hours is not None)
    if hours is None:
        return Named(start, end, _span(day, day + _DAY, said), clocked=False)
    at_ns = clock.to_ns(datetime.combine(day, hours, said.tzinfo))
    return Named(start, end, Span(at_ns, at_ns + clock.MINUTE), clocked=True)


def _hours(match: re.Match[str]) -> time_of_day | None:
    """The time of day of a clock match; None where there is no such time."""
    if noon := match["noon"]:
        return time_of_day(0 if noon.lower() == "midnight" else 12)
    if match["half"]:
        minutes = 60 * _afternoon(number(match["word"]))
        step = 30 if match["half"].lower() == "half" else 15
        minutes += step if match["side"].lower() == "past" else -step
        return time_of_day(minutes // 60 % 24, minutes % 60)
    if match["bare"]:
        return time_of_day(_afternoon(int(match["bare"])))
    hour, minute = int(match["hour"] or match["exact"]), int(match["minute"] or match["past"] or 0)
    half = (match["meridiem"] or "").lower()[:1]
    if half in ("a", "p") and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half == "o":
        hour = _afternoon(hour)
    return time_of_day(hour, minute) if hour < 24 else None


def _afternoon(hour: int) -> int:
    """The hour that a bare number means: few people meet before eight in the morning."""
    return hour + 12 if 1 <= hour < 8 else hour
