"""The language model's process with a real model, except that it writes what a script says.

The script stands beside the model, `model.gguf` and `model.txt`; without one the model writes for
itself. `{stall}` in it waits to be cancelled, `{die}` ends the process. What the model was asked is
kept in `model.asked`, and where that was longer than its cells, what these hold of it.
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
from mirrordesk.llm.prefill import Cut
from mirrordesk.worker import Server


class ScriptedEngine(Engine):
    """Everything real but the words."""

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
        cuts: Sequence[Cut] = (),
    ) -> Written:
        script = self._path.with_suffix(".txt")
        self._note(prompt)
        if not script.exists():
            return super().write(
                prompt, grammar=grammar, limit=limit, emit=emit, cancelled=cancelled, cuts=cuts
            )
        if len(prompt) + limit > self.cells.size:
            self._read(prompt, cuts, limit, cancelled)
        text = _said(script.read_text(), emit, cancelled)
        kept = self._kept
        return Written(
            text=text,
            tokens=len(text.split()),
            prompt_tokens=len(prompt),
            finished=not cancelled.is_set(),
            first_token_s=0.1,
            total_s=0.2,
            chosen_by=str(kept.by) if kept else "",
            ids=kept.ids if kept else (),
        )

    def _read(
        self, prompt: Sequence[int], cuts: Sequence[Cut], limit: int, cancelled: threading.Event
    ) -> bool:
        done = super()._read(prompt, cuts, limit, cancelled)
        self._note(self.cells.tokens)
        return done

    def _note(self, tokens: Sequence[int]) -> None:
        asked = self.tokenizer.spelled_out(tokens)
        self._path.with_suffix(".asked").write_text(asked, encoding="utf-8")


def _said(script: str, emit: Callable[[str], None], cancelled: threading.Event) -> str:
    text = ""
    for piece in re.findall(r"\{\w+\}|\s*[^\s{]+|\s+", script):
        if piece == "{die}":
            os._exit(9)
        if piece == "{stall}":
            cancelled.wait()
            break
        text += piece
        emit(piece)
    return text


if __name__ == "__main__":
    Server(Host(ScriptedEngine).handlers()).run()
