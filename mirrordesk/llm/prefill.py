"""Brings the cells to a prompt.

What they hold of it already stays, what is cached comes back, and the rest is read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from mirrordesk.kv_files import Source
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.evidence_cache import EvidenceCache


@dataclass(frozen=True, slots=True)
class Cut:
    """Up to which token of a prompt a block goes, and of which moments the block tells."""

    end: int
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class _Block:
    first: int
    last: int
    key: str
    parent: str
    sources: tuple[Source, ...]  # also those of the blocks before it, which it has attended to


class Prefill:
    """Reads prompts into `cells`, by way of `cache` where there is one."""

    def __init__(self, cells: Cells, cache: EvidenceCache | None = None) -> None:
        self._cells, self._cache = cells, cache if cells.divides else None
        self._blocks: list[_Block] = []
        self._pace_s = 0.0  # for a token, of late

    def read(self, prompt: Sequence[int], cuts: Sequence[Cut], cancelled: threading.Event) -> bool:
        """Bring the cells to `prompt`; False: cancelled, with what was read until then.

        The last token is read in any case, as its logits are wanted.
        """
        self._cells.keep(common(self._cells.tokens, prompt[:-1]))
        if self._cache:
            self._blocks = _blocks(self._cache, prompt, cuts)
            self._restore(self._cache, prompt, cancelled)
        return self._read(prompt, cancelled)

    def store(self) -> None:
        """Put the blocks that were read since into the cache; the cells must not have been cut."""
        for block in self._blocks:
            held = block.last <= len(self._cells.tokens)
            if held and (cache := self._cache) and block.key not in cache:
                cache.put(
                    block.key,
                    self._cells.save(block.first, block.last),
                    cost_s=self._pace_s * (block.last - block.first),
                    sources=block.sources,
                    parent=block.parent,
                )

    def forget(self) -> None:
        """Empty the cells, and let the cache go of what was forgotten."""
        self._blocks = []
        self._cells.keep(0)
        if self._cache:
            self._cache.forget()

    def _restore(
        self, cache: EvidenceCache, prompt: Sequence[int], cancelled: threading.Event
    ) -> None:
        """Bring back the blocks that come next, as far as the cache has them."""
        for block in self._blocks:
            if block.last <= len(self._cells.tokens):
                continue
            state = cache.get(block.key)
            if state is None or cancelled.is_set():
                return
            if block.first < len(self._cells.tokens):
                self._cells.keep(block.first)
            if not self._cells.splice(state, prompt[block.first : block.last]):
                return

    def _read(self, prompt: Sequence[int], cancelled: threading.Event) -> bool:
        first, began = len(self._cells.tokens), time.perf_counter()
        done = self._cells.read(prompt[first:], cancelled)
        if more := len(self._cells.tokens) - first:
            self._pace_s = (time.perf_counter() - began) / more
        return done


def _blocks(cache: EvidenceCache, prompt: Sequence[int], cuts: Sequence[Cut]) -> list[_Block]:
    blocks: list[_Block] = []
    first, key = 0, ""
    sources: tuple[Source, ...] = ()
    for cut in cuts:
        sources = (*sources, *cut.sources)
        if first < cut.end < len(prompt):
            tokens = prompt[first : cut.end]
            parent, key = key, cache.key(tokens, key)
            blocks.append(_Block(first, cut.end, key, parent, sources))
            first = cut.end
    return blocks


def common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    length = min(len(one), len(other))
    return next((n for n in range(length) if one[n] != other[n]), length)
