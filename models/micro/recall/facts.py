"""Memories of many dated facts, with a question about some of them.

A fact reads `The Kabil holds duvum.`, and no name holds two things. Around it stand sentences that
hold no fact, some of them with names and things of their own. Everything is generated.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from mirrordesk import clock
from mirrordesk.llm.prompt import Evidence
from models.micro.recall.words import NAMES, THINGS

SYSTEM = "Answer with one word of the evidence."
FACT = "The {name} holds {thing}."
QUESTION = "What does the {name} hold?"
FILLERS = (
    "Nobody asked about the {name} today.",
    "Rain fell on the {thing} again.",
    "The {name} was late, as it often is.",
    "It took a while to find the {thing} at home.",
    "All was quiet.",
    "The {name} went by with a {thing}.",
    "We spoke about the weather for a while.",
)
APPS = ("notes", "mail", "browser")
TITLES = ("Diary", "Letters", "News")
_BEGIN = clock.to_ns(datetime(2026, 3, 2, 8, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the one word that answers it, and the sentence that says so."""

    question: str
    answer: str
    fact: str


@dataclass(frozen=True, slots=True)
class Memory:
    """Dated lines, oldest first, the time of asking, and what is asked."""

    evidence: tuple[Evidence, ...]
    now_ns: int
    asked: tuple[Asked, ...]


def memory(
    chance: random.Random,
    tokens: int,
    questions: int,
    count: Callable[[str], int],
    after: Sequence[Evidence] = (),
) -> Memory:
    """A memory whose lines take nearly `tokens`, counted by `count`, and never more.

    It begins with the lines `after`, and its questions ask for facts evenly spread over those that
    follow, for each once where there are fewer facts than `questions`.
    """
    taken = {_name(item.text) for item in after}
    names = [name for name in NAMES if name not in taken]
    chance.shuffle(names)
    evidence, facts = list(after), []
    spent = sum(count(f"{item.line()}\n") for item in after)
    now_ns = after[-1].start_ns if after else _BEGIN
    for name in names:
        now_ns += chance.randint(10, 90) * clock.MINUTE
        thing = chance.choice(THINGS)
        fact = FACT.format(name=name, thing=thing)
        line = _line(chance, len(evidence) + 1, now_ns, fact)
        spent += count(f"{line.line()}\n")
        if spent > tokens:
            break
        evidence.append(line)
        facts.append(Asked(QUESTION.format(name=name), thing, fact))
    questions = min(questions, len(facts))
    bounds = [number * len(facts) // questions for number in range(questions + 1)]
    asked = tuple(chance.choice(facts[at:end]) for at, end in pairwise(bounds))
    return Memory(tuple(evidence), now_ns + clock.HOUR, asked)


def _name(text: str) -> str:
    """The name of the fact in the text of a line."""
    return text.partition(" holds ")[0].rpartition(" ")[2]


def _line(chance: random.Random, number: int, now_ns: int, fact: str) -> Evidence:
    sentences = [*_fillers(chance, chance.randint(1, 5)), fact]
    chance.shuffle(sentences)
    app = chance.randrange(len(APPS))
    return Evidence(f"E{number}", now_ns, "UTC", APPS[app], TITLES[app], " ".join(sentences))


def _fillers(chance: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        said = chance.choice(FILLERS)
        yield said.format(name=chance.choice(NAMES), thing=chance.choice(THINGS))
