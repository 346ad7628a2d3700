"""Keeps the tables fit for search: compacted, indexed, and with the words of whole episodes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pyarrow.compute as pc

from mirrordesk.memory import schema
from mirrordesk.memory.episode_words import EpisodeWords
from mirrordesk.memory.episodes import EpisodeBook
from mirrordesk.memory.spaces import Spaces
from mirrordesk.memory.table import Table
from mirrordesk.memory.tables import Tables

MOST_FRAGMENTS = 64  # of a table before it is compacted
MOST_UNINDEXED = 256  # rows of a table that search may read one by one, and …
UNINDEXED_SHARE = 50  # … one in so many of all: compacting rewrites them all
INDEXED_FROM = 20_000  # rows; fewer are looked through, and their vectors compared, one by one
OUTGROWN = 2  # times the vectors that cells were found for: a search would compare too many
_CELLS = "cells:"  # and a table of vectors: the note that says for how many its cells were found
_AT_ONCE = 4  # episodes that are settled in one step
_REST_S = 60.0  # between two looks for more of them


class Upkeep:
    """Work that nobody waits for. `writing` holds the profile's write lock."""

    def __init__(self, tables: Tables, writing: Callable[[], AbstractContextManager[None]]) -> None:
        self._tables = tables
        self._writing = writing
        self._moments = tables[schema.MOMENTS]
        self._episodes = EpisodeBook(tables)
        self._words = EpisodeWords(tables)
        self._settled = -1  # the version of the moments whose episodes are all settled
        self._look_at_s = 0.0  # on the monotonic clock

    def maintain(self) -> None:
        """Compact what has gathered many small pieces, index what is large. Cheap otherwise."""
        for name in self._tables.names():
            if self._is_slow(self._tables[name]):
                with self._writing():
                    self._tables[name].compact()
        if _is_to_be_indexed(self._moments, schema.KEY):
            with self._writing():
                self._moments.index_keys()
        for table in Spaces(self._tables).each():
            if _is_to_be_indexed(table, schema.VECTOR) or self._is_outgrown(table):
                with self._writing():
                    table.index_vectors()
                    self._tables.note(_CELLS + table.name, str(table.count()))

    def _is_slow(self, table: Table) -> bool:
        if table.name != schema.MOMENTS and table.fragments() > MOST_FRAGMENTS:
            return True
        return table.unindexed() > max(MOST_UNINDEXED, table.count() // UNINDEXED_SHARE)

    def _is_outgrown(self, table: Table) -> bool:
        """Whether an index of vectors has too few cells for what it holds by now."""
        count, name = table.count(), _CELLS + table.name
        if count < INDEXED_FROM:
            return False
        return count >= OUTGROWN * int(self._tables.meta(name).get(name, "0"))

    def settle_episodes(self) -> int:
        """Index the words of some episodes that are over; how many, 0 where all are."""
        version = self._moments.version()
        if version == self._settled or time.monotonic() < self._look_at_s:
            return 0
        times = self._moments.rows((schema.START,))[schema.START]
        newest_ns = pc.max(times).as_py() if len(times) else 0
        with self._writing():
            extents = self._episodes.extents()
            waiting = self._words.unsettled(extents, newest_ns)[:_AT_ONCE]
            self._words.put(list(self._episodes.get(waiting).values()))
            self._words.keep_only(extents.keys())
        if not waiting:
            self._settled, self._look_at_s = version, time.monotonic() + _REST_S
        return len(waiting)


def _is_to_be_indexed(table: Table, column: str) -> bool:
    return table.count() >= INDEXED_FROM and not table.is_indexed(column)
