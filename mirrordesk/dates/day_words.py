"""The words of a question that name days: "yesterday", "last Tuesday", "on 3 March", "last week".

Days that lie ahead are not read: nobody remembers them, so the words are what is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

Hours = tuple[float, float]  # since local midnight; past 24 is the next day

_DAY = timedelta(days=1)
_NIGHT: Hours = (18.0, 29.0)  # of "last night" and "tonight": until five in the morning
_SOON = timedelta(days=60)  # a date without a year that is this near ahead is meant ahead


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `first` to `last`, both included; `hours` where the words name a part of the day.

    `start` and `end` are where the words stand in the question.
    """

    first: date
    last: date
    firm: bool = True
    hours: Hours | None = None
    start: int = 0
    end: int = 0


Rule = Callable[["re.Match[str]", date], Days | None]

_MONTHS = "january february march april may june july august september october november december"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_SMALL = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SMALL |= {"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november"
    r"|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?"
)
_WEEKDAY = r"(?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_SHORT_WEEKDAY = r"(?P<weekday>mon|tues|tue|wed|thurs|thur|thu|fri|sat|sun)\b\.?"
_NUMBER = r"(?P<number>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_VAGUE_NUMBER = r"(?P<number>(?:a )?few|(?:a )?couple(?: of)?|several|some)"
_UNIT = r"(?P<unit>day|week|month|year)s?"
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_LENGTH = {"day": 1, "week": 7, "month": 30, "year": 365}  # days


def number(words: str) -> int:
    """How many "3", "three", "a", "a couple of" or "a few" are."""
    words = words.lower()
    if words.isdigit():
        return int(words)
    if words in _SMALL:
        return _SMALL[words]
    return 2 if "couple" in words else 3


def _month_number(match: re.Match[str]) -> int:
    prefix = match["month"].lower()[:3]
    return [name[:3] for name in _MONTHS.split()].index(prefix) + 1


def _calendar_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _one(day: date | None, today: date, *, firm: bool = True) -> Days | None:
    return None if day is None or day > today else Days(day, day, firm)


def _iso(match: re.Match[str], today: date) -> Days | None:
    return _one(_calendar_date(int(match[1]), int(match[2]), int(match[3])), today)


def _european(match: re.Match[str], today: date) -> Days | None:
    return _one(_calendar_date(int(match[3]), int(match[2]), int(match[1])), today)


def _day_and_month(match: re.Match[str], today: date) -> Days | None:
    month, day = _month_number(match), int(match["day"])
    if match["year"]:
        return _one(_calendar_date(int(match["year"]), month, day), today)
    found = _calendar_date(today.year, month, day)
    if found and found > today:
        found = None if found - today < _SOON else _calendar_date(today.year - 1, month, day)
    return _one(found, today)


def _nth(match: re.Match[str], today: date) -> Days | None:
    """ "on the 3rd": the last one there was."""
    day = int(match["day"])
    first = today.replace(day=1)
    found = _calendar_date(first.year, first.month, day)
    if found is None or found > today:
        before = first - _DAY
        found = _calendar_date(before.year, before.month, day)
    return _one(found, today)


