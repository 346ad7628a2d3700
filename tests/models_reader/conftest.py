"""The tokenizer as training makes it, and the committed model in llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from mirrordesk.config import LlmSettings
from mirrordesk.llm.engine import Engine
from models.micro.reader import train
from models.micro.reader.evaluate import FILES

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return train.tokenizer()


@pytest.fixture(scope="session", params=FILES, ids=lambda path: path.stem)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = Engine(request.param, LlmSettings(model=str(request.param)))
    yield engine
    engine.close()
