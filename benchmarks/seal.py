"""What sealing costs: the same rows in a sealed and in an open memory, asked the same in turn.

The rows are made up (`made_up.py`).
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import made_up
from benchmarks.made_up import Ask, Asked, Ranking
from mirrordesk import clock
from mirrordesk.memory.store import Store
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile

ROUNDING = 1e-5  # of a score


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
        for portion in made_up.portions(options.rows, now_ns):
            for store in (sealed, plain):
                store.add(portion)
            print(f"stored until {portion[-1].title}", file=sys.stderr)
        for store in (sealed, plain):
            for name in store.tables.names():
                store.tables[name].compact()
        figures: dict[str, Any] = {"rows": sealed.count(), "questions": options.questions}
        figures |= _compared(Asked(sealed, now_ns), Asked(plain, now_ns), options.questions)
        sizes = [_bytes(profile) for profile in profiles]
    ratio = round(sizes[0] / sizes[1], 3)
    return {**figures, "bytes_sealed": sizes[0], "bytes_open": sizes[1], "bytes_ratio": ratio}


def _compared(sealed: Asked, plain: Asked, count: int) -> dict[str, Any]:
    """Each question to both in turn, so that whatever else the machine does is shared."""
    asked = made_up.questions(count)
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
