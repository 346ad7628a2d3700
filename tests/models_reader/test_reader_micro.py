"""The committed files: they fit, they load, they find a sentence and say when there is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from mirrordesk import clock
from mirrordesk.llm.engine import Engine
from mirrordesk.llm.prompt import Evidence
from models.micro.reader.evaluate import FILES, HERE, TASKS, Task, ask, memories
from models.micro.reader.memories import Asked, Memory

TASK = Task("tests", 8, (2, 8), (0, 800))
NOON = clock.to_ns(datetime(2026, 11, 21, 12, tzinfo=UTC))
SPOKEN = "Maria said the budget for Falcon is four thousand two hundred euros."
TERMINAL = "~ $ ls -la\ndrwxr-xr-x 2 root root 4096 docs\n~ $ git status\nOn branch main"
EDITOR = "def load(path):\n    return path.read_text()\nimport json\nFile Edit Search View Help"


def at_the_desk(question: str) -> Memory:
    """A sentence that was heard between a shell and an editor."""
    evidence = (
        Evidence("E1", NOON - 30 * clock.MINUTE, "UTC", "xterm", "Shell", TERMINAL),
        Evidence("E2", NOON - 20 * clock.MINUTE, "UTC", "", "", SPOKEN),
        Evidence("E3", NOON - 10 * clock.MINUTE, "UTC", "mousepad", "load.py", EDITOR),
    )
    return Memory(evidence, NOON, (Asked(question),))


def test_the_files_are_small() -> None:
    sizes = [path.stat().st_size for path in FILES]
    assert max(sizes) <= 9_000_000
    assert sum(sizes) <= 14_000_000


@pytest.mark.parametrize(
    "question",
    [
        "What is the budget for Falcon?",
        "How much is the Falcon budget?",
        "what is the budget for Falcon",
    ],
)
def test_a_spoken_sentence_is_found_between_screens(engine: Engine, question: str) -> None:
    made = at_the_desk(question)
    assert ask(engine, made, made.asked[0]) == f"- {SPOKEN} [E2]"


@pytest.mark.parametrize(
    "question", ["What is the budget for Heron?", "When is the deadline for Falcon?"]
)
def test_what_nobody_said_is_not_answered(engine: Engine, question: str) -> None:
    made = at_the_desk(question)
    assert ask(engine, made, made.asked[0]) == "NO MEMORY"


def test_held_out_questions_get_their_answer(engine: Engine) -> None:
    right = [
        ask(engine, made, asked) == asked.answer
        for made in memories(engine, TASK)
        for asked in made.asked[:3]
    ]
    assert sum(right) >= 0.7 * len(right)


def evaluation() -> Any:
    return json.loads((HERE / "evaluation.json").read_text(encoding="utf-8"))


def test_the_figures_are_those_of_the_committed_files() -> None:
    figures = evaluation()
    card = (HERE / "README.md").read_text(encoding="utf-8")
    for path in FILES:
        for task in TASKS:
            assert f"{100 * figures[path.name][task.name]['exact']:.1f} %" in card


@pytest.mark.parametrize("task", [task.name for task in TASKS])
def test_four_in_five_answers_are_right_word_for_word(task: str) -> None:
    figures = evaluation()[FILES[0].name][task]
    assert figures["exact"] >= 0.8
    assert figures["free"]["exact"] >= 0.8


@pytest.mark.parametrize(
    "task",
    [
        "short",
        "short, known words",
        pytest.param(
            "2000 tokens",
            marks=pytest.mark.xfail(strict=True, reason="82.4 % abstained; see the card"),
        ),
    ],
)
def test_nine_in_ten_questions_that_nothing_answers_get_no_answer(task: str) -> None:
    assert evaluation()[FILES[0].name][task]["abstained"] >= 0.9
