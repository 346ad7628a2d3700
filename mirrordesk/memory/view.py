"""A table as it was at one version, whose rows are told apart by where they lie.

Finding out keys costs more than finding rows: recall asks for the places of rows, of several tables
at once, and reads only of the few that it shows what they hold. A place (LanceDB's row id) means
nothing in any other version.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mirrordesk.errors import StoreError
from mirrordesk.memory import cells, schema
from mirrordesk.memory.seam import Gone, refused
from mirrordesk.seal.broken import Broken
from mirrordesk.seal.keys import Keys
from mirrordesk.seal.seal import Seal

PROBES = 32  # cells of the index over vectors that a search looks into
ROW = "_rowid"

Rows = npt.NDArray[np.uint64]  # (n,)


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rows with a score each, (n,) both, the best first."""

    rows: Rows
    scores: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)


Result = TypeVar("Result")


class View:
    """Every method raises Gone where the version was cleaned away, else StoreError."""

    def __init__(self, connection: Any, name: str, folder: Path, keys: Keys | None) -> None:
        self.name = name
        self._folder = folder
        self._keys = keys
        self._table, self.version, stored = _run(self._opened(connection))
        key = cells.sealed_by(stored)
        self._seal = self._found(key) if keys and key else None

    async def _opened(self, connection: Any) -> tuple[Any, int, pa.Schema]:
        try:
            table = await connection.open_table(self.name)  # stays at this version
            return table, int(await table.version()), await table.schema()
        except (RuntimeError, ValueError, OSError) as error:
            raise refused(error, self._folder) from error

    def _found(self, key: bytes) -> Seal:
        assert self._keys is not None
        try:
            return self._keys.find(key)
        except Broken as error:  # sealed anew meanwhile, and the former key is gone
            raise Gone(f"The table {self.name} was sealed with another key.") from error

    def mark(self, column: str) -> str:
        """The column to read for what only has to be told apart; `column` is of `schema.MARKED`."""
        return cells.mark(column) if self._seal else column

    def all(self, columns: Sequence[str], where: str | None = None) -> pa.Table:
        """These columns, which are not sealed, and `ROW` of the rows that pass the filter."""
        query = self._table.query().select(list(columns)).with_row_id()
        found: pa.Table = _run(self._arrow(query if where is None else query.where(where)))
        return found

    async def taken(self, rows: Mapping[int, str], columns: Sequence[str]) -> list[dict[str, Any]]:
        """These columns, and the key, of rows whose keys are known, in no particular order."""
        if not rows:
            return []
        query = self._table.take_row_ids(list(rows)).select(list(columns)).with_row_id()
        found = await self._arrow(query)
        keys = pa.array([rows[row] for row in found[ROW].to_pylist()], pa.string())
        # cells are bound to their row's key
        return self._clear(found.drop_columns([ROW]).append_column(schema.KEY, keys))

    async def match(self, words: Sequence[str], limit: int, where: str | None = None) -> Ranked:
        """BM25 of the best rows that hold any of the terms `words`."""
        from lancedb.query import MatchQuery

        if not words:
            return _NONE
        asked = cells.hashed(words, self._seal) if self._seal else " ".join(words)
        query = self._table.query().nearest_to_text(MatchQuery(asked, schema.TERMS))
        found = await self._scored(query, "_score", limit, where)
        return Ranked(_numbers(found[ROW], np.uint64), _numbers(found["_score"], np.float64))

    async def nearest(
        self, vector: Sequence[float], limit: int, where: str | None = None
    ) -> Ranked:
        """Cosine similarity of the rows whose vector is nearest; exact where no index is."""
        distance = "_distance"  # 1 - cosine; null for a vector that is not there
        asked = np.asarray([vector], np.float32)
        turned = (self._seal.turned(asked) if self._seal else asked)[0].tolist()
        near = self._table.query().nearest_to(turned).column(schema.VECTOR)
        query = near.nprobes(PROBES).distance_type("cosine")
        found = (await self._scored(query, distance, limit, where)).drop_null()
        return Ranked(_numbers(found[ROW], np.uint64), 1.0 - _numbers(found[distance], np.float64))

    async def _scored(self, query: Any, score: str, limit: int, where: str | None) -> pa.Table:
        chosen = query.select([score]).with_row_id().limit(limit)
        return await self._arrow(chosen if where is None else chosen.where(where))

    async def _arrow(self, query: Any) -> pa.Table:
        try:
            found: pa.Table = await query.to_arrow()
        except (RuntimeError, ValueError, OSError) as error:
            raise refused(error, self._folder) from error
        return found

    def _clear(self, found: pa.Table) -> list[dict[str, Any]]:
        if self._seal is None or self._keys is None:
            told: list[dict[str, Any]] = found.to_pylist()
            return told
        try:
            return cells.clear_list(self.name, found, self._keys.find)
        except Broken as error:
            raise StoreError(f"The table {self.name} does not hold what was sealed.") from error


def connected(folder: Path, session: Any) -> Any:
    """LanceDB's connection for views: a table that is opened stays as it then was."""
    import lancedb

    return _run(lancedb.connect_async(folder, session=session))


def together(*asking: Coroutine[Any, Any, Result]) -> list[Result]:
    """The answers to questions that several views are asked at once, in their order."""
    found: list[Result] = _run(_all(asking))
    return found


async def _all(asking: Sequence[Coroutine[Any, Any, Result]]) -> list[Result]:
    import asyncio

    return await asyncio.gather(*asking)


def _run(asking: Coroutine[Any, Any, Any]) -> Any:
    """Wait for what is asked, on the loop that LanceDB keeps for callers that wait."""
    from lancedb.background_loop import LOOP

    return LOOP.run(asking)


def _numbers(column: pa.ChunkedArray, kind: type[np.generic]) -> Any:
    return column.to_numpy().astype(kind)


_NONE = Ranked(np.zeros(0, np.uint64), np.zeros(0))
