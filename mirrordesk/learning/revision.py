"""Facts that change: what held when, and as it was known when.

Every source of a fact states it as of a time: that of the moment, or the one its words name ("from
Monday", kept as a fact of its own). Facts are made from all statements at once, so that the order
in which they are learnt makes no difference. Of one subject and predicate the statements that agree
one after another are one fact; the next that differs ends it. Nothing is deleted: statements
are only added, and a fact that is cut in two by a late one keeps its id for the first part.

A sentence that is on the screen again was written when it was there first: an old mail that is read
once more does not bring back what it says. A line such as "Status: open" is told anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from mirrordesk import clock
from mirrordesk.knowledge import Fact, NoteKind, Source, note_id
from mirrordesk.terms import letters, terms

# Predicates that may be true of several objects at once
SEVERAL = frozenset(("has file", "has link", "works with", "works on", "decided"))
_DATED = re.compile(r"\((\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)\)$")
_END = re.compile(r" until (\d{4}-\d\d-\d\dT\S+)\.$")
_LABEL = re.compile(r"[^:]{2,60}:\s")
_AMOUNT = re.compile(
    r"[€$£]?\s?(?P<number>\d[\d,.' ]*)(?P<times>[kKmM]\b| ?thousand| ?million)?(?P<rest>.*)"
)
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source states, as of `from_ns`.

    That is the time of the moment, unless `dated`: told in words. `bounded` tells that the words
    name an end, too; that is `to_ns` until something else ends it earlier.
    """

    subject: str
    predicate: str
    object: str
    text: str
    source: Source
    from_ns: int
    to_ns: int | None = None
    dated: bool = False
    bounded: bool = False

    @property
    def value(self) -> str:
        return value_of(self.object)

    @property
    def wording(self) -> str:
        """What a sentence on the screen is known by; empty for what is told anew each time."""
        is_heard = self.source.end_ns > self.source.start_ns
        told_anew = is_heard or self.bounded or _LABEL.match(self.source.quote)
        return "" if told_anew else letters(self.source.quote)


def value_of(written: str) -> str:
    """What two ways to write an object share: "48,500 euros" and "€48.5k" are the same amount."""
    if dated := _DATED.search(written):
        return dated[1]
    amount = _AMOUNT.fullmatch(written.strip())
    if amount and (number := _number(amount["number"])) is not None:
        times = _TIMES.get((amount["times"] or "").strip().lower(), 1.0)
        share = "%" if re.search(r"%|percent", amount["rest"]) else ""
        return f"{number * times:g}{share}" if number * times < 1e6 else f"{number * times:.0f}"
    return " ".join(terms(written)) or written.casefold()


def _number(written: str) -> float | None:
    """48,500 and 48.500 and 48 500 are the same number; 1.25 is another, and 2.14.1 is none."""
    plain = re.sub(r"[ ',.](?=\d{3}(?:\D|$))", "", written.strip(" ,.'")).replace(",", ".")
    return float(plain) if re.fullmatch(r"\d+(?:\.\d{1,2})?", plain) else None


def statements_of(fact: Fact) -> list[Statement]:
    """The statements that a fact was made from; those that a later one ended are open again."""
    bounded = fact.id == _bounded_id(fact)
    dated = bounded or fact.id == _dated_id(fact)
    return [
        Statement(
            fact.subject,
            fact.predicate,
            fact.object,
            fact.text,
            source,
            fact.valid_from_ns if dated and fact.valid_from_ns is not None else source.start_ns,
            _told_end(fact) if bounded else None,
            dated,
            bounded,
        )
        for source in fact.sources
    ]


def until(text: str, end: str) -> str:
    """A sentence with the end that was told, in ISO 8601: what ends it earlier may fall away."""
    return f"{text.removesuffix('.')} until {end}."


def _told_end(fact: Fact) -> int | None:
    told = _END.search(fact.text)
    return clock.to_ns(datetime.fromisoformat(told[1])) if told else fact.valid_to_ns


def revised(statements: Iterable[Statement]) -> list[Fact]:
    """The facts that all statements come to, in order of subject, predicate and time."""
    ordered = sorted(set(statements), key=_order)
    found: list[Fact] = []
    for (_subject, predicate), about in groupby(ordered, lambda s: (s.subject, s.predicate)):
        same = list(about)
        found += _each(same) if predicate in SEVERAL else _in_turn(same)
    return found


@dataclass(frozen=True, slots=True)
class Revision:
    """Facts that are new or have changed; `gone` are the ids of those that others have taken in."""

    changed: list[Fact]
    gone: frozenset[str] = frozenset()


def learn(known: Iterable[Fact], fresh: Sequence[Statement], fixed: Collection[str]) -> Revision:
    """What `fresh` statements change of `known` facts.

    `fixed` are the ids of those that a person wrote. These stay as they are, and what their sources
    said is not learnt again in other words.
    """
    subjects = {(one.subject, one.predicate) for one in fresh}
    about = [fact for fact in known if (fact.subject, fact.predicate) in subjects]
    kept = [fact for fact in about if fact.id in fixed]
    settled = {(s.moment, s.quote) for fact in known if fact.id in fixed for s in fact.sources}
    before = [s for fact in about if fact.id not in fixed for s in statements_of(fact)]
    fresh = [s for s in fresh if (s.source.moment, s.source.quote) not in settled]
    after = [_ended(fact, kept) for fact in revised([*before, *fresh])]
    stood = {fact.id: fact for fact in about}
    gone = stood.keys() - {fact.id for fact in after} - {fact.id for fact in kept}
    changed = [fact for fact in after if stood.get(fact.id) != fact]
    return Revision(changed, frozenset(gone))


