"""The recall model, made for the tests and loaded by the product's engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk.config import LlmSettings
from mirrordesk.llm.engine import Engine
from models.micro.recall import build


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recall") / build.NAME
    build.build(path)
    return path


@pytest.fixture(scope="session")
def engine(model: Path) -> Iterator[Engine]:
    engine = Engine(model, LlmSettings(context=1280, type_k="f16", type_v="f16"))
    yield engine
    engine.close()
