"""The values that facts end in: times, amounts, versions, places, states, numbers, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mirrordesk.dates import calendar

PERSON = (
    r"(?-i:[^\W\d_a-zà-þ][\w’'-]*[^\W\d_A-ZÀ-Þ’'](?: (?:van|von|de|der|la|di))*"
    r"(?: [^\W\d_a-zà-þ][\w’-]*[^\W\d_A-ZÀ-Þ])?)"
)
_NOBODY = re.compile(
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|the|this|that|he|she|it|we|they|you|there|who"
    r"|what|when|today|tomorrow|yesterday|now|please|let|team|everyone|nobody|someone|somebody"
    r"|our|my|your|no|not|yes|ok|okay|and|but|so|if|as|in|on|at|for|from|to|of)\b",
    re.IGNORECASE,
)
_STATES = (
    r"on hold|in review|in progress|under review|ready for review|ready to (?:ship|go|merge)"
    r"|out of (?:stock|order|office)|up and running|back online|on track|off track|at risk|waiting"
    r"|green|yellow|amber|red|open|closed|reopened|blocked|unblocked|live|offline|online|down|ready"
    r"|done|finished|completed?|approved|rejected|accepted|declined|denied|granted|merged|reverted"
    r"|cancell?ed|called off|postponed indefinitely|paused|resumed|delayed|frozen|archived"
    r"|deprecated|released|shipped|deployed|published|paid|unpaid|overdue|signed|delivered"
    r"|dispatched|confirmed|resolved|fixed|broken|stable|unstable|active|inactive|enabled|disabled"
    r"|available|unavailable|sold out|booked out|fully booked|final|draft|stalled|abandoned"
)
_ACTS = (  # states that somebody brought about
    r"done|finished|completed|approved|rejected|accepted|declined|granted|merged|reverted"
    r"|cancell?ed|called off|closed|reopened|released|shipped|deployed|published|paid|signed"
    r"|delivered|dispatched|confirmed|resolved|fixed|frozen|archived|deprecated|abandoned|paused"
)


class ValueKind(StrEnum):
    """What a value is."""

    TIME = "time"
    AMOUNT = "amount"
    VERSION = "version"
    PLACE = "place"
    STATE = "state"
    PHONE = "phone"
    MAIL = "mail"
    LINK = "link"
    FILE = "file"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Value:
    """A value and where in its sentence it stands. `dated` is a day, and time, as ISO tells it."""

    kind: ValueKind
    start: int
    end: int
    dated: str = ""


_UNIT = (
    r"(?:euros?|eur|dollars?|usd|pounds?|gbp|francs?|chf|yen|%|percent|people|persons|hours|days"
    r"|million|thousand|bn|k|m)\b|%"
)
_PATTERNS: dict[ValueKind, re.Pattern[str]] = {
    ValueKind.MAIL: re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    ValueKind.LINK: re.compile(r"\b(?:https?://|www\.)[^\s<>\"']+[\w/]", re.IGNORECASE),
    ValueKind.FILE: re.compile(
        r"(?<!\S)(?:~|[A-Za-z]:\\|\\\\|\.{0,2}/)[\w~.\\/+-]*[\w](?:\.\w{1,5})?(?![\w/])"
    ),
    ValueKind.PHONE: re.compile(r"(?<![\w.,:-])\+?\d[\d ()/-]{6,}\d(?![\w:.,-]*\d)"),
    ValueKind.VERSION: re.compile(
        r"(?<![\w.,:$€£-])(?:v\.?\d+(?:\.\d+)*|\d+(?:\.\d+){1,3})(?:[-.]?(?:rc|beta|alpha)[-.]?\d*)?"
        r"(?![\w,:%]|\.\d| ?(?:€|%|euros?|dollars?|percent|million|k\b))",
        re.IGNORECASE,
    ),
    ValueKind.AMOUNT: re.compile(
        rf"(?<![\w.,:/-])(?:(?:€|\$|£|USD|EUR|GBP|CHF) ?)?\d{{1,3}}(?:(?:[,.' ]\d{{3}})+|\d*)"
        rf"(?:[.,]\d{{1,2}})?(?! ?[:h]\d)(?:[kKmM]\b)?(?: ?€)?(?: (?:million|thousand|billion))?"
        rf"(?: ?{_UNIT})?(?![\w:/-]|[.,]\d)",
        re.IGNORECASE,
    ),
    ValueKind.PLACE: re.compile(
        r"\b(?:(?:meeting )?(?:room|hall|building|floor|office|suite|lab|studio|auditorium|gate"
        r"|platform) (?:(?-i:[A-Z])[\w.-]*|\d[\w.-]*)(?<![.-])(?: (?-i:[A-Z]\w+))?"
        r"|the (?:(?!(?:to|in|of|and|or|for)\b)\w+ ){0,2}(?:room|hall|canteen"
        r"|cafeteria|lobby|library|auditorium|kitchen|garden"
        r"|boardroom|lounge|basement|annex|rooftop)(?: on the \w+ floor)?"
        r"|(?!(?:the|our|my|your|this|that|a|an|in|at|to) )(?-i:[A-Z])\w+ (?:room"
        r"|hall|building|lab|office|lounge|suite|studio)"
        r"|(?:zoom|(?:microsoft |ms )?teams|google meet|webex|jitsi|skype))\b(?!['’])",
        re.IGNORECASE,
    ),
    ValueKind.STATE: re.compile(rf"(?<![\w-])(?:{_STATES})(?![\w-])", re.IGNORECASE),
}
ACT = re.compile(rf"(?:{_ACTS})", re.IGNORECASE)
_COUNTED = (ValueKind.TIME, ValueKind.PHONE, ValueKind.MAIL, ValueKind.LINK)


def values(sentence: str, said: datetime) -> Iterator[Value]:
    """The values of a sentence, but persons, whom only their roles tell."""
    taken: list[tuple[int, int]] = []
    zone = getattr(said.tzinfo, "key", "UTC")
    for time in calendar.find(sentence, said):
        taken.append((time.start, time.end))
        yield Value(ValueKind.TIME, time.start, time.end, time.iso(zone))
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(sentence):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            if kind in _COUNTED or (kind is ValueKind.VERSION and match[0].count(".") > 1):
                taken.append(match.span())
            yield Value(kind, *match.span())


def is_person(words: str) -> bool:
    """Whether what looks like a name may be one."""
    return not _NOBODY.match(words)
