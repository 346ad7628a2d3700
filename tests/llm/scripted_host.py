"""The language model's process with the tiny real model, except that it writes what a script says.

The script stands beside the model, `model.gguf` and `model.txt`. `{stall}` in it waits to be
cancelled, `{die}` ends the process.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from mirrordesk.config import LlmSettings
from mirrordesk.llm.engine import Engine, Written
from mirrordesk.llm.host import Host
from mirrordesk.worker import Server


class ScriptedEngine(Engine):
    """Everything real but the words. What it was asked is kept beside the script."""

    def __init__(self, path: Path, settings: LlmSettings) -> None:
        super().__init__(path, settings)
        self._path = path

    def write(
        self,
        prompt: Sequence[int],
        *,
        grammar: str,
        limit: int,
        emit: Callable[[str], None],
        cancelled: threading.Event,
        cuts: Sequence[object] = (),
    ) -> Written:
        asked = self.tokenizer.spelled_out(prompt)
        self._path.with_suffix(".asked").write_text(asked, encoding="utf-8")
        text = ""
        for piece in re.findall(
            r"\{\w+\}|\s*[^\s{]+|\s+", self._path.with_suffix(".txt").read_text()
        ):
            if piece == "{die}":
                os._exit(9)
            if piece == "{stall}":
                cancelled.wait()
                break
            text += piece
            emit(piece)
        return Written(text, len(text.split()), len(prompt), not cancelled.is_set(), 0.1, 0.2)


if __name__ == "__main__":
    Server(Host(ScriptedEngine).handlers()).run()
