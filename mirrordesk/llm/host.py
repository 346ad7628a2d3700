"""The language model's process: `python -m mirrordesk.llm.host`, serving over its pipes.

load(path, settings)                    -> Loaded
count(texts)                            -> tokens of each text
measure(system, user)                   -> tokens of the whole prompt
generate(system, user, grammar, limit)  -> pieces of text as events, then Written
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mirrordesk import weights
from mirrordesk.config import LlmSettings
from mirrordesk.errors import WorkerError
from mirrordesk.llm.engine import Engine, Written
from mirrordesk.records import from_json, to_json
from mirrordesk.worker import Emit, Handler, Server

_LOOK_EVERY_S = 0.1  # while waiting for the model, for whether the caller has cancelled


class Host:
    """Holds the one engine. Calls take turns, since a context can do one thing at a time."""

    def __init__(self, open_engine: Callable[[Path, LlmSettings], Engine] = Engine) -> None:
        self._open_engine = open_engine
        self._engine: Engine | None = None
        self._key: Any = None
        self._turn = threading.Lock()

    def handlers(self) -> dict[str, Handler]:
        """What the process answers."""
        return {
            "load": self._load,
            "count": self._count,
            "measure": self._measure,
            "generate": self._generate,
        }

    def _load(self, params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
        """Load the model unless that very file is loaded with these settings."""
        path, settings = Path(params["path"]), from_json(LlmSettings, params["settings"])
        key = (path, weights.stamp(str(path)), settings)
        with self._turn:
            if self._engine is None or self._key != key:
                self._drop()
                self._engine, self._key = self._open_engine(path, settings), key
            return to_json(self._engine.loaded)

    def _drop(self) -> None:
        """Free the old model first: memory may not hold two."""
        if self._engine:
            self._engine.close()
        self._engine = self._key = None

    def _count(self, params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
        with self._turn:
            return [self._ready().tokenizer.count(text) for text in params["texts"]]

    def _measure(self, params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
        with self._turn:
            return len(self._ready().tokenizer.prompt(params["system"], params["user"]))

    def _generate(self, params: dict[str, Any], emit: Emit, cancelled: threading.Event) -> Any:
        while not self._turn.acquire(timeout=_LOOK_EVERY_S):
            if cancelled.is_set():
                return to_json(Written("", 0, 0, False, 0.0, 0.0))
        try:
            engine = self._ready()
            written = engine.write(
                engine.tokenizer.prompt(params["system"], params["user"]),
                grammar=params["grammar"],
                limit=params["limit"],
                emit=emit,
                cancelled=cancelled,
            )
        finally:
            self._turn.release()
        return to_json(written)

    def _ready(self) -> Engine:
        if self._engine is None:
            raise WorkerError("No language model is loaded.")
        return self._engine


if __name__ == "__main__":
    Server(Host().handlers()).run()
