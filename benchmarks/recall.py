"""How long recall takes among many moments, by channel and in all.

The rows are made up (`made_up.py`), sealed as everything is, and kept as the perception worker
keeps them: compacted, vectors indexed, episodes settled. `nearest_found` is the share of the truly
nearest ten that the index over vectors finds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import made_up, remembering
from benchmarks.made_up import Ask, Asked
from mirrordesk import clock
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile

COMPARED, NEAREST = 20, 10  # questions, and vectors of each


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many rows and questions."""
    parser.add_argument("--rows", type=int, default=100_000, metavar="N")
    parser.add_argument("--questions", type=int, default=100, metavar="N")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Latencies in milliseconds."""
    now_ns = clock.now_ns()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Profile.open(Path(folder)))
        for portion in made_up.portions(options.rows, now_ns):
            store.add(portion)
            print(f"{store.count()} rows", file=sys.stderr)
        asked, questions = Asked(store, now_ns), made_up.questions(options.questions)
        exact = [_nearest(asked, question) for question in questions[:COMPARED]]
        built_s = _maintained(store)
        found = [_nearest(asked, question) for question in questions[:COMPARED]]
        channels = {"words": asked.words, "meaning": asked.meaning, "fused": asked.fused}
        latencies = {name: _latency(ask, questions) for name, ask in channels.items()}
        count = store.count()
    shared = [len(one & other) / len(one) for one, other in zip(exact, found, strict=True)]
    return {
        "rows": count,
        **latencies["fused"],
        "channels": latencies,
        "nearest_found": round(float(np.mean(shared)), 4),
        "index_build_s": round(built_s, 1),
    }


def _maintained(store: Store) -> float:
    began = time.monotonic()
    store.refresh_episodes(0)
    while store.upkeep.settle_episodes():
        pass
    for name in store.tables.names():
        store.tables[name].compact()
    store.upkeep.maintain()
    return time.monotonic() - began


def _nearest(asked: Asked, question: str) -> set[str]:
    similar = asked.meaning(question)
    return set(sorted(similar, key=lambda key: -similar[key])[:NEAREST])


def _latency(ask: Ask, questions: list[str]) -> dict[str, float]:
    ask(questions[0])  # opens what is opened once
    seconds = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - began)
    return remembering.latency(seconds)
