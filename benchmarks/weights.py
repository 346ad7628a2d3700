"""Finds the weights of recall's scores on conversations, each time leaving one of them out.

The conversations (LoCoMo's format) are stored and asked through the product as `locomo` does; then
weights are moved one by one as long as that helps the questions of all conversations but one, and
judged on the questions of that one (`held_out`). `weights` are those found on all of them, and
`now` is how the ones that the product has do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import conversations, locomo
from benchmarks.conversations import Conversation, Question, Turn
from mirrordesk.desk import Desk
from mirrordesk.memory import fusion
from mirrordesk.memory.fusion import Weights
from mirrordesk.memory.probe import Found
from mirrordesk.paths import Profile

TRIED = (0.0, 0.05, 0.1, 0.15, 0.25, 0.35, 0.5, 0.7, 0.85, 1.0)
SWEEPS = 2
# of which conversations without a date and without pictures tell nothing
FIXED = ("firm_time", "vague_time", "strength", "pictures", "micro_pictures")
GAIN = 5e-4  # less than that is chance


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what the channels say of each turn, and whether its time is firm."""

    question: Question
    found: Found
    firm: bool
    turns: Sequence[Turn]  # in the order of `found`


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The conversations."""
    parser.add_argument("file", type=Path, metavar="FILE", help="in LoCoMo's own format")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Weights, and how well they do on what they were not found on."""
    talks = [list(_asked(one)) for one in conversations.read(options.file, locomo.APART_NS)]
    held_out: list[dict[str, float]] = []
    for left_out, talk in enumerate(talks):
        others = [one for place, some in enumerate(talks) if place != left_out for one in some]
        found = fitted(others, Weights())
        held_out += [_figures(one, found) for one in talk]
        print(f"without {left_out}: {asdict(found)}", file=sys.stderr)
    every = [one for talk in talks for one in talk]
    return {
        "questions": len(every),
        "weights": asdict(fitted(every, Weights())),
        "held_out": _mean(held_out),
        "now": _mean([_figures(one, Weights()) for one in every]),
    }


def _asked(one: Conversation) -> Iterator[Asked]:
    print(f"{one.name}: {len(one.questions)} questions …", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder, Desk(Profile.open(Path(folder))) as desk:
        turns = locomo.remember(one, desk)
        for question in one.questions:
            asked, found = desk.probed(question.text, one.turns[-1].start_ns)
            firm = asked.when.firm if asked.when else False
            yield Asked(question, found, firm, [turns[key] for key in found.order.ids])


def fitted(asked: Sequence[Asked], start: Weights) -> Weights:
    """The weights that do best, found by moving one at a time."""
    best, most = start, _worth(asked, start)
    for _ in range(SWEEPS):
        for name in asdict(start):
            for value in () if name in FIXED else TRIED:
                tried = replace(best, **{name: value})
                if (worth := _worth(asked, tried)) > most + GAIN:
                    best, most = tried, worth
    return best


def _worth(asked: Sequence[Asked], weights: Weights) -> float:
    figures = _mean([_figures(one, weights) for one in asked])
    return (
        figures["turn_recall@10"]
        + figures["turn_recall@25"]
        + figures["session_frac@5"]
        + figures["turn_recall@5"] / 2
    )


def _figures(one: Asked, weights: Weights) -> dict[str, float]:
    fused = fusion.fuse(one.found.order, one.found.channels, weights, firm=one.firm)
    places = np.argsort(-fused * one.found.listed, kind="stable")[: locomo.LISTED]
    turns = tuple(one.turns[place] for place in places)
    return dict(locomo.shares(locomo.Found(one.question, turns, 0.0)))


def _mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: round(sum(row[key] for row in rows) / len(rows), 4) for key in rows[0]}
