"""What a smaller KV cache costs: facts recalled from long evidence, its bytes, and the times.

Every row stands beside f16 with full recompute of the same memory in the same run. Where the whole
evidence is read, the first question of a memory is read in full, which gives `ttft_s`; the others
find the evidence in the cells, as in the product. Evicted evidence is read anew for each question,
so that fewer are asked there (`--thinned`).
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import mean
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
    Row,
)
from mirrordesk.llm import gguf, machine
from models.micro.recall import build

LENGTHS = (2000, 4000, 8000, 16_000)  # tokens of evidence
QUESTIONS, THINNED = 60, 12  # for each length
SHORT_LENGTHS, SHORT = (2048,), (8, 2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The model, and how much it is asked."""
    parser.add_argument("--model", type=Path, metavar="GGUF", help="by default Recall-micro")
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS, metavar="TOKENS")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="for each length")
    parser.add_argument("--thinned", type=int, default=THINNED, help="of them to evicted evidence")
    parser.add_argument("--short", action="store_true", help="one length, eight questions")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """The rows, what the marks came to, and where that was."""
    lengths, questions, thinned = options.lengths, options.questions, options.thinned
    if options.short:
        lengths, (questions, thinned) = SHORT_LENGTHS, SHORT
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or Path(folder) / build.NAME
        if not options.model:
            build.build(model)
        groups = [list(_told(model, tokens, questions, thinned)) for tokens in lengths]
        name = gguf.read(model).name
    return {
        "model": name,
        "rows": [asdict(row) for group in groups for row in group],
        "marks": marks(groups),
        "machine": _machine(),
    }


def _told(model: Path, tokens: int, questions: int, thinned: int) -> Iterator[Row]:
    suite = kv_rows.suite(model, tokens, questions)
    for row in kv_rows.measured(suite, min(thinned, questions)):
        print(f"{row.name}, {row.tokens} tokens: {row.accuracy:.3f}", file=sys.stderr)
        yield row


def marks(groups: Sequence[Sequence[Row]]) -> dict[str, float]:
    """What there is an aim for, from the rows of each length, f16 with full recompute first.

    `points_lost` are of a hundred, on the same questions, and shares of accuracy likewise, over all
    lengths; of bytes and times the least of the ratios over the lengths is told.
    """
    by_name = [{row.name: row for row in group} for group in groups]

    def least(figure: Callable[[Row, Row], float], name: str) -> float:
        return min(figure(rows[FULL], rows[name]) for rows in by_name)

    def lost(name: str) -> float:
        return 100 * (_mean(by_name, name, "accuracy_f16") - _mean(by_name, name, "accuracy"))

    def share(name: str) -> float:
        return _mean(by_name, name, "accuracy") / _mean(by_name, name, "accuracy_f16")

    return {
        "quantised_times_smaller": least(_smaller, "/".join(COARSEST)),
        "quantised_points_lost": lost("/".join(COARSEST)),
        "evicted_times_smaller": least(_smaller, EVICTED),
        "evicted_points_lost": lost(EVICTED),
        "again_from_memory_times_sooner": least(_sooner, FROM_MEMORY),
        "again_from_memory_times_less_cpu": least(_less_cpu, FROM_MEMORY),
        "again_from_disk_times_sooner": least(_sooner, FROM_DISK),
        "again_from_disk_times_less_cpu": least(_less_cpu, FROM_DISK),
        "half_again_times_sooner": least(_sooner, HALF),
        "half_again_times_less_cpu": least(_less_cpu, HALF),
        "eight_times_share_by_attention": share(BY_ATTENTION),
        "eight_times_share_by_words": share(BY_WORDS),
    }


def _mean(groups: Sequence[Mapping[str, Row]], name: str, figure: str) -> float:
    return mean(getattr(rows[name], figure) for rows in groups)


def _smaller(full: Row, row: Row) -> float:
    return full.kv_bytes / row.kv_bytes


def _sooner(full: Row, row: Row) -> float:
    return full.ttft_s / row.ttft_s


def _less_cpu(full: Row, row: Row) -> float:
    return full.ttft_cpu_s / row.ttft_cpu_s


def _machine() -> dict[str, Any]:
    import llama_cpp

    return {
        "system": platform.platform(),
        "cpu": platform.machine(),
        "cores": psutil.cpu_count(logical=False),
        "device": machine.look().device,
        "llama_cpp": llama_cpp.__version__,
    }
