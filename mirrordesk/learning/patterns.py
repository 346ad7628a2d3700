"""The patterns of what people state: "X is now Y", "X moved to Y", "let's do X at Y".

A typed value is found first; what stands before it then has to be a subject and a phrase that links
values of that kind to one. The subject's own words ("deadline", "budget") tell the predicate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mirrordesk.learning import phrases, roles
from mirrordesk.learning.sentences import LABEL
from mirrordesk.learning.subjects import Subject, reduced, subject_of
from mirrordesk.learning.values import ACT, Value, ValueKind, values


@dataclass(frozen=True, slots=True)
class Stated:
    """What a sentence states, and where in it its object stands."""

    subject: Subject
    predicate: str
    start: int
    end: int
    dated: str = ""


_AMOUNTS = ("has budget", "costs", "has salary", "has target", "has quota", "has headcount")
# Which words of a subject go with which values; "budget" goes with no time
_FITS: dict[ValueKind, tuple[str, ...]] = {
    ValueKind.TIME: ("is due", "is on"),
    ValueKind.AMOUNT: (*_AMOUNTS, "has limit", "has estimate"),
    ValueKind.VERSION: ("has version",),
    ValueKind.PLACE: ("is in",),
    ValueKind.STATE: ("is",),
    ValueKind.PHONE: ("has phone number",),
    ValueKind.MAIL: ("has mail address",),
    ValueKind.LINK: ("has link",),
    ValueKind.FILE: ("has file",),
}
_CURRENCY = re.compile(r"[€$£]|\b(?:euros?|eur|dollars?|usd|pounds?|gbp|francs?|chf|yen)\b", re.I)
_VERSIONED = re.compile(r"\b(?:version|release|on|at|running|using|runs|uses|to)\s*$", re.I)
_WITHIN = re.compile(r"\b(?:in|at|on)\s*$", re.IGNORECASE)
_AT_TIMES = re.compile(r" (?:from|between|every|on \w+days)\b", re.IGNORECASE)
_PREPOSITION = re.compile(r" (?:on|at|in|for|from) $", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:last (?:year|month|week|time)|originally|initially|formerly|back then|"
    r"until now|so far|previously|in the past|once)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:not|never|no longer)\b|n['’]t\b", re.IGNORECASE)
_GUESSES = re.compile(
    r"\b(?:maybe|perhaps|might|may be|may have|could|would|should we|hopefully|probably|possibly"
    r"|likely|(?:suggest|propos)(?:e|es|ed|s|ing)?|rumou?rs?|wish|hop(?:e|es|ed|ing)|what about"
    r"|how about|i (?:think|guess|believe|suppose|assume)|wonder\w*|imagine|pretend|for example"
    r"|e\.g|supposed|allegedly|not sure|used to|once (?:was|were))\b",
    re.IGNORECASE,
)


def asserts(sentence: str) -> bool:
    """Whether a sentence says something of the present, and neither denies nor guesses it."""
    return not any(one.search(sentence) for one in (_PAST, _DENIES, _GUESSES))


def read(sentence: str, said: datetime) -> Iterator[Stated]:
    """What a sentence states, each value once."""
    if _PAST.search(sentence):
        return
    found = list(values(sentence, said))
    for value in found:
        before = _without_others(sentence, value, found)
        if _DENIES.search(before) or _GUESSES.search(before):
            continue
        if stated := _linked(sentence, before, value):
            yield stated
    if not _DENIES.search(sentence) and not _GUESSES.search(sentence):
        for role in roles.read(sentence):
            yield Stated(role.subject, role.predicate, role.start, role.end)


def _without_others(sentence: str, value: Value, found: Sequence[Value]) -> str:
    """What stands before a value, with blanks for a time or a place told before it."""
    before = sentence[: value.start]
    for other in found:
        told = other.kind in (ValueKind.TIME, ValueKind.PLACE) and other.kind != value.kind
        if (
            told
            and other.end <= value.start
            and (mark := _PREPOSITION.search(before[: other.start]))
        ):
            before = before[: mark.start()] + " " * (other.end - mark.start()) + before[other.end :]
    return re.sub(r"\s+", " ", before)


def _linked(sentence: str, before: str, value: Value) -> Stated | None:
    whole = phrases.marked(before, sentence[value.end :])
    for table, text in ((phrases.LINKS, before), (phrases.AROUND, whole)):
        for predicate, links in table[value.kind]:
            for link in links:
                match = link.search(text)
                if match and (subject := _subject(match, sentence, before, value)):
                    told = subject.predicate or predicate
                    return Stated(subject, told, value.start, value.end, value.dated)
    return None


def _subject(match: re.Match[str], sentence: str, before: str, value: Value) -> Subject | None:
    """The subject of a link, where the two and the value go together."""
    groups = match.groupdict()
    if label := groups.get("label"):
        subject = reduced(label) if LABEL.search(label) else None
        alone = subject is not None and bool(subject.predicate) and " " not in subject.written
        if subject is None or alone:  # "Version: 2" of whatever window that is
            return None
    else:
        phrase = match["subject"]
        head = groups.get("head")
        subject = reduced(f"{head} of {phrase}") if head else subject_of(phrase)
    if subject is None or subject.predicate not in ("", *_FITS[value.kind]):
        return None
    if subject.predicate == "is in" and _WITHIN.search(before):
        return None  # "the meeting room is in building 4" tells nothing of the meeting
    return subject if _may_be(subject, groups, sentence, before, value) else None


def _may_be(
    subject: Subject, groups: dict[str, str | None], sentence: str, before: str, value: Value
) -> bool:
    written = sentence[value.start : value.end]
    match value.kind:
        case ValueKind.AMOUNT:  # a bare number is an amount of what is counted in one alone
            if subject.predicate:
                return True
            return bool(_CURRENCY.search(written) and re.search(r"\bcosts?$", before.strip()))
        case ValueKind.VERSION:
            told = subject.predicate or _VERSIONED.search(before)
            return bool(told or written[:1] in "vV" or written.count(".") > 1)
        case ValueKind.STATE:
            if _AT_TIMES.match(sentence[value.end :]):
                return False
            return not groups.get("act") or ACT.fullmatch(written) is not None
        case ValueKind.PHONE | ValueKind.MAIL:
            return bool(subject.predicate) or ("subject" in groups and "label" not in groups)
        case ValueKind.TIME:
            return groups.get("label") is None or bool(subject.key)
        case _:
            return True