def _ago(match: re.Match[str], today: date) -> Days | None:
    count, unit = number(match["number"]), match["unit"].lower()
    middle = today - timedelta(days=count * _LENGTH[unit])
    slack = timedelta(days=_LENGTH[unit] // 2)  # "two weeks ago" is seldom that very day
    vague = not (match["number"].isdigit() or match["number"].lower() in _SMALL)
    if vague:
        slack += timedelta(days=_LENGTH[unit])
    return Days(middle - slack, min(today, middle + slack), firm=unit == "day" and not vague)


def _past_stretch(match: re.Match[str], today: date) -> Days | None:
    """ "the last three days", "the past two weeks"."""
    days = number(match["number"]) * _LENGTH[match["unit"].lower()]
    return Days(today - timedelta(days=days), today)


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _weekday_of(match: re.Match[str]) -> int:
    return [name[:3] for name in _WEEKDAYS.split()].index(match["weekday"].lower()[:3])


def _weekday_last_week(match: re.Match[str], today: date) -> Days | None:
    return _one(_monday(today) - 7 * _DAY + _weekday_of(match) * _DAY, today)


def _weekday(match: re.Match[str], today: date) -> Days | None:
    """The last such day; today counts unless the words say "last"."""
    how = (match["how"] or "").lower()
    back = (today.weekday() - _weekday_of(match)) % 7
    if how in ("last", "past", "previous") and back == 0:
        back = 7
    near = how == "last" and back <= 2  # on Wednesday, "last Tuesday" may be the one before
    return _one(today - back * _DAY, today, firm=bool(how) and not near)


def _week(match: re.Match[str], today: date) -> Days | None:
    this = match["how"].lower() == "this"
    first = _monday(today) - (0 if this else 7) * _DAY
    return Days(first, today if this else first + 6 * _DAY)


def _weekend(match: re.Match[str], today: date) -> Days | None:
    saturday = _monday(today) + 5 * _DAY
    if saturday > today or (match["how"].lower() == "last" and today.weekday() >= 5):
        saturday -= 7 * _DAY
    return Days(saturday, saturday + _DAY)


def _whole_month(year: int, month: int, *, firm: bool = True) -> Days:
    first = date(year, month, 1)
    return Days(first, (first + 31 * _DAY).replace(day=1) - _DAY, firm)


def _month_or_year(match: re.Match[str], today: date) -> Days | None:
    this = match["how"].lower() == "this"
    if match["unit"].lower() == "year":
        year = today.year - (0 if this else 1)
        return Days(date(year, 1, 1), date(year, 12, 31))
    before = today if this else today.replace(day=1) - _DAY
    return _whole_month(before.year, before.month)


def _named_month(match: re.Match[str], today: date) -> Days | None:
    month = _month_number(match)
    past = today.year if month <= today.month else today.year - 1
    found = _whole_month(int(match["year"] or past), month)
    return found if found.first <= today else None


def _year(match: re.Match[str], today: date) -> Days | None:
    year = int(match["year"])
    return Days(date(year, 1, 1), date(year, 12, 31)) if year <= today.year else None


def _back(first: int, last: int, *, firm: bool = True, hours: Hours | None = None) -> Rule:
    """A rule for words that mean from `first` to `last` days ago."""
    return lambda _match, today: Days(today - first * _DAY, today - last * _DAY, firm, hours)


# The more words a pattern takes the earlier it stands: the first that fits is taken
_RULES: tuple[tuple[re.Pattern[str], Rule], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE), rule)
    for pattern, rule in (
        (r"(\d{4})-(\d{2})-(\d{2})", _iso),
        (r"(\d{1,2})\.(\d{1,2})\.(\d{4})", _european),
        (rf"(?:on )?(?:the )?{_NTH} (?:of )?{_MONTH}(?:,? {_YEAR})?", _day_and_month),
        (rf"(?:on )?{_MONTH} (?:the )?{_NTH}(?:,? {_YEAR})?(?! ?[:.]\d)", _day_and_month),
        (r"(?:the )?day before yesterday", _back(2, 2)),
        (r"last night", _back(1, 1, hours=_NIGHT)),
        (r"yesterday", _back(1, 1)),
        (r"tonight", _back(0, 0, hours=_NIGHT)),
        (r"(?:earlier |so far )?today", _back(0, 0)),
        (rf"(?:about |around |roughly )?(?:{_NUMBER}) {_UNIT} ago", _ago),
        (rf"(?:about |around |roughly )?{_VAGUE_NUMBER} {_UNIT} ago", _ago),
        (rf"(?:the )?(?:last|past|previous) {_NUMBER} {_UNIT}", _past_stretch),
        (rf"(?:the )?(?:last|past|previous) {_VAGUE_NUMBER} {_UNIT}", _past_stretch),
        (rf"(?:on )?{_WEEKDAY} (?:of )?last week", _weekday_last_week),
        (rf"last week(?:'s)? (?:on )?{_WEEKDAY}", _weekday_last_week),
        (rf"(?:(?P<how>on|this|last|past|previous) )?{_WEEKDAY}", _weekday),
        (rf"(?P<how>on|this|last|past|previous) {_SHORT_WEEKDAY}", _weekday),
        (r"(?:over )?(?P<how>the|this|last) weekend", _weekend),
        (r"(?:the )?(?P<how>this|last|past|previous) week", _week),
        (r"(?:the )?(?P<how>this|last|past|previous) (?P<unit>month|year)", _month_or_year),
        (rf"(?:in |last |this |of )?{_MONTH},? (?:of )?{_YEAR}", _named_month),
        (rf"(?:in|last|since|during|this) {_MONTH}(?P<year>(?!))?", _named_month),
        (rf"in (?:the year )?{_YEAR}", _year),
        (r"on the (?P<day>\d{1,2})(?:st|nd|rd|th)", _nth),
        (r"(?:the )?other (?:day|week)", _back(14, 1, firm=False)),
        (r"recently|lately", _back(3, 0, firm=False)),
    )
)


def find(question: str, today: date) -> Days | None:
    """The first days that `question` names, or None."""
    for pattern, rule in _RULES:
        for match in pattern.finditer(question):
            if days := rule(match, today):
                return Days(
                    days.first, days.last, days.firm, days.hours, match.start(), match.end()
                )
    return None
