"""A tiny real model, and llama.cpp in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk.worker import Worker
from tests.llm import tiny_gguf


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.make(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    log = tmp_path_factory.mktemp("host") / "llm.log"
    worker = Worker(["mirrordesk.llm.host"], name="language model", log=log)
    yield worker
    worker.close()
