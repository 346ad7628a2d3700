"""Makes prompts that are too long fit the cells, by the heads that the model turns out to have."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mirrordesk.errors import UsageError
from mirrordesk.llm.attention import Head, Tap
from mirrordesk.llm.calibration import calibrate, remembered, usual_lesson
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.eviction import Kept, Room, fit
from mirrordesk.llm.sentences import cut
from mirrordesk.llm.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Known:
    """Where it is noted which heads a model has (None: nowhere), and the model's name there."""

    file: Path | None
    model: str


class Fitter:
    """Fits prompts into `cells`, into which `tap` listens, of a model of so many `layers`.

    What it finds out about the model it finds out when it is needed first.
    """

    def __init__(
        self, cells: Cells, tap: Tap, tokenizer: Tokenizer, layers: int, known: Known
    ) -> None:
        self._cells, self._tap, self._tokenizer = cells, tap, tokenizer
        self._layers, self._known = layers, known
        self._heads: tuple[Head, ...] | None = None

    def fit(self, prompt: Sequence[int], limit: int, cancelled: threading.Event) -> Kept | None:
        """`prompt` so that it and an answer of `limit` tokens have room; None: cancelled.

        See `eviction.fit`. Raises UsageError where there is no evidence in it to leave out.
        """
        parts = cut(prompt, self._tokenizer.bytes_of)
        if not parts.lines:
            raise UsageError(
                f"The question and its evidence take {len(prompt)} tokens and the answer {limit}; "
                f"the model has room for {self._cells.size} (setting llm.context)."
            )
        if self._heads is None:
            self._heads = self._found(cancelled)
        if self._heads is None:
            return None
        room = Room(self._cells.size, limit)
        return fit(parts, room, self._cells, self._tap, self._heads, cancelled)

    def _found(self, cancelled: threading.Event) -> tuple[Head, ...] | None:
        """The heads to follow; None: cancelled."""
        taught = usual_lesson(self._tokenizer)
        if not self._cells.can_move or taught.length > self._cells.size:
            return ()

        def find() -> tuple[Head, ...] | None:
            return calibrate(self._cells, self._tap, self._layers, taught, cancelled)

        file = self._known.file
        return remembered(file, self._known.model, find) if file else find()
