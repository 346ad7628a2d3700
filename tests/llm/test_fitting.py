"""Prompts made to fit a real model's cells, from nothing but their tokens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError
from mirrordesk.llm import gguf
from mirrordesk.llm.attention import Tap
from mirrordesk.llm.engine import Engine, Written
from mirrordesk.llm.eviction import By
from mirrordesk.llm.fitting import Fitter, Known
from mirrordesk.llm.native import Model
from mirrordesk.llm.prompt import Evidence, user_message
from mirrordesk.llm.tokenizer import Tokenizer
from tests.llm.open_cells import opened

NEVER = threading.Event()


@pytest.fixture(scope="module")
def tokenizer(model: Path) -> Iterator[Tokenizer]:
    loaded = Model(model, 0)
    yield Tokenizer(loaded, gguf.read(model).template)
    loaded.close()


def long_prompt(tokenizer: Tokenizer, lines: int) -> list[int]:
    text = "Nobody came. The sea was calm in the morning."
    evidence = [Evidence(f"E{n}", n * 10**15, "UTC", "", "", text) for n in range(lines)]
    return tokenizer.prompt("Be brief.", user_message("How was the sea?", evidence, 10**18))


def test_a_model_that_cannot_be_taught_in_few_cells_goes_by_words(
    model: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    tap, file = Tap(), tmp_path / "heads.json"
    with opened(model, tap, size=512) as cells:
        fitter = Fitter(cells, tap, tokenizer, 2, Known(file, "tiny"))
        kept = fitter.fit(long_prompt(tokenizer, 8), 40, NEVER)
        assert kept
        assert kept.by is By.WORDS
        assert kept.exact == len(kept.tokens) <= 512 - 40
    assert not file.exists()  # with more cells it may find heads


def test_a_prompt_without_evidence_is_refused_with_the_numbers(
    model: Path, tokenizer: Tokenizer
) -> None:
    tap, prompt = Tap(), tokenizer.prompt("Be brief.", "word " * 200)
    with opened(model, tap, size=256) as cells:
        fitter = Fitter(cells, tap, tokenizer, 2, Known(None, "tiny"))
        with pytest.raises(UsageError, match=f"{len(prompt)} tokens and the answer 40"):
            fitter.fit(prompt, 40, NEVER)


def test_the_engine_answers_from_evidence_longer_than_its_cells(
    model: Path, tokenizer: Tokenizer
) -> None:
    engine = Engine(model, LlmSettings(context=512, type_k="f16", type_v="f16"))
    try:
        short = tokenizer.prompt("Be brief.", "Hello")
        before = written(engine, short)
        assert before.chosen_by == ""
        long = written(engine, long_prompt(tokenizer, 8))
        assert long.chosen_by == By.WORDS
        assert long.tokens == 20
        assert written(engine, short).text == before.text
    finally:
        engine.close()


def written(engine: Engine, prompt: list[int]) -> Written:
    return engine.write(
        prompt, grammar="root ::= [a-z]{60}", limit=20, emit=lambda _text: None, cancelled=NEVER
    )


def test_a_cancelled_calibration_is_tried_again(
    model: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    tap, cancelled = Tap(), threading.Event()
    cancelled.set()
    with opened(model, tap, size=4096) as cells:
        fitter = Fitter(cells, tap, tokenizer, 2, Known(tmp_path / "heads.json", "tiny"))
        assert fitter.fit(long_prompt(tokenizer, 40), 40, cancelled) is None
        assert cells.tokens == []
    assert not (tmp_path / "heads.json").exists()
