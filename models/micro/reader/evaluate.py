"""Measures the committed files as the product runs them: `python -m models.micro.reader.evaluate`.

Held-out memories, made of names, words, numbers and codes that training never held, are read by
llama.cpp behind the product's own engine: its prompt, its KV cache types, greedily. As the product
runs it, the model may only quote (`quoting.py`). *Free*, it writes what it likes, which tells how
well it copies.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mirrordesk.config import LlmSettings
from mirrordesk.llm import grammar, quoting
from mirrordesk.llm.engine import Engine
from mirrordesk.llm.prompt import SYSTEM, Evidence, user_message
from models.micro.reader.memories import Asked, Memory, memory
from models.micro.reader.packing import marked

HERE = Path(__file__).parent
FILES = tuple(HERE / f"reader-micro{kind}.gguf" for kind in ("", "-q8_0", "-q4_0"))
_LIMIT = 160  # tokens of an answer

Rules = Callable[[Sequence[Evidence]], str]  # the grammar of an answer from some evidence


def free(evidence: Sequence[Evidence]) -> str:
    """The grammar of models that write in their own words."""
    return grammar.gbnf([item.id for item in evidence])


@dataclass(frozen=True, slots=True)
class Task:
    """How much is read: lines of evidence, and tokens of the whole prompt."""

    name: str
    memories: int
    lines: tuple[int, int]
    tokens: tuple[int, int]
    held_out: bool = True


TASKS = (
    Task("short", 40, (2, 12), (0, 1000)),
    Task("2000 tokens", 15, (18, 44), (1850, 2200)),
    Task("short, known words", 20, (2, 12), (0, 1000), held_out=False),
)
QUESTIONS = 5  # about each memory


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of the questions. `exact`: sentence and citation are right, word for word."""

    answerable: int
    exact: float
    source_right: float
    unanswerable: int
    abstained: float


def ask(
    engine: Engine, made: Memory, asked: Asked, mark: int = 0, rules: Rules = quoting.gbnf
) -> str:
    """What the model writes to a question."""
    written = engine.write(
        prompt(engine, made, asked, mark),
        grammar=rules(made.evidence),
        limit=_LIMIT,
        emit=lambda _piece: None,
        cancelled=threading.Event(),
    )
    return written.text


def prompt(engine: Engine, made: Memory, asked: Asked, mark: int = 0) -> list[int]:
    """The product's prompt; `mark` seeds the word around the evidence."""
    user = user_message(asked.question, made.evidence, made.now_ns)
    return engine.tokenizer.prompt(SYSTEM, marked(user, random.Random(mark)))


def measure(engine: Engine, task: Task, rules: Rules = quoting.gbnf) -> Figures:
    """The figures of one task."""
    pairs = [
        (asked, ask(engine, made, asked, number, rules))
        for number, made in enumerate(memories(engine, task))
        for asked in made.asked
    ]
    found = [(asked, got) for asked, got in pairs if asked.source]
    none = [got == asked.answer for asked, got in pairs if not asked.source]
    return Figures(
        answerable=len(found),
        exact=_share([got == asked.answer for asked, got in found]),
        source_right=_share([got.endswith(f" [{asked.source}]") for asked, got in found]),
        unanswerable=len(none),
        abstained=_share(none),
    )


def memories(engine: Engine, task: Task) -> Iterator[Memory]:
    """The memories of a task: the same for every file."""
    chance, made = random.Random(f"evaluation/{task.name}"), 0
    while made < task.memories:
        lines, fullest = chance.randint(*task.lines), chance.choice((1, 2, 4, 7))
        one = memory(chance, lines, QUESTIONS, fullest=fullest, held_out=task.held_out)
        if task.tokens[0] <= len(prompt(engine, one, one.asked[0])) <= task.tokens[1]:
            made += 1
            yield one


def measure_file(path: Path) -> dict[str, dict[str, float]]:
    """The figures of all tasks for the file at `path`."""
    engine = Engine(path, LlmSettings(model=str(path)))
    try:
        return {
            task.name: asdict(measure(engine, task))
            | {"free": asdict(measure(engine, task, free)) if path == FILES[0] else None}
            for task in TASKS
        }
    finally:
        engine.close()


def all_files() -> dict[str, dict[str, dict[str, float]]]:
    """The figures of all committed files."""
    return {path.name: measure_file(path) for path in FILES}


def _share(right: list[bool]) -> float:
    return round(sum(right) / len(right), 3)


def main() -> None:
    """Measure and print."""
    print(json.dumps(all_files(), indent=2))


if __name__ == "__main__":
    main()
