"""The recall model: its tokens lie where its circuit looks, and it recalls."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mirrordesk.config import LlmSettings
from mirrordesk.llm.engine import Engine
from models.micro.recall import build, circuit, evaluate, facts, words
from models.micro.recall.facts import Memory

TOKENS = 900


@pytest.fixture(scope="module")
def memory(engine: Engine) -> Memory:
    return facts.memory(random.Random(1), TOKENS, 8, engine.tokenizer.count)


def margins(model: Path, memory: Memory, kind: str) -> NDArray[np.float64]:
    engine = Engine(model, LlmSettings(context=1280, type_k=kind, type_v=kind))
    try:
        return evaluate.margins(engine, memory)
    finally:
        engine.close()


def held(memory: Memory) -> dict[str, str]:
    """What each name holds, by the texts."""
    found = {}
    for item in memory.evidence:
        before, _, behind = item.text.partition(" holds ")
        found[before.rpartition(" ")[2]] = behind.partition(".")[0]
    return found


def test_every_word_of_the_suite_is_one_token(engine: Engine) -> None:
    counts = {engine.tokenizer.count(f" {word}") for word in (*words.NAMES, *words.THINGS)}
    assert counts == {1}


def test_the_name_stands_where_the_first_layer_looks(engine: Engine, memory: Memory) -> None:
    asked = memory.asked[0]
    prompt = evaluate.prompt(engine, memory, asked.question)
    (name,) = engine.tokenizer.plain(f" {asked.question.split()[-2]}")
    (thing,) = engine.tokenizer.plain(f" {asked.answer}")
    assert prompt[-1 - circuit.QUESTION_BACK] == name
    fact = engine.tokenizer.plain(asked.fact)
    assert fact[fact.index(thing) - circuit.FACT_BACK] == name


def test_facts_are_recalled(engine: Engine, memory: Memory) -> None:
    assert np.mean(evaluate.margins(engine, memory) > 0) >= 0.75


def test_a_coarser_cache_moves_the_margins_more(model: Path, memory: Memory) -> None:
    exact = margins(model, memory, "f16")
    fine, coarse = (
        np.sqrt(np.mean((margins(model, memory, kind) - exact) ** 2)) for kind in ("q8_0", "q4_0")
    )
    assert 0 < fine < coarse


def test_the_model_is_the_same_whenever_it_is_made(model: Path, tmp_path: Path) -> None:
    build.build(tmp_path / build.NAME)
    assert (tmp_path / build.NAME).read_bytes() == model.read_bytes()
    assert model.stat().st_size <= 5_000_000


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32), tokens=st.integers(400, 3000))
def test_a_memory_fits_and_no_name_holds_two_things(seed: int, tokens: int) -> None:
    def count(text: str) -> int:
        return len(text) // 4

    made = facts.memory(random.Random(seed), tokens, 2, count)
    assert sum(count(f"{item.line()}\n") for item in made.evidence) <= tokens
    by_name = held(made)
    assert len(by_name) == len(made.evidence)
    assert all(by_name[asked.question.split()[-2]] == asked.answer for asked in made.asked)


def test_what_follows_shared_lines_is_asked_about_alone(engine: Engine, memory: Memory) -> None:
    shared, count = memory.evidence[:5], engine.tokenizer.count
    kin = facts.memory(random.Random(2), TOKENS, 3, count, after=shared)
    assert kin.evidence[:5] == shared
    assert len(held(kin)) == len(kin.evidence)
    assert not {asked.fact for asked in kin.asked} & {item.text for item in shared}
    starts = [item.start_ns for item in kin.evidence]
    assert starts == sorted(starts)


def test_of_few_facts_each_is_asked_for_once(engine: Engine) -> None:
    made = facts.memory(random.Random(1), 300, 50, engine.tokenizer.count)
    assert 0 < len({asked.fact for asked in made.asked}) == len(made.asked) == len(made.evidence)


def rows() -> Any:
    path = evaluate.HERE / "evaluation.json"
    return json.loads(path.read_text(encoding="utf-8"))["rows"]


def test_the_card_tells_the_figures_of_the_evaluation() -> None:
    card = (evaluate.HERE / "README.md").read_text(encoding="utf-8")
    for row in rows():
        assert f"{100 * row['right']:.1f} %" in card
        assert f"{row['moved']:.2f}" in card
