"""The words of a question that name a time of day, or a time counted back from now."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.dates.day_words import Hours, number

_EXACT = 0.25  # hours around a clock time
_ROUGH = 0.5  # … with "around"

_PARTS: dict[str, Hours] = {
    "morning": (5.0, 12.0),
    "noon": (11.5, 12.5),
    "midday": (11.5, 12.5),
    "lunchtime": (11.5, 14.0),
    "lunch time": (11.5, 14.0),
    "afternoon": (12.0, 18.0),
    "evening": (17.0, 24.0),
    "night": (20.0, 29.0),
    "midnight": (23.5, 24.5),
}
_HALVES = {"early": (0.0, 0.5), "late": (0.5, 1.0)}

_MERIDIEM = r"(?:a\.?m\.?|p\.?m\.?|o'?clock)"


def _time(name: str, *, sure: bool) -> str:
    """A clock time; with `sure` it cannot be taken for another number."""
    plain = rf"(?P<{name}h>\d{{1,2}})"
    minutes = rf"[:.](?P<{name}m>[0-5]\d)"
    return (
        rf"(?:{plain}(?:{minutes})? ?(?P<{name}x>{_MERIDIEM})|{plain}:(?P<{name}m>[0-5]\d))"
        if sure
        else rf"{plain}(?:{minutes})?(?: ?(?P<{name}x>{_MERIDIEM}))?"
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.:]){pattern}(?![\w:])", re.IGNORECASE)


_LOOSE_A, _LOOSE_B = _time("a", sure=False), _time("b", sure=False)
_CLOCK = rf"{_time('a', sure=False)}"
_RANGE = _compiled(rf"(?:between|from) {_LOOSE_A} (?:and|to|until|till) {_LOOSE_B}")
_SINGLE = _compiled(rf"(?:(?P<how>at|around|about|by|near|after|since|before|until) )?{_CLOCK}")
_PART = _compiled(
    r"(?:(?P<how>after|since|before|until) |(?:in |during |this |that |the |at |around )+)?"
    rf"(?:(?P<half>early|late) )?(?:in the )?(?P<part>{'|'.join(_PARTS)})"
)
_BACK = _compiled(
    r"(?:about |around |roughly |some )?(?P<number>\d{1,3}|an?|half an|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve|(?:a )?few|(?:a )?couple(?: of)?|several) "
    r"(?P<unit>second|sec|minute|min|hour|hr)s? ago"
)
_STRETCH = _compiled(
    r"(?:in |over |during |within )?the (?:last|past|previous) "
    r"(?:(?P<number>\d{1,3}|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|few|couple(?: of)?|several) )?(?:an )?(?P<unit>minute|min|hour|hr)s?"
)
_JUST_NOW = _compiled(r"(?:just now|(?:just )?a (?:moment|second|minute) ago|a little while ago)")
_UNIT_NS = {"sec": clock.SECOND, "min": clock.MINUTE, "hou": clock.HOUR, "hr": clock.HOUR}


@dataclass(frozen=True, slots=True)
class Times:
    """Hours of a day, whether they are exact, and where the words stand in the question."""

    hours: Hours
    firm: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Back:
    """A span counted back from now, and where its words stand in the question."""

    span: Span
    firm: bool
    start: int
    end: int


def find_back(question: str, now_ns: int) -> Back | None:
    """ "10 minutes ago", "half an hour ago", "in the last two hours", "just now", or None."""
    if match := _JUST_NOW.search(question):
        return Back(Span(now_ns - 10 * clock.MINUTE, now_ns), False, *match.span())
    if match := _BACK.search(question):
        distance = _distance(match)
        slack = max(2 * clock.MINUTE, 3 * distance // 10)
        span = Span(now_ns - distance - slack, min(now_ns, now_ns - distance + slack))
        return Back(span, match["number"].lower() in ("an", "a") or _counted(match), *match.span())
    if match := _STRETCH.search(question):
        return Back(Span(now_ns - _distance(match), now_ns), _counted(match), *match.span())
    return None


def _distance(match: re.Match[str]) -> int:
    """How long ago, in nanoseconds."""
    unit = _UNIT_NS[match["unit"].lower()[:3]]
    count = (match["number"] or "one").lower()
    return unit // 2 if count.startswith("half") else number(count) * unit


def _counted(match: re.Match[str]) -> bool:
    count = (match["number"] or "one").lower()
    return not any(word in count for word in ("few", "couple", "several"))


def find(question: str) -> Times | None:
    """The time of day that `question` names, or None."""
    for search in (_range, _single, _part):
        if found := search(question):
            return found
    return None


def _range(question: str) -> Times | None:
    """ "between 2 and 3 pm", "from 14:00 to 15:30"."""
    for match in _RANGE.finditer(question):
        if not (match["ax"] or match["bx"] or match["am"] or match["bm"]):
            continue  # "between 2 and 3" of whatever
        end = _hour(match["bh"], match["bm"], match["bx"] or match["ax"])
        start = _hour(match["ah"], match["am"], match["ax"] or match["bx"])
        if start is None or end is None:
            continue
        if start >= end and not match["ax"]:
            start -= 12.0  # "from 11 to 1 pm"
        return Times((start, end if end > start else end + 24.0), True, *match.span())
    return None


def _single(question: str) -> Times | None:
    """ "at 3 pm", "around 15:30", "after 5 o'clock"."""
    for match in _SINGLE.finditer(question):
        hour = _hour(match["ah"], match["am"], match["ax"])
        colon = match["am"] and question[match.end("ah")] == ":"
        if hour is None or not (match["ax"] or colon):
            continue
        how = (match["how"] or "").lower()
        return Times(_around(hour, how), how not in ("around", "about", "near"), *match.span())
    return None


def _around(hour: float, how: str) -> Hours:
    if how in ("after", "since"):
        return hour, 24.0
    if how in ("before", "until", "by"):
        return 0.0, hour
    slack = _ROUGH if how in ("around", "about", "near") else _EXACT
    return hour - slack, hour + slack


def _hour(hours: str, minutes: str | None, meridiem: str | None) -> float | None:
    """Hours since midnight, or None where there is no such time."""
    hour = int(hours) + int(minutes or 0) / 60
    half = (meridiem or "").lower()[:1]
    if half in ("a", "p"):
        return hour % 12 + (12 if half == "p" else 0) if 1 <= hour < 13 else None
    if half == "o" and 1 <= hour < 7:
        hour += 12  # "5 o'clock" without more is rarely five in the morning
    return hour if hour < 24 else None


def _part(question: str) -> Times | None:
    """ "in the morning", "late afternoon", "before noon"."""
    match = _PART.search(question)
    if match is None:
        return None
    first, last = _PARTS[match["part"].lower()]
    how = (match["how"] or "").lower()
    if how in ("after", "since"):
        return Times(((first + last) / 2, 24.0), True, *match.span())
    if how in ("before", "until"):
        return Times((0.0, (first + last) / 2), True, *match.span())
    if half := match["half"]:
        low, high = _HALVES[half.lower()]
        first, last = first + low * (last - first), first + high * (last - first)
    return Times((first, last), True, *match.span())
