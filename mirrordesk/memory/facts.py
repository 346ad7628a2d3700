"""Facts for a question: what holds now, what held at the time it names, and since when.

A question is read as facts are: "when is the report due?" asks for the report, and for the
predicate of its deadline. So nothing answers that is merely written in similar words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from mirrordesk.dates import when
from mirrordesk.knowledge import Fact, NoteKind
from mirrordesk.learning import roles
from mirrordesk.learning.revision import holds, since_ns
from mirrordesk.learning.subjects import HEADS, subject_key
from mirrordesk.memory.notes import NoteBook
from mirrordesk.terms import content_terms

CANDIDATES = 200  # facts that share a word with the question and are looked at
LEAST = 0.5  # score below which a fact is about something else
UNASKED = 0.4  # by which a fact counts that tells something else of the same subject

_AMOUNTS = ("has budget", "costs", "has salary", "has target", "has quota", "has limit")
_ASKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"due|hand(?:ed)? in|deadline", ("is due",)),
    (
        r"(?:own|maintain|handle)(?:s|ed|ing)?|responsible|in charge|look(?:s|ed)? after",
        (roles.OWNER,),
    ),
    (r"lead(?:s|ing)?|led|runs|heads", (roles.LEAD,)),
    (r"review(?:s|ed|ing)? by|reviews|reviewer", (roles.REVIEWER,)),
    (r"how much|how expensive|costs?|price", _AMOUNTS),
    (r"reach|(?:can|do|should) i call|phone", ("has phone number",)),
    (r"when|what time|what day|which day|what date", ("is on", "is due")),
    (r"where|which room|what room", ("is in", "has link", "has file")),
    (r"who|whose", roles.ROLES),
    (r"decide[ds]?|decision|agreed?", ("decided",)),
)
_WORDS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), predicates) for pattern, predicates in _ASKED
)
# "the budget for Falcon", but not "the budget meeting"
_ENDS = (
    r"(?=\W*$|[’']|\W+(?:for|of|on|in|to|at|is|was|are|were|be|been|did|does|do|has|have|had|the|a|by"
    r"|will|as|when|since|it|this|its)\b)"
)
_HEADS = tuple(
    (re.compile(rf"\b{re.escape(head)}s?{_ENDS}", re.IGNORECASE), predicate)
    for head, predicate in sorted(HEADS.items(), key=lambda pair: -len(pair[0]))
)
_SINCE = re.compile(
    r"\b(?:since when|how long|from when|when did|as of when)\b|\bsince what\b", re.IGNORECASE
)
_TAKE_PLACE = re.compile(r"\b(?:take[sn]?|took|taking) place\b", re.IGNORECASE)
_PASSING = re.compile(
    r"\b(?:since when|how long|how much|when|where|who|what|which|currently|right now|now|today"
    r"|tell me|remember|know|happen(?:s|ing)?|take(?:s|n)? place|scheduled?|held|become|start"
    r"|begin|set|planned?|at the time|back then|still|run(?:ning)?|change[ds]?|day|again)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A fact for a question; `since_ns` is since when its object holds, None for unknown."""

    fact: Fact
    score: float
    since_ns: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for: stems of its subject, predicates, and the time it is about."""

    subject: frozenset[str]
    predicates: tuple[str, ...]
    at_ns: int


def asked(question: str, now_ns: int, zone: str | None = None) -> Asked:
    """Read a question asked at `now_ns`. With no time in it, it is about now."""
    named = when.parse(question, now_ns, zone)
    rest = named.rest if named else question
    predicates, rest = _predicates(rest)
    subject = subject_key(_PASSING.sub(" ", rest))
    at_ns = now_ns
    if named and not _SINCE.search(question):
        span = named.span
        at_ns = span.end_ns - 1 if named.firm else (span.start_ns + span.end_ns) // 2
    return Asked(frozenset(subject.split()), predicates, min(at_ns, now_ns))


def _predicates(question: str) -> tuple[tuple[str, ...], str]:
    """The predicates that are asked for, and the question without the words that ask for them."""
    question = _TAKE_PLACE.sub(" happen ", question)
    for pattern, predicate in _HEADS:
        if pattern.search(question):
            rest = pattern.sub(" ", question)
            return (predicate,), rest if subject_key(_PASSING.sub(" ", rest)) else question
    for pattern, predicates in _WORDS:
        if pattern.search(question):
            return predicates, pattern.sub(" ", question)
    return (), question


class FactFinder:
    """Looks for facts among the notes."""

    def __init__(self, notes: NoteBook) -> None:
        self._notes = notes

    def find(self, question: str, now_ns: int, limit: int = 5) -> list[Found]:
        """The facts that answer a question as asked at `now_ns`, best first."""
        wanted = asked(question, now_ns)
        ids = self._notes.match(content_terms(question), CANDIDATES)
        notes = self._notes.get([key for key in ids if key.startswith(NoteKind.FACT.value)])
        facts = [note.learned for note in notes.values() if isinstance(note.learned, Fact)]
        return best(facts, wanted)[:limit]


def best(facts: Iterable[Fact], wanted: Asked) -> list[Found]:
    """Of each subject and predicate what held at the time asked for, best first."""
    ordered = sorted(facts, key=_about)
    found: list[Found] = []
    for _key, group in groupby(ordered, _about):
        same = list(group)
        score = _score(same, wanted)
        if score >= LEAST:
            held = [fact for fact in same if holds(fact, wanted.at_ns)]
            found += [Found(fact, score, since_ns(fact, same)) for fact in held]
    return sorted(found, key=lambda f: (-f.score, -(f.fact.valid_from_ns or 0), f.fact.id))


def _about(fact: Fact) -> tuple[str, str]:
    return fact.subject, fact.predicate


def _score(same: Sequence[Fact], wanted: Asked) -> float:
    """How far subject and predicate are those asked for: F1 of the stems, at most 1."""
    subject = set(same[0].subject.split())
    shared = len(subject & wanted.subject)
    if not shared:
        return 0.0
    closeness = 2 * shared / (len(subject) + len(wanted.subject))
    fits = not wanted.predicates or same[0].predicate in wanted.predicates
    return closeness * (1.0 if fits else UNASKED)
