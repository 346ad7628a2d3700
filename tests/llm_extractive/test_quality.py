"""How often the quoted answer is right, over a set of questions made by hand.

The set was made while the ranking was, so its figures say that nothing got worse, not how well
strangers' questions fare. A right answer quotes the expected piece of the expected moment in its
first claim; a question that nothing answers must be declined.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pytest

from mirrordesk.llm.extractive import answer
from mirrordesk.llm.question import Rarity
from mirrordesk.perception.minilm import MiniLm
from mirrordesk.records import Answer
from mirrordesk.terms import terms
from tests.llm_extractive.corpus import ANSWERABLE, MOMENTS, UNANSWERABLE, Asked, hits

# Measured 46 of 46 by words alone, and with MiniLM 3 of the 7 whose wording differs
LEAST_BY_WORDS = 44
LEAST_BY_MEANING = 2


class Remembering:
    """MiniLM that encodes each text once: most passages come back with every question."""

    def __init__(self) -> None:
        self._encoder = MiniLm()
        self._known: dict[str, npt.NDArray[np.float32]] = {}

    def __call__(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known |= dict(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


@pytest.fixture(scope="module")
def embed() -> Remembering:
    return Remembering()


def right(asked: Asked, found: Answer) -> bool:
    if not found.claims:
        return False
    first = found.claims[0]
    return asked.answer in first.text and asked.moment in first.sources


def rarity(term: str) -> float:
    """As the memory tells it."""
    count = sum(term in terms(moment.text) for moment in MOMENTS)
    return math.log(1 + (len(MOMENTS) - count + 0.5) / (count + 0.5))


def failures(
    asked: Sequence[Asked], embed: Remembering | None, statistics: Rarity | None = None
) -> list[str]:
    ask = partial(answer, hits=hits(MOMENTS), embed=embed, statistics=statistics)
    found = {each.question: (each, ask(each.question)) for each in asked}
    return [question for question, (each, got) in found.items() if not right(each, got)]


@pytest.mark.parametrize("statistics", [None, rarity])
def test_most_questions_are_answered_by_words_alone(statistics: Rarity | None) -> None:
    by_words = [asked for asked in ANSWERABLE if not asked.meaning]
    failed = failures(by_words, None, statistics)
    assert len(by_words) - len(failed) >= LEAST_BY_WORDS, failed


def test_some_questions_in_other_words_are_answered_by_meaning(embed: Remembering) -> None:
    by_meaning = [asked for asked in ANSWERABLE if asked.meaning]
    failed = failures(by_meaning, embed)
    assert len(by_meaning) - len(failed) >= LEAST_BY_MEANING, failed


@pytest.mark.parametrize("statistics", [None, rarity])
def test_questions_that_nothing_answers_are_declined(statistics: Rarity | None) -> None:
    found = [answer(q, hits(MOMENTS), None, statistics=statistics) for q in UNANSWERABLE]
    assert [(each.question, each.text) for each in found if not each.abstained] == []


def test_they_are_declined_with_meanings_compared_too(embed: Remembering) -> None:
    found = [answer(question, hits(MOMENTS), embed) for question in UNANSWERABLE]
    assert [each.question for each in found if not each.abstained] == []
