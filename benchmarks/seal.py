"""What sealing costs: the same rows in a sealed and in an open memory, asked the same in turn.

The rows are made up: words as frequent as those of a language, in lines, with an app, a title, an
address and a vector. They are stored and asked through the product's own store and recall.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mirrordesk import clock
from mirrordesk.memory import fusion, schema
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from mirrordesk.records import Box, Channel, Kind, Moment, State, TextLine, Vector
from mirrordesk.terms import content_terms

MODEL, NUMBERS = "made-up@00000000", 384
VOCABULARY, LINE_WORDS = 20_000, 8
AT_ONCE = 1000  # rows in one call
APART_NS = 20 * clock.SECOND
SHOWN = 20  # hits of a question
ROUNDING = 1e-5  # of a score

Ranking = dict[str, float]
Ask = Callable[[str], Ranking]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many rows and questions."""
    parser.add_argument("--rows", type=int, default=20_000, metavar="N")
    parser.add_argument("--questions", type=int, default=100, metavar="N")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Latencies, sizes, and whether both rank alike."""
    now_ns = clock.now_ns()
    with tempfile.TemporaryDirectory() as folder:
        profiles = [Profile.open(Path(folder) / name) for name in ("sealed", "open")]
        sealed, plain = Store(profiles[0]), Store(profiles[1], Tables(profiles[1].store))
        for portion in _portions(options.rows, now_ns):
            for store in (sealed, plain):
                store.add(portion)
            print(f"stored until {portion[-1].title}", file=sys.stderr)
        for store in (sealed, plain):
            for name in store.tables.names():
                store.tables[name].compact()
        figures: dict[str, Any] = {"rows": sealed.count(), "questions": options.questions}
        figures |= _compared(_Asked(sealed, now_ns), _Asked(plain, now_ns), options.questions)
        sizes = [_bytes(profile) for profile in profiles]
    ratio = round(sizes[0] / sizes[1], 3)
    return {**figures, "bytes_sealed": sizes[0], "bytes_open": sizes[1], "bytes_ratio": ratio}


def _word(number: int) -> str:
    """A word that no other number makes and no stemmer changes."""
    syllables = ("ba", "do", "ki", "lu", "me", "no", "pi", "ra", "so", "tu")
    return "".join(syllables[int(digit)] for digit in str(number)) + "x"


def _portions(rows: int, now_ns: int) -> Iterator[list[Moment]]:
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A store and the three ways to ask it."""

    store: Store
    now_ns: int

    def words(self, question: str) -> Ranking:
        moments = self.store.tables[schema.MOMENTS]
        return moments.match(content_terms(question), fusion.LISTED)

    def meaning(self, question: str) -> Ranking:
        space = self.store.spaces.table(Channel.TEXT, MODEL)
        assert space is not None
        vector = _embed(Channel.TEXT, MODEL, question).tolist()
        return space.nearest(vector, fusion.LISTED)

    def fused(self, question: str) -> Ranking:
        hits = Recall(self.store, _embed).search(question, SHOWN, self.now_ns)
        return {hit.moment.id: hit.score for hit in hits}


def _compared(sealed: _Asked, plain: _Asked, count: int) -> dict[str, Any]:
    """Each question to both in turn, so that whatever else the machine does is shared."""
    chance = random.Random(2)
    asked = [" ".join(_word(chance.randint(3, 3000)) for _ in range(4)) for _ in range(count)]
    figures: dict[str, Any] = {}
    for name in ("words", "meaning", "fused"):
        ways = {"sealed": getattr(sealed, name), "open": getattr(plain, name)}
        for ask in ways.values():
            ask(asked[0])  # opens what is opened once
        figures |= _one_way(name, ways, asked)
    return figures


def _one_way(name: str, ways: Mapping[str, Ask], asked: Sequence[str]) -> dict[str, Any]:
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    same = 0
    for question in asked:
        rankings = []
        for way, ask in ways.items():
            began = time.perf_counter()
            rankings.append(ask(question))
            seconds[way].append(time.perf_counter() - began)
        same += _alike(*rankings)
    figures: dict[str, Any] = {f"{name}_ranked_alike": round(same / len(asked), 4)}
    for share in (50, 95):
        ms = {way: 1000 * float(np.percentile(spent, share)) for way, spent in seconds.items()}
        figures |= {f"{name}_p{share}_ms_{way}": round(value, 2) for way, value in ms.items()}
        figures[f"{name}_p{share}_ratio"] = round(ms["sealed"] / ms["open"], 3)
    return figures


def _alike(one: Ranking, other: Ranking) -> bool:
    """Whether both list the same with the same scores in the same order, but for rounding."""
    in_order = [other[key] for key in one if key in other]
    return (
        _sure(one).keys() <= other.keys()
        and _sure(other).keys() <= one.keys()
        and (
            all(abs(one[key] - other[key]) < ROUNDING for key in one.keys() & other.keys())
            and all(first >= then - ROUNDING for first, then in itertools.pairwise(in_order))
        )
    )


def _sure(ranking: Ranking) -> Ranking:
    """What is listed whatever the rounding: not what ties with the last."""
    least = min(ranking.values(), default=0.0)
    return {key: score for key, score in ranking.items() if score > least + ROUNDING}


def _bytes(profile: Profile) -> int:
    return sum(path.stat().st_size for path in profile.store.rglob("*") if path.is_file())
