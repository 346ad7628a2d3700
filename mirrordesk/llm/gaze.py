"""How much of a question's attention each token got that was read so far."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mirrordesk.llm.attention import Floats, Head, Heard, Tap, logits, own_logits, softmax

QUERIES = 32  # most tokens at the end of the question that are asked, as in SnapKV's window


class Readable(Protocol):
    """As much of `cells.Cells` as reading and leaving out takes."""

    @property
    def can_move(self) -> bool:
        """Whether spans can be taken out of the middle."""

    def read(self, tokens: Sequence[int], cancelled: threading.Event) -> bool:
        """Decode at the end; False: cancelled."""

    def keep(self, count: int) -> int:
        """Cut back to the first `count` tokens."""

    def drop(self, first: int, last: int) -> None:
        """Take out a span; what follows moves up."""


class Gaze:
    """The question's attention to what lies in some cells, by the given heads.

    A token is looked at when the question stands behind it for the first time, and the logits of
    that look are kept. So a token that moved up is weighed against new ones without its key being
    turned again: what the question thought of it counts, at the distance it was read at.

    `read` and `ask` raise UnseenError where the model does not show its attention.
    """

    def __init__(self, tap: Tap, heads: Sequence[Head]) -> None:
        self._tap = tap
        heads = sorted(heads)
        by_layer = groupby(heads, key=lambda head: head.layer)
        self._heads = {layer: [head.number for head in found] for layer, found in by_layer}
        self._queries = [head.queries for head in heads]
        self._new: list[dict[int, Floats]] = []  # keys of a layer, not looked at yet
        self._seen: Floats | None = None  # logits (heads, queries, tokens read)
        self._own: Floats | None = None  # logits (heads, queries, tokens of the question)

    def read(self, cells: Readable, tokens: Sequence[int], cancelled: threading.Event) -> bool:
        """Read what is to be looked at; False: cancelled, and this gaze is of no more use."""
        with self._tap.listening(self._heads) as heard:
            if not cells.read(tokens, cancelled):
                return False
        self._new.append({layer: heard.keys(layer, len(tokens)) for layer in self._heads})
        return True

    def ask(self, cells: Readable, question: Sequence[int], cancelled: threading.Event) -> bool:
        """Read the question and look at what is new; False: cancelled.

        The question then lies in the cells, for the caller to cut off.
        """
        with self._tap.listening(self._heads) as heard:
            if not cells.read(question, cancelled):
                return False
        looks = [self._look(heard, layer, len(question)) for layer in self._heads]
        seen, own = (np.concatenate(parts) for parts in zip(*looks, strict=True))
        self._seen = seen if self._seen is None else np.concatenate([self._seen, seen], axis=2)
        self._own, self._new = own, []
        return True

    def mass(self) -> Floats:
        """The attention to each token read, (tokens,), of one question token and head on average.

        True softmax shares, of which the question's own tokens have their part, too.
        """
        mass: Floats = self.by_head().mean(axis=0)
        return mass

    def by_head(self) -> Floats:
        """The same for each head by itself, (heads, tokens), in the order of `sorted(heads)`."""
        if self._seen is None or self._own is None:
            raise ValueError("nothing was asked yet")
        shares = softmax(np.concatenate([self._seen, self._own], axis=2))
        read = shares[:, :, : self._seen.shape[2]]
        pairs = zip(read, self._queries, strict=True)
        return np.stack([rows[-count:].mean(axis=0) for rows, count in pairs])

    def forget(self, kept: npt.NDArray[np.bool_]) -> None:
        """Go on with the tokens of this mask, (tokens,)."""
        if self._seen is not None:
            self._seen = self._seen[:, :, kept]

    def _look(self, heard: Heard, layer: int, count: int) -> tuple[Floats, Floats]:
        """The logits of what is new and of the question itself, which sees no later token."""
        numbers = self._heads[layer]
        queries, own = heard.queries(layer, count)[-QUERIES:], heard.keys(layer, count)
        new = np.concatenate([keys[layer] for keys in self._new])
        return logits(queries, new)[numbers], own_logits(queries, own)[numbers]
