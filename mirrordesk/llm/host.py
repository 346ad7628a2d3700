"""The language model's process: `python -m mirrordesk.llm.host`, serving over its pipes.

load(path, settings)                    -> Loaded
count(texts)                            -> tokens of each text
measure(system, user)                   -> tokens of the whole prompt
generate(system, user, grammar, limit, blocks)
                                        -> pieces of text as events, then Written

`blocks` are what `user` begins with, piece by piece, each with the moments that it tells of:
{"text", "sources"}. What was computed of them is kept for the next question that begins so, in the
profile that `--profile DIR` names, or in memory alone. What stands in no block is not kept.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mirrordesk import durable, weights
from mirrordesk.config import LlmSettings
from mirrordesk.errors import WorkerError
from mirrordesk.kv_files import Source
from mirrordesk.llm import gguf
from mirrordesk.llm.engine import Engine, Written
from mirrordesk.llm.prefill import Cut
from mirrordesk.paths import Profile
from mirrordesk.wire import from_json, to_json
from mirrordesk.worker import Emit, Handler, Server

_LOOK_EVERY_S = 0.1  # while waiting for the model, for whether the caller has cancelled
_TIDY_EVERY_S = 1.0


class Host:
    """Holds the one engine. Calls take turns, since a context can do one thing at a time.

    In `profile` a forgetting is noticed, whoever carries it out.
    """

    def __init__(
        self,
        open_engine: Callable[[Path, LlmSettings], Engine] = Engine,
        profile: Profile | None = None,
    ) -> None:
        self._open_engine = open_engine
        self._profile = profile
        self._forgotten = self._forgettings()
        self._engine: Engine | None = None
        self._key: Any = None
        self._turn = threading.Lock()

    def tidy(self) -> None:
        """Tidy up once a second, until the process ends."""
        while True:
            time.sleep(_TIDY_EVERY_S)
            self.tidy_once()

    def tidy_once(self) -> None:
        """Let go of what was forgotten, and write what was computed."""
        with self._turn:
            self._forget()
            cache = self._engine.cache if self._engine else None
        if cache:
            cache.save()

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
            self._forget()
            written = _write(self._ready(), params, emit, cancelled)
        finally:
            self._turn.release()
        return to_json(written)

    def _forget(self) -> None:
        """Have the engine forget where anything was forgotten since."""
        if (now := self._forgettings()) != self._forgotten and self._engine:
            self._engine.forget()
        self._forgotten = now

    def _forgettings(self) -> durable.Stamp | None:
        return durable.stamp(self._profile.forgotten) if self._profile else None

    def _ready(self) -> Engine:
        if self._engine is None:
            raise WorkerError("No language model is loaded.")
        return self._engine


def _write(
    engine: Engine, params: dict[str, Any], emit: Emit, cancelled: threading.Event
) -> Written:
    system, user, blocks = params["system"], params["user"], params.get("blocks", [])
    texts = [block["text"] for block in blocks]
    if not user.startswith("".join(texts)):
        raise WorkerError("The blocks of the prompt are not what it begins with.")
    sizes = [len(text.encode(errors="replace")) for text in texts]
    prompt, ends = engine.tokenizer.cut_prompt(system, user, [*itertools.accumulate(sizes)])
    return engine.write(
        prompt,
        grammar=params["grammar"],
        limit=params["limit"],
        emit=emit,
        cancelled=cancelled,
        cuts=[
            Cut(end, tuple(from_json(Source, source) for source in block["sources"]))
            for end, block in zip(ends, blocks, strict=False)  # none where they cannot be told
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the parent closes the pipe."""
    parser = argparse.ArgumentParser(prog="mirrordesk.llm.host")
    parser.add_argument("--profile", type=Path)
    root = parser.parse_args(arguments).profile
    profile = Profile(root) if root else None
    gguf.keep_quiet()
    host = Host(functools.partial(Engine, profile=profile), profile)
    threading.Thread(target=host.tidy, name="tidy", daemon=True).start()
    Server(host.handlers()).run()


if __name__ == "__main__":
    main()