def mended(known: Sequence[Fact], fixed: Collection[str]) -> Revision:
    """What is to change of `known` where some have lost sources or were changed by a person."""
    again = [s for fact in known if fact.id not in fixed for s in statements_of(fact)]
    return learn(known, again, fixed)


def _ended(fact: Fact, kept: Sequence[Fact]) -> Fact:
    for one in sorted(kept, key=lambda k: k.valid_from_ns or 0):
        same = (one.subject, one.predicate) == (fact.subject, fact.predicate)
        if same and fact.predicate not in SEVERAL and _begins_within(one, fact):
            return replace(fact, valid_to_ns=one.valid_from_ns, superseded_by=one.id)
    return fact


def _begins_within(one: Fact, fact: Fact) -> bool:
    start = one.valid_from_ns or 0
    return (fact.valid_from_ns or 0) <= start and (
        fact.valid_to_ns is None or start < fact.valid_to_ns
    )


def _order(one: Statement) -> tuple[object, ...]:
    said = one.source
    return (one.subject, one.predicate, one.from_ns, said.start_ns, said.moment, said.quote)


def _each(statements: Sequence[Statement]) -> list[Fact]:
    """One fact for each object."""
    by_value: dict[str, list[Statement]] = {}
    for one in statements:
        by_value.setdefault(one.value, []).append(one)
    return [_fact(same, 0) for same in by_value.values()]


def _in_turn(statements: Sequence[Statement]) -> list[Fact]:
    """One fact for each run of statements that agree, and each ends the one before."""
    runs: list[list[Statement]] = []
    run_of: dict[tuple[str, ...], list[Statement]] = {}  # by wording, where it was first
    for one in statements:
        key = (one.wording, one.value, str(one.from_ns if one.dated else ""))
        if one.wording and key in run_of:
            run_of[key].append(one)
            continue
        if runs and _goes_on(runs[-1][0], one):
            runs[-1].append(one)
        else:
            runs.append([one])
        run_of[key] = runs[-1]
    counts: dict[str, int] = {}
    facts: list[Fact] = []
    for run in runs:
        number = counts.get(run[0].value, 0)
        counts[run[0].value] = number + (not run[0].dated)
        facts.append(_fact(run, number))
    return _superseded(facts)


def _goes_on(before: Statement, one: Statement) -> bool:
    if before.value != one.value or before.dated != one.dated or before.bounded or one.bounded:
        return False
    return not one.dated or before.from_ns == one.from_ns


def _superseded(facts: Sequence[Fact]) -> list[Fact]:
    """Facts in order of time, each ended by the next; one that ended before that ends by itself."""
    found = []
    for fact, after in zip(facts, [*facts[1:], None], strict=True):
        if after and (fact.valid_to_ns is None or fact.valid_to_ns > (after.valid_from_ns or 0)):
            fact = replace(fact, valid_to_ns=after.valid_from_ns, superseded_by=after.id)
        found.append(fact)
    return found


def _fact(run: Sequence[Statement], number: int) -> Fact:
    """The fact that agreeing statements come to, the `number`-th of that object."""
    first = run[0]
    sources = tuple(dict.fromkeys(s.source for s in run))
    fact = Fact(
        "",
        first.subject,
        first.predicate,
        first.object,
        first.text,
        min(source.start_ns for source in sources),
        tuple(sorted(sources, key=lambda s: (s.start_ns, s.moment, s.quote))),
        valid_from_ns=first.from_ns,
        valid_to_ns=first.to_ns,
    )
    if first.bounded:
        return replace(fact, id=_bounded_id(fact))
    return replace(fact, id=_dated_id(fact) if first.dated else _id(fact, str(number)))


def _dated_id(fact: Fact) -> str:
    return _id(fact, f"from {fact.valid_from_ns}")


def _bounded_id(fact: Fact) -> str:
    return _id(fact, f"from {fact.valid_from_ns}, told by {fact.sources[0].moment}")


def _id(fact: Fact, which: str) -> str:
    value = value_of(fact.object)
    return note_id(NoteKind.FACT, fact.subject, fact.predicate, value, which)


def holding(facts: Iterable[Fact], at_ns: int) -> list[Fact]:
    """What held at a time."""
    return [fact for fact in facts if holds(fact, at_ns)]


def holds(fact: Fact, at_ns: int) -> bool:
    """Whether a fact held at a time."""
    begun = fact.valid_from_ns is None or fact.valid_from_ns <= at_ns
    return begun and (fact.valid_to_ns is None or at_ns < fact.valid_to_ns)


def as_known(facts: Iterable[Fact], at_ns: int) -> list[Fact]:
    """The facts as they would stand had nothing been learnt after `at_ns`."""
    said = (s for fact in facts for s in statements_of(fact) if s.source.start_ns <= at_ns)
    return revised(said)


def since_ns(fact: Fact, facts: Iterable[Fact]) -> int | None:
    """Since when the object of a fact holds without a break; facts before it may say the same."""
    about = [f for f in facts if (f.subject, f.predicate) == (fact.subject, fact.predicate)]
    start = fact.valid_from_ns
    for before in sorted(about, key=lambda f: f.valid_from_ns or 0, reverse=True):
        same = value_of(before.object) == value_of(fact.object)
        if same and before.superseded_by and before.valid_to_ns == start:
            start = before.valid_from_ns
    return start
