"""Memories to read: a day's evidence with facts in it, questions, and the answers they deserve.

An answer copies the sentence that carries it and cites the line of evidence that the sentence
stands in. A question that nothing answers is a near miss wherever it can be: it asks the same of
another project, or something else of the same one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mirrordesk import clock
from mirrordesk.llm.prompt import Evidence
from models.micro.reader.facts import Fact, fact, fill, improvise
from models.micro.reader.scenery import SCENES
from models.micro.reader.words import Words

_FIRST_DAY = datetime(2023, 1, 1, tzinfo=UTC)
_DAYS = 2500
_LONGEST = 600  # characters of one moment, as the product cuts them
_RELATED = 0.5  # share of facts that have something in common with another
_UNANSWERABLE = 0.35  # share of questions, at least
_PREFIXES = ("Do you remember: ", "Please tell me: ", "Tell me, ", "I forgot: ")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the sentence that answers it and the id of its evidence; None: not answerable."""

    question: str
    sentence: str | None = None
    source: str | None = None

    @property
    def answer(self) -> str:
        """What the model should write."""
        return f"- {self.sentence} [{self.source}]" if self.sentence else "NO MEMORY"


@dataclass(frozen=True, slots=True)
class Memory:
    """Evidence, oldest first, the present time, and questions about it."""

    evidence: tuple[Evidence, ...]
    now_ns: int
    asked: tuple[Asked, ...]


def memory(
    chance: random.Random,
    lines: int,
    questions: int,
    *,
    fullest: int = 4,
    first: int = 1,
    held_out: bool = False,
) -> Memory:
    """A memory of `lines` lines of evidence, and questions, over a third of which nothing answers.

    A line of evidence holds its facts and up to `fullest` sentences beside them. The lines are
    numbered from `first` on.
    """
    words = Words(chance, held_out)
    facts = _facts(words, chance.randint(max(2, lines // 2), lines + 3))
    groups: list[list[Fact]] = [[] for _ in range(lines)]
    for one in facts:
        words.one(groups).append(one)
    evidence, sources, now_ns = _evidence(words, groups, fullest, first)
    asked = [_ask(words, facts, sources) for _ in range(questions)]
    return Memory(evidence, now_ns, tuple(asked))


def _ask(words: Words, facts: Sequence[Fact], sources: dict[str, str]) -> Asked:
    tries = 3 if words.chance.random() < 1 - _UNANSWERABLE else 0
    drawn = (_answerable(words, facts, sources) for _ in range(tries))
    return next((one for one in drawn if one), None) or _unanswerable(words, facts)


def _facts(words: Words, count: int) -> list[Fact]:
    found: list[Fact] = []
    while len(found) < count:
        like = words.one(found) if found and words.chance.random() < _RELATED else None
        same = like.kind if like and words.chance.random() < 0.5 else None
        found.append(fact(words, same, like))
    return found


def _evidence(
    words: Words, groups: Sequence[Sequence[Fact]], fullest: int, first: int
) -> tuple[tuple[Evidence, ...], dict[str, str], int]:
    """The evidence, in which of its lines each sentence stands, and the time after all of it."""
    minutes = words.one((20, 600, 20_000))
    now = _FIRST_DAY + timedelta(
        days=words.chance.randrange(_DAYS), minutes=words.chance.randrange(1440)
    )
    times = sorted((words.chance.randrange(minutes) for _ in groups), reverse=True)
    evidence, sources = list[Evidence](), dict[str, str]()
    for number, (group, ago) in enumerate(zip(groups, times, strict=True), first):
        start_ns = clock.to_ns(now - timedelta(minutes=ago))
        evidence.append(_moment(words, f"E{number}", start_ns, group, fullest))
        sources |= {one.text: f"E{number}" for one in group}
    return tuple(evidence), sources, clock.to_ns(now)


def _moment(
    words: Words, name: str, start_ns: int, facts: Sequence[Fact], fullest: int
) -> Evidence:
    scene = words.one((SCENES[0], *SCENES))  # much is heard
    room = _LONGEST - sum(len(one.text) + 1 for one in facts)
    texts = [one.text for one in facts]
    for _ in range(words.chance.randint(0 if facts else 1, fullest)):
        text = improvise(words.one(scene.lines), words)
        if len(text) < room:
            texts.append(text)
            room -= len(text) + 1
    words.chance.shuffle(texts)
    title = improvise(words.one(scene.titles), words)
    return Evidence(name, start_ns, "UTC", words.one(scene.apps), title, "\n".join(texts))


def _answerable(words: Words, facts: Sequence[Fact], sources: dict[str, str]) -> Asked | None:
    """A question that exactly one of the facts answers; None where the drawn one is ambiguous."""
    one = words.one(facts)
    ask = words.one(one.asks())
    rivals = [other for other in facts if other.answers(one.kind, ask, one.values)]
    if rivals != [one]:
        return None
    return Asked(_put(words, fill(ask, one.values)), one.text, sources[one.text])


def _unanswerable(words: Words, facts: Sequence[Fact]) -> Asked:
    """A question that none of the facts answers, mostly close to one that some fact does."""
    while True:
        like = words.one(facts) if words.chance.random() < 0.8 else None
        same = like.kind if like and words.chance.random() < 0.6 else None
        other = fact(words, same, like)
        ask = words.one(other.asks())
        if not any(one.answers(other.kind, ask, other.values) for one in facts):
            return Asked(_put(words, fill(ask, other.values)))


def _put(words: Words, question: str) -> str:
    """The question as somebody might type it: in haste, or politely."""
    roll = words.chance.random()
    if roll < 0.1:
        return words.one(_PREFIXES) + question[0].lower() + question[1:]
    if roll < 0.25:
        question = question[0].lower() + question[1:]
    return question.removesuffix("?") if roll < 0.18 else question
