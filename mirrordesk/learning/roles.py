"""Who does what: "Ben now owns the parser", "the parser was handed over to Ben", "led by Ana"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mirrordesk.learning.subjects import HEADS, Subject, subject_of
from mirrordesk.learning.values import PERSON, is_person

OWNER, LEAD, REVIEWER = "has owner", "has lead", "has reviewer"
ROLES = (OWNER, LEAD, REVIEWER, "has manager", "has contact", "has chair")


@dataclass(frozen=True, slots=True)
class Role:
    """A role in something, and where in the sentence its holder stands."""

    subject: Subject
    predicate: str
    start: int
    end: int


_NOW = r"(?: (?:now|currently|officially|finally|just|already|also))*"
_P = rf"(?P<who>{PERSON})"
_FOLLOWS = (
    r"(?P<after>[^,.;:!?]{2,60}?)(?= (?:from|now|as of|because|since|until|for now|and)\b"
    r"|[,.;:!?]|$)"
)
_ROLE = r"owner|assignee|maintainer|lead|leader|manager|reviewer|contact(?: person)?|chair"
_PASSED = r"(?:re-?assigned|handed|passed|transferred|moved|given|delegated|goes|went|moves|passes)"
_VERBS = {
    OWNER: r"owns|own|maintains|handles|takes over|take over|took over|taken over|is taking over"
    r"|is (?:now |also )?responsible for|is (?:now |also )?in charge of|looks after"
    r"|takes care of|picks up|picked up|inherits"
    r"|inherited|covers",
    LEAD: r"leads|lead|runs|heads|manages|chairs|coordinates",
    REVIEWER: r"reviews",
}
_DONE_BY = {
    OWNER: r"owned|handled|maintained|covered|taken over|looked after",
    LEAD: r"led|run|managed|headed|chaired|coordinated",
    REVIEWER: r"reviewed",
}


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# Each with `who`, and the subject before or after it; `role` where the words tell which
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    *(
        (
            predicate,
            _compiled(
                rf"\b{_P}(?: (?:will|has|have|is going to|['’]ll))?{_NOW} (?:{verbs}) {_FOLLOWS}"
            ),
        )
        for predicate, verbs in _VERBS.items()
    ),
    *(
        (
            predicate,
            _compiled(
                rf"^(?P<before>.+?) (?:is|are|will be|was|has been){_NOW} (?:{done}) by {_P}\b"
            ),
        )
        for predicate, done in _DONE_BY.items()
    ),
    (
        "",
        _compiled(
            rf"\b{_P} (?:is|becomes|became|will be|has become|takes over as|steps in as){_NOW}"
            rf" (?:the |our )?(?:new )?(?P<role>{_ROLE}) (?:of|for|on) {_FOLLOWS}"
        ),
    ),
    (
        OWNER,
        _compiled(
            rf"^(?P<before>.+?)(?: (?:is|are|was|were|has been|got|gets|will be))?{_NOW} {_PASSED}"
            rf"(?: over)?(?: from {PERSON})?(?: over)? to {_P}\b"
        ),
    ),
    (OWNER, _compiled(rf"^(?P<before>.+?){_NOW} belongs{_NOW} to {_P}\b")),
    (
        "",
        _compiled(
            r"^(?P<head>.+?)(?: (?:is|will be|becomes|became|has become|changes"
            r"|changed|switched)|['’]s)"
            rf"{_NOW}(?: from {PERSON})?(?: to)? {_P}\b(?! (?:team|department))"
        ),
    ),
    ("", _compiled(rf"^(?P<head>[^:]{{3,60}}): {_P}\s*$")),
)
_GIVEN = _compiled(
    rf"\b(?:we|i|they|{PERSON})(?:['’]ve| have| has)? {_PASSED} (?P<after>(?:the|our|my|your) .+?)"
    rf"(?: over)?(?: from {PERSON})?(?: over)? to {_P}\b"
)


def read(sentence: str) -> Iterator[Role]:
    """The role that a sentence tells of, if any; the first pattern that fits is taken."""
    for predicate, pattern in ((OWNER, _GIVEN), *_PATTERNS):
        match = pattern.search(sentence)
        if match and is_person(match["who"]) and (role := _role(match, predicate)):
            yield role
            return


def _role(match: re.Match[str], predicate: str) -> Role | None:
    groups = match.groupdict()
    if groups.get("head"):
        subject = subject_of(groups["head"])
        told = subject.predicate if subject else ""
    else:
        after, before = groups.get("after"), groups.get("before")
        subject = subject_of(after or before or "")
        told = HEADS.get((groups.get("role") or "").lower(), predicate)
    if subject is None or told not in ROLES or (subject.predicate and not groups.get("head")):
        return None
    return Role(subject, told, match.start("who"), match.end("who"))
