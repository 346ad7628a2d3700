"""Training makes a file that llama.cpp loads, in three precisions, and can be put aside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from mirrordesk.config import LlmSettings
from mirrordesk.llm.engine import Engine
from models.micro.reader import gguf_file, train

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def test_two_steps_of_training_make_a_file_that_loads(tokenizer: Tokenizer, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    trainer = train.Trainer(tokenizer, (train.Phase((train.Stage(2, (2, 2), 3, 500),)),))
    assert len(list(trainer.run())) == 2
    path = tmp_path / "two-steps.gguf"
    gguf_file.write(trainer.model, trainer.words, path)
    for file in (path, *(gguf_file.quantise(path, kind) for kind in gguf_file.QUANTISED)):
        Engine(file, LlmSettings(model=str(file))).close()


def test_a_training_put_aside_goes_on_where_it_was(tokenizer: Tokenizer, tmp_path: Path) -> None:
    later = train.Phase((train.Stage(1, (2, 2), 3, 500, brief=0.2, highest=44),), rate=0.5)
    phases = (train.Phase((train.Stage(1, (2, 2), 3, 500),)), later)
    whole = train.Trainer(tokenizer, phases)
    figures = list(whole.run())
    half = train.Trainer(tokenizer, phases)
    next(half.run())
    half.save(tmp_path / "state.pt")
    rest = train.Trainer(tokenizer, phases)
    rest.resume(tmp_path / "state.pt")
    assert next(rest.run())["loss"] == pytest.approx(figures[1]["loss"], rel=1e-3)
