"""Measures the recall model in llama.cpp: `python -m models.micro.recall.evaluate`, minutes.

For each length of memory and each type of cache: the share of questions answered rightly, and by
how much the margin of the right thing over the best wrong one moves against half precision. The
second shows what a cache costs long before an answer tips over.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mirrordesk.config import LlmSettings
from mirrordesk.llm.engine import Engine
from mirrordesk.llm.prompt import user_message
from models.micro.recall import circuit, facts
from models.micro.recall.build import NAME, build

HERE = Path(__file__).parent
TYPES = (("f16", "f16"), ("q8_0", "q8_0"), ("q8_0", "q4_0"), ("q4_0", "q4_0"))
LENGTHS = (1000, 4000)
QUESTIONS = 18
_SEED = 5
_ROOM = 256  # tokens around the evidence


@dataclass(frozen=True, slots=True)
class Figures:
    """`moved` is the root mean square of what the margins differ from those of the f16 cache."""

    type_k: str
    type_v: str
    tokens: int
    questions: int
    right: float
    least_margin: float
    median_margin: float
    moved: float


def prompt(engine: Engine, memory: facts.Memory, question: str) -> list[int]:
    """The product's prompt with the same mark each time, so that its beginning can be kept."""
    user = user_message(question, memory.evidence, memory.now_ns)
    user = re.sub(r"(</?evidence )\w+", r"\g<1>facts", user)
    return engine.tokenizer.prompt(facts.SYSTEM, user)


def margins(engine: Engine, memory: facts.Memory) -> NDArray[np.float64]:
    """(questions,): the logit of the right thing over that of the best other token."""
    return np.array([_margin(engine, memory, asked) for asked in memory.asked])


def _margin(engine: Engine, memory: facts.Memory, asked: facts.Asked) -> float:
    tokens, cells = prompt(engine, memory, asked.question), engine.cells
    alike = (one == other for one, other in zip(cells.tokens, tokens[:-1], strict=False))
    kept = cells.keep(next((n for n, same in enumerate(alike) if not same), 0))
    cells.read(tokens[kept:], threading.Event())
    logits = cells.logits().copy()
    (right,) = engine.tokenizer.plain(f" {asked.answer}")
    return float(logits[right] - np.delete(logits, right).max())


def measure(
    path: Path, lengths: Sequence[int] = LENGTHS, questions: int = QUESTIONS
) -> Iterator[Figures]:
    """The figures of the model at `path`, half precision first for each length."""
    for tokens in lengths:
        exact: NDArray[np.float64] | None = None
        for keys, values in TYPES:
            settings = LlmSettings(context=tokens + _ROOM, type_k=keys, type_v=values)
            engine = Engine(path, settings)
            try:
                count = engine.tokenizer.count
                memory = facts.memory(random.Random(_SEED), tokens, questions, count)
                found = margins(engine, memory)
            finally:
                engine.close()
            exact = found if exact is None else exact
            yield Figures(
                type_k=keys,
                type_v=values,
                tokens=tokens,
                questions=questions,
                right=float(np.mean(found > 0)),
                least_margin=round(float(found.min()), 2),
                median_margin=round(float(np.median(found)), 2),
                moved=round(float(np.sqrt(np.mean((found - exact) ** 2))), 3),
            )


def main() -> None:
    """Build the model, measure it, and write evaluation.json."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        build(path)
        figures = {
            "bytes": path.stat().st_size,
            "strengths": asdict(circuit.Strengths()),
            "rows": [asdict(row) for row in measure(path)],
        }
    (HERE / "evaluation.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
