"""The tokenizer as training makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.micro.reader import train

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return train.tokenizer()
