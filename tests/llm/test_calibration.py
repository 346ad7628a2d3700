"""Which heads find a sentence: asked of a model that can read, and of one that knows nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk.llm import gguf
from mirrordesk.llm.attention import Head, Tap
from mirrordesk.llm.calibration import (
    MOST_HEADS,
    Lesson,
    calibrate,
    lesson,
    remembered,
    usual_lesson,
)
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.eviction import By, Room, fit
from mirrordesk.llm.native import Model
from mirrordesk.llm.prompt import SYSTEM, Evidence, user_message
from mirrordesk.llm.sentences import cut
from mirrordesk.llm.tokenizer import Tokenizer
from tests.llm.open_cells import Q8_0, opened

READER = Path("models/micro/reader/reader-micro.gguf")
LAYERS = 6
NEVER = threading.Event()
FACTS = {
    "Falcon": "The budget of Falcon is 4,200 euros.",
    "Heron": "The budget of Heron is 310 dollars.",
    "Osprey": "The budget of Osprey is 77,000 euros.",
}


@pytest.fixture(scope="module")
def tokenizer() -> Iterator[Tokenizer]:
    loaded = Model(READER, 0)
    yield Tokenizer(loaded, gguf.read(READER).template)
    loaded.close()


@pytest.fixture(scope="module")
def tap() -> Tap:
    return Tap()


@pytest.fixture(scope="module")
def cells(tap: Tap) -> Iterator[Cells]:
    with opened(READER, tap, size=2048, flash=True, kind=Q8_0) as found:
        yield found


@pytest.fixture(scope="module")
def heads(cells: Cells, tap: Tap, tokenizer: Tokenizer) -> tuple[Head, ...]:
    found = calibrate(cells, tap, LAYERS, short_lesson(tokenizer), NEVER)
    assert found is not None
    return found


def short_lesson(tokenizer: Tokenizer) -> Lesson:
    asked = [(f"What is the budget of {name}?", fact) for name, fact in FACTS.items()]
    return lesson(tokenizer, diary(0), asked)


def diary(quiet: int) -> list[Evidence]:
    """The facts, with as many days before and after each that tell nothing."""
    texts = []
    for fact in FACTS.values():
        day = "Anna wrote about the weather. Nobody read the report."
        texts += [*[day] * quiet, f"The meeting began late. {fact}", *[day] * quiet]
    return [
        Evidence(f"E{n}", n * 10**15, "UTC", "notes", "Diary", text)
        for n, text in enumerate(texts, start=1)
    ]


def test_a_model_that_reads_has_heads_that_find_the_sentence(heads: tuple[Head, ...]) -> None:
    assert 0 < len(heads) <= MOST_HEADS
    assert 0 < heads[0].layer < LAYERS  # the first layer only sees single words


def test_the_cells_are_empty_afterwards(cells: Cells, heads: tuple[Head, ...]) -> None:
    assert heads
    assert cells.extent == (-1, -1)
    assert cells.tokens == []


@pytest.mark.parametrize("name", ["Falcon", "Osprey"])
def test_the_sentence_that_answers_survives_where_most_are_evicted(
    cells: Cells, tap: Tap, heads: tuple[Head, ...], tokenizer: Tokenizer, name: str
) -> None:
    user = user_message(f"What is the budget of {name}?", diary(2), 10**18)
    prompt = cut(tokenizer.prompt(SYSTEM, user), tokenizer.bytes_of)
    room = Room(len(prompt.fixed) + 280, answer=20)
    kept = fit(prompt, room, cells, tap, heads, NEVER)
    assert kept
    assert kept.by is By.ATTENTION
    assert kept.sentences < 2 * kept.of / 3
    text = cut(kept.tokens, tokenizer.bytes_of).text(range(len(kept.tokens)))
    assert FACTS[name].removesuffix(".") in text


def test_where_attention_cannot_be_seen_there_are_no_heads(model: Path, tap: Tap) -> None:
    loaded = Model(model, 0)
    taught = short_lesson(Tokenizer(loaded, None))
    loaded.close()
    with opened(model, size=2048) as deaf:  # nobody listens at these cells
        assert calibrate(deaf, tap, 2, taught, NEVER) == ()


def test_calibrating_can_be_cancelled(cells: Cells, tap: Tap, tokenizer: Tokenizer) -> None:
    cancelled = threading.Event()
    cancelled.set()
    assert calibrate(cells, tap, LAYERS, short_lesson(tokenizer), cancelled) is None
    assert cells.tokens == []


def test_the_usual_lesson_asks_for_facts_that_it_tells(tokenizer: Tokenizer) -> None:
    taught = usual_lesson(tokenizer)
    assert len(taught.asked) == len(taught.prompt.lines)
    assert len({answer for _tokens, answer in taught.asked}) == len(taught.asked)


def test_heads_are_found_once_for_a_model(tmp_path: Path) -> None:
    file, calls = tmp_path / "heads.json", []

    def find() -> tuple[Head, ...]:
        calls.append(1)
        return (Head(3, 1, 32), Head(2, 0, 1))

    assert remembered(file, "a", find) == remembered(file, "a", find) == find()
    assert len(calls) == 2
    remembered(file, "b", lambda: ())
    assert remembered(file, "b", find) == ()
    assert remembered(file, "c", lambda: None) is None  # cancelled: to be tried again
    assert remembered(file, "c", find) == find()
