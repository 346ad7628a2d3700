"""What a smaller KV cache costs: facts recalled from long evidence, its bytes, and the times.

Every row stands beside f16 with full recompute of the same memory in the same run. Where the whole
evidence is read, the first question of a memory is read in full, which gives `ttft_s`; the others
find the evidence in the cells, as in the product. Evicted evidence is read anew for each question,
so that fewer are asked of the longer lengths (`--thinned`).

Each row goes to standard error as JSON as soon as it is measured. Interrupted (Ctrl+C, or SIGTERM),
it ends after the present row with what there is.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import platform
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from benchmarks import kv_rows
from benchmarks.kv_rows import (
    BY_ATTENTION,
    BY_WORDS,
    COARSEST,
    EVICTED,
    FROM_DISK,
    FROM_MEMORY,
    FULL,
    HALF,
    USUAL,
    Row,
)
from mirrordesk.errors import UsageError
from mirrordesk.llm import gguf, machine
from models.micro.recall import build

LENGTHS = (2000, 4000, 8000, 16_000)  # tokens of evidence
QUESTIONS = 50  # for each length
THINNED = (64, 28, 8, 2)  # for each length, as a question to 16,000 tokens takes most of a minute
SHORT = {"lengths": (2048,), "questions": 8, "thinned": (2,)}
_SURE = 1.96  # standard errors on either side hold 95 of 100 cases


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The model, and how much it is asked."""
    parser.add_argument("--model", type=Path, metavar="GGUF", help="by default Recall-micro")
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS, metavar="TOKENS")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="for each length")
    parser.add_argument(
        "--thinned", type=int, nargs="+", default=THINNED, help="to evicted evidence, by length"
    )
    parser.add_argument("--short", action="store_true", help="one length, eight questions")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """The rows, what the marks came to, over which lengths, and where that was."""
    if options.short:
        vars(options).update(SHORT)
    if len(options.thinned) < len(options.lengths):
        raise UsageError("Give --thinned a number for each of --lengths.")
    with tempfile.TemporaryDirectory() as folder, _stopping() as stopped:
        model = options.model or Path(folder) / build.NAME
        if not options.model:
            build.build(model)
        groups = _groups(model, options, stopped)
        name = gguf.read(model).name
    whole = [group for group in groups if len(group) == len(kv_rows.NAMES)]
    return {
        "model": name,
        "rows": [asdict(row) for group in groups for row in group],
        "marks": marks(whole) if whole else None,
        "marks_of_tokens": [group[0].tokens for group in whole],
        "machine": _machine(),
    }


def _groups(model: Path, options: argparse.Namespace, stopped: threading.Event) -> list[list[Row]]:
    """The rows of each length, until the last or until it is `stopped`."""
    groups: list[list[Row]] = []
    for tokens, thinned in zip(options.lengths, options.thinned, strict=False):
        groups.append([])
        for row in _told(model, tokens, options.questions, thinned):
            groups[-1].append(row)
            if stopped.is_set():
                return groups
    return groups


@contextlib.contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Set once somebody wants this to end; an exception could be lost in llama.cpp's callbacks."""
    stopped = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, lambda *_: stopped.set()) for one in signals]
    try:
        yield stopped
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)


def _told(model: Path, tokens: int, questions: int, thinned: int) -> Iterator[Row]:
    began = time.perf_counter()
    suite = kv_rows.suite(model, tokens, questions)
    for row in kv_rows.measured(suite, min(thinned, questions)):
        taken = f"{time.perf_counter() - began:.0f} s"
        print(f"{row.tokens} tokens, {taken}: {json.dumps(asdict(row))}", file=sys.stderr)
        began = time.perf_counter()
        yield row


def marks(groups: Sequence[Sequence[Row]]) -> dict[str, float]:
    """What there is an aim for, from the rows of each length, f16 with full recompute first.

    `points_lost` are of a hundred questions of all lengths, against the same questions; in 95 of
    100 cases the truth is no farther off than `give_or_take`. Of bytes and times the least of the
    ratios over the lengths is told; `of_same_types` is against full recompute into the same cache.
    """
    by_name = [{row.name: row for row in group} for group in groups]
    coarsest, usual = "/".join(COARSEST), "/".join(USUAL)

    def of(name: str) -> list[Row]:
        return [rows[name] for rows in by_name]

    def least(figure: Callable[[Row], float], name: str, beside: str = FULL) -> float:
        return min(
            figure(full) / figure(row) for full, row in zip(of(beside), of(name), strict=True)
        )

    found = {
        "quantised_times_smaller": least(_bytes, coarsest),
        **_points_lost("quantised", of(coarsest)),
        "evicted_times_smaller": least(_bytes, EVICTED),
        **_points_lost("evicted", of(EVICTED)),
    }
    again = {"again_from_memory": FROM_MEMORY, "again_from_disk": FROM_DISK, "half_again": HALF}
    for key, name in again.items():
        found[f"{key}_times_sooner"] = least(_wall, name)
        found[f"{key}_times_less_cpu"] = least(_cpu, name)
        found[f"{key}_times_less_cpu_of_same_types"] = least(_cpu, name, usual)
    return found | {
        "eight_times_share_by_attention": _share(of(BY_ATTENTION)),
        "eight_times_share_by_words": _share(of(BY_WORDS)),
    }


def _points_lost(key: str, rows: Sequence[Row]) -> dict[str, float]:
    """Of paired answers, after Agresti and Min (2005, doi:10.1002/sim.1781).

    Half an answer is added to each kind of pair, so that a run in which nothing was lost does not
    claim to be certain.
    """
    count = sum(row.questions for row in rows)
    lost, won = sum(row.lost or 0 for row in rows), sum(row.won or 0 for row in rows)
    odd, net = lost + won + 1, lost - won
    error = math.sqrt(odd - net**2 / (count + 2)) / (count + 2)
    return {
        f"{key}_points_lost": 100 * net / count,
        f"{key}_give_or_take": 100 * _SURE * error,
    }


def _share(rows: Sequence[Row]) -> float:
    """How many of the answers that all cells gave rightly were right here, in sum."""
    right = sum(row.accuracy * row.questions for row in rows)
    return right / sum((row.accuracy_f16 or 0) * row.questions for row in rows)


def _bytes(row: Row) -> float:
    return row.kv_bytes


def _wall(row: Row) -> float:
    return row.ttft_s


def _cpu(row: Row) -> float:
    return row.ttft_cpu_s


def _machine() -> dict[str, Any]:
    import llama_cpp

    return {
        "system": platform.platform(),
        "cpu": platform.machine(),
        "cores": psutil.cpu_count(logical=False),
        "device": machine.look().device,
        "llama_cpp": llama_cpp.__version__,
    }
