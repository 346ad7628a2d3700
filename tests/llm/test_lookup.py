"""Drafts out of the prompt change how soon an answer is written, and nothing else."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.config import LlmSettings
from mirrordesk.llm import grammar
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.engine import Engine, Written
from mirrordesk.llm.lookup import MOST, Lookup
from mirrordesk.llm.prompt import SYSTEM, Mark, lay_out
from models.micro.reader.memories import Asked, Memory, memory

READER = Path(__file__).parents[2] / "models/micro/reader/reader-micro-q8_0.gguf"
FEW_TOKENS = st.lists(st.integers(0, 3), max_size=30)


@given(prompt=FEW_TOKENS, written=FEW_TOKENS)
def test_a_draft_is_what_stood_last_behind_the_same_two_tokens(
    prompt: list[int], written: list[int]
) -> None:
    draft = list(Lookup(prompt).draft(written))
    pairs = [prompt[at : at + 2] for at in range(len(prompt) - 1)]
    if written[-2:] not in pairs:
        assert draft == []
    else:
        at = len(pairs) - pairs[::-1].index(written[-2:])
        assert draft == prompt[at + 1 : at + 1 + MOST]


class Batches:
    """How many tokens were decoded in each go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        read = Cells.read

        def noted(
            cells: Cells, tokens: Sequence[int], cancelled: threading.Event, *, each: bool = False
        ) -> bool:
            self.sizes.append(len(tokens))
            return read(cells, tokens, cancelled, each=each)

        monkeypatch.setattr(Cells, "read", noted)


@pytest.fixture(scope="module")
def reader() -> Iterator[Engine]:
    engine = Engine(READER, LlmSettings(context=2560, cache_memory_mb=0))
    yield engine
    engine.close()


def answer(engine: Engine, known: Memory, asked: Asked) -> Written:
    laid = lay_out(asked.question, known.evidence, known.now_ns, Mark(b"x"))
    return engine.write(
        engine.tokenizer.prompt(SYSTEM, laid.text),
        grammar=grammar.gbnf([item.id for item in known.evidence]),
        limit=80,
        emit=lambda _piece: None,
        cancelled=threading.Event(),
    )


def test_reader_micro_writes_the_same_tokens_with_drafts_in_fewer_goes(
    reader: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted, plain = [], []
    chance = random.Random(4)
    known = [memory(chance, 4, 3, fullest=2, held_out=True) for _ in range(2)]
    batches = Batches(monkeypatch)
    for one in known:
        drafted += [answer(reader, one, asked) for asked in one.asked]
    goes = len(batches.sizes)
    monkeypatch.setattr(Lookup, "draft", lambda _self, _written: ())
    batches.sizes.clear()
    for one in known:
        plain += [answer(reader, one, asked) for asked in one.asked]
    assert [(one.text, one.tokens, one.finished) for one in drafted] == [
        (one.text, one.tokens, one.finished) for one in plain
    ]
    assert goes < len(batches.sizes)


def test_what_was_drafted_in_vain_is_taken_back(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is drafted, also what the grammar forbids, the text stays and so do the cells."""
    settings = LlmSettings(context=512, type_k="f16", type_v="f16")
    rules = "root ::= [a-z ]{60}"

    def write(engine: Engine) -> tuple[str, list[int]]:
        prompt = engine.tokenizer.prompt("Keep to the rules.", "Tell")
        written = engine.write(
            prompt,
            grammar=rules,
            limit=40,
            emit=lambda _piece: None,
            cancelled=threading.Event(),
        )
        return written.text, engine.cells.tokens[: len(prompt) + 20]

    engine = Engine(model, settings)
    expected = write(engine)
    engine.cells.keep(0)
    chance = random.Random(0)
    monkeypatch.setattr(
        Lookup, "draft", lambda _self, _written: chance.choices(range(250), k=chance.randint(0, 3))
    )
    assert write(engine) == expected
    assert engine.cells.extent == (0, len(engine.cells.tokens) - 1)
    engine.close()


def test_drafts_keep_to_the_cells(model: Path) -> None:
    engine = Engine(model, replace(LlmSettings(), context=256, type_k="f16", type_v="f16"))
    prompt = (list(range(60, 64)) * 60)[:226]
    written = engine.write(
        prompt,
        grammar='root ::= "abababababababababababababababababababababab"',
        limit=30,
        emit=lambda _piece: None,
        cancelled=threading.Event(),
    )
    assert written.tokens == 30
    assert len(engine.cells.tokens) <= 256
    engine.close()
