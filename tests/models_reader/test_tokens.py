"""One tokenizer in two places: what training saw is what llama.cpp makes of the same text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.config import LlmSettings
from mirrordesk.llm.engine import Engine
from mirrordesk.llm.prompt import SYSTEM
from models.micro.reader import gguf_file
from models.micro.reader.evaluate import FILES, prompt
from models.micro.reader.memories import memory
from models.micro.reader.model import Model, Shape
from models.micro.reader.packing import Guide, Packer, collate

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@pytest.fixture(scope="module")
def bare(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An untrained model with the tokenizer of training."""
    path = tmp_path_factory.mktemp("bare") / "bare.gguf"
    shape = Shape(tokenizer.get_vocab_size(), layers=1, width=64, heads=1, kv_heads=1)
    gguf_file.write(Model(shape), tokenizer, path)
    engine = Engine(path, LlmSettings(model=str(path), type_k="f16", type_v="f16"))
    yield engine
    engine.close()


@settings(deadline=None, max_examples=300)
@given(text=st.text() | st.text('{}[]":,.\\n E0123456789-ab\n'))
def test_llama_cpp_cuts_any_text_as_training_does(
    bare: Engine, tokenizer: Tokenizer, text: str
) -> None:
    assert bare.tokenizer.plain(text) == tokenizer.encode(text).ids


def test_the_committed_file_has_the_tokenizer_of_training(tokenizer: Tokenizer) -> None:
    engine = Engine(FILES[0], LlmSettings(model=str(FILES[0])))
    chance = random.Random(7)
    for _ in range(20):
        made = memory(chance, 8, 4)
        for text in [item.line() for item in made.evidence] + [one.question for one in made.asked]:
            assert engine.tokenizer.plain(text) == tokenizer.encode(text).ids
    engine.close()


def test_the_rules_take_few_tokens(tokenizer: Tokenizer) -> None:
    """They stand before every question. Other rules need another training."""
    assert len(tokenizer.encode(SYSTEM).ids) < 40


def test_a_row_is_the_prompt_of_the_product_and_the_answer(
    bare: Engine, tokenizer: Tokenizer
) -> None:
    chance = random.Random(4)
    packer = Packer(tokenizer)
    for mark in range(10):
        made = memory(chance, chance.randint(2, 20), 4)
        row = packer.row(made, random.Random(mark))
        for part, asked in enumerate(made.asked, start=1):
            shown = [t for t, own in zip(row.tokens, row.parts, strict=True) if own in (0, part)]
            wanted = prompt(bare, made, asked, mark)
            assert shown[: len(wanted)] == wanted
            said = b"".join(bare.tokenizer.bytes_of(t) for t in shown[len(wanted) :])
            assert said.decode() == asked.answer
            assert bare.tokenizer.is_end(shown[-1])


def test_guides_lead_to_what_is_copied(tokenizer: Tokenizer) -> None:
    row = Packer(tokenizer).row(memory(random.Random(5), 8, 12), random.Random(5))
    assert row.guides[Guide.COPIED]
    assert row.guides[Guide.CITED]
    for at, to in row.guides[Guide.COPIED]:
        assert row.tokens[at + 1] == row.tokens[to]
    for guide in Guide:
        assert all(to <= at for at, to in row.guides[guide])


def test_no_question_sees_another(tokenizer: Tokenizer) -> None:
    packer, chance = Packer(tokenizer), random.Random(6)
    rows = [packer.row(memory(chance, lines, 3), chance) for lines in (2, 5)]
    batch = collate(rows)
    for n, row in enumerate(rows):
        parts = row.spread(row.parts, batch.memory, -1)
        for at in range(batch.memory, len(parts)):
            seen = {parts[to] for to in (batch.mask[n, 0, at - batch.memory] == 0).nonzero()}
            assert seen == {0, parts[at]}
