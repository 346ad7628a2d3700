"""Made-up rows: words as frequent as those of a language, in lines, with an app, a title, an
address and a vector. They are asked through the product's own store and recall.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirrordesk import clock
from mirrordesk.memory import fusion, schema
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.records import Box, Channel, Kind, Moment, State, TextLine, Vector
from mirrordesk.terms import content_terms

MODEL, NUMBERS = "made-up@00000000", 384
VOCABULARY, LINE_WORDS = 20_000, 8
AT_ONCE = 1000  # rows in one call
APART_NS = 20 * clock.SECOND
SHOWN = 20  # hits of a question

Ranking = dict[str, float]
Ask = Callable[[str], Ranking]


def questions(count: int) -> list[str]:
    """Four words each, none of them among the commonest."""
    chance = random.Random(2)
    return [" ".join(_word(chance.randint(3, 3000)) for _ in range(4)) for _ in range(count)]


def _word(number: int) -> str:
    """A word that no other number makes and no stemmer changes."""
    syllables = ("ba", "do", "ki", "lu", "me", "no", "pi", "ra", "so", "tu")
    return "".join(syllables[int(digit)] for digit in str(number)) + "x"


def portions(rows: int, now_ns: int) -> Iterator[list[Moment]]:
    """The rows, the last of them shortly before `now_ns`."""
    chance = np.random.default_rng(1)
    words = [_word(number) for number in range(VOCABULARY)]
    for first in range(0, rows, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, rows))
        yield [_moment(n, now_ns - (rows - n) * APART_NS, words, chance) for n in numbers]


def _moment(number: int, at_ns: int, words: Sequence[str], chance: np.random.Generator) -> Moment:
    ranks = np.minimum(chance.zipf(1.2, int(chance.integers(20, 160))), len(words)) - 1
    said = [words[rank] for rank in ranks]
    lines = [
        " ".join(said[start : start + LINE_WORDS]) for start in range(0, len(said), LINE_WORDS)
    ]
    boxes = (Box(40, 20 * row, 600, 18) for row in range(len(lines)))
    app = f"app{number % 12}"
    return Moment(
        id=f"{number:032x}",
        kind=Kind.FRAME,
        start_ns=at_ns,
        end_ns=at_ns,
        zone="UTC",
        source="monitor-1",
        app=app,
        title=f"{words[number % 500]} {number}",
        url=f"https://{app}.example/{number % 900}",
        text="\n".join(lines),
        lines=tuple(TextLine(line, box, 0.9) for line, box in zip(lines, boxes, strict=True)),
        ocr=State.DONE,
        text_state=State.DONE,
        text_vector=Vector(MODEL, tuple(_direction(chance).tolist())),
    )


def _direction(chance: np.random.Generator) -> npt.NDArray[np.float32]:
    vector = chance.standard_normal(NUMBERS)
    unit: npt.NDArray[np.float32] = (vector / np.linalg.norm(vector)).astype(np.float32)
    return unit


def _embed(_channel: Channel, _model: str, question: str) -> npt.NDArray[np.float32]:
    return _direction(np.random.default_rng(list(question.encode())))


@dataclass(frozen=True)
class Asked:
    """A store and the three ways to ask it."""

    store: Store
    now_ns: int

    @functools.cached_property
    def recall(self) -> Recall:
        """As a desk keeps it between questions."""
        return Recall(self.store, _embed)

    def words(self, question: str) -> Ranking:
        """BM25 alone."""
        moments = self.store.tables[schema.MOMENTS]
        return moments.match(content_terms(question), fusion.LISTED)

    def meaning(self, question: str) -> Ranking:
        """Nearest vectors alone."""
        space = self.store.spaces.table(Channel.TEXT, MODEL)
        assert space is not None
        vector = _embed(Channel.TEXT, MODEL, question).tolist()
        return space.nearest(vector, fusion.LISTED)

    def fused(self, question: str) -> Ranking:
        """All that recall does."""
        hits = self.recall.search(question, SHOWN, self.now_ns)
        return {hit.moment.id: hit.score for hit in hits}
