"""A sealed memory ranks as an open one does."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mirrordesk.memory import schema
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from mirrordesk.records import Channel, Moment, State, Vector
from tests.memory.made import NOON, TEXT_MODEL, frame

ROWS, QUESTIONS = 300, 12
ROUNDING = 1e-5
WORDS = [
    f"{first}{second}"
    for first in ["ba", "ki", "mo", "sul", "tra", "gen"]
    for second in ["len", "dor", "mix", "pat", "sen"]
]


def moments() -> Iterator[Moment]:
    chance, noise = random.Random(7), np.random.default_rng(7)
    for number in range(ROWS):
        words = chance.choices(WORDS, weights=range(1, len(WORDS) + 1), k=chance.randint(3, 30))
        vector = noise.standard_normal(384)
        numbers = tuple((vector / np.linalg.norm(vector)).astype(np.float32).tolist())
        moment = frame(number, " ".join(words), title=chance.choice(WORDS))
        fields = {"text_state": State.DONE, "text_vector": Vector(TEXT_MODEL, numbers)}
        yield Moment(**{name: getattr(moment, name) for name in moment.__slots__} | fields)


def embed(_channel: Channel, _model: str, question: str) -> np.ndarray:
    vector = np.random.default_rng(len(question) * ord(question[0])).standard_normal(384)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Store]:
    """The same rows, sealed and open."""
    folder: Path = tmp_path_factory.mktemp("both")
    sealed, plain = (Profile.open(folder / name) for name in ("sealed", "open"))
    stores = Store(sealed), Store(plain, Tables(plain.store))
    rows = list(moments())
    for store in stores:
        store.add(rows[: ROWS // 2])
        store.tables[schema.MOMENTS].compact()
        store.add(rows[ROWS // 2 :])  # which the index does not hold yet
    return stores


def asked() -> list[str]:
    chance = random.Random(3)
    return [" ".join(chance.sample(WORDS, chance.randint(1, 4))) for _ in range(QUESTIONS)]


@pytest.mark.parametrize("question", asked())
def test_words_and_meaning_and_both_together_rank_alike(
    both: tuple[Store, Store], question: str
) -> None:
    sealed, plain = [_ranked(store, question) for store in both]
    for mine, theirs in zip(sealed, plain, strict=True):
        assert _sure(mine) == pytest.approx(_sure(theirs), abs=ROUNDING)
        scores = [theirs[key] for key in mine if key in theirs]
        assert all(one >= next_ - ROUNDING for one, next_ in itertools.pairwise(scores))


def _sure(ranking: dict[str, float]) -> dict[str, float]:
    """What is listed whatever the rounding: not what ties with the last."""
    least = min(ranking.values(), default=0.0)
    return {key: score for key, score in ranking.items() if score > least + ROUNDING}


def _ranked(store: Store, question: str) -> tuple[dict[str, float], ...]:
    table = store.tables[schema.MOMENTS]
    words = table.match(question.split(), 50)
    space = store.spaces.table(Channel.TEXT, TEXT_MODEL)
    assert space is not None
    near = space.nearest(embed(Channel.TEXT, TEXT_MODEL, question).tolist(), 50)
    hits = Recall(store, embed).search(question, 30, now_ns=NOON)
    return words, near, {hit.moment.id: hit.score for hit in hits}


def test_rare_words_count_as_much(both: tuple[Store, Store]) -> None:
    sealed, plain = (Recall(store, embed).rarity(WORDS) for store in both)
    assert sealed == plain
