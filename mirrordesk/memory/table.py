"""One table of LanceDB. No module but this, `view.py` and `tables.py` imports that.

Whoever uses it speaks clear text: rows are sealed here on their way in, and opened on their way
out (`cells.py`). Readers always see what other processes have written. What is written is on the
disk when a call returns; what goes wrong is StoreError or DiskFull, in one sentence.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from mirrordesk.errors import StoreError
from mirrordesk.memory import cells, layout, schema
from mirrordesk.memory.newest import Newest
from mirrordesk.memory.seam import is_missing, mapped, synced, translated
from mirrordesk.memory.view import PROBES
from mirrordesk.seal.broken import Broken
from mirrordesk.seal.keys import Keys
from mirrordesk.seal.ring import Ring
from mirrordesk.seal.seal import Seal

ATTEMPTS = 5  # at a write another process got ahead of, at a read of what was cleaned away
ROUNDS = 10  # of k-means in which the cells are found
KEEP_VERSIONS = timedelta(minutes=10)  # far longer than any read takes
_ABSENT = "null"  # LanceDB takes a vector that is not there yet for a bad one
_BATCH = 1024  # rows held in memory while a table is rewritten

Result = TypeVar("Result")


class Table:
    """One table of the store, always at its newest version.

    Its rows are sealed where it was made with `keys`; they are clear in a table of before.
    """

    def __init__(self, connection: Any, name: str, folder: Path, keys: Keys | None = None) -> None:
        self.name = name
        self._connection = connection
        self._folder = folder
        self._keys = keys
        self._newest = Newest(folder / f"{name}.lance")
        self._sealed: tuple[Ring, Seal | None] | None = None  # of which ring, and the table's own
        with mapped(folder):
            self._table = connection.open_table(name)

    def version(self) -> int:
        """A number that changes with every write."""
        return self._newest.number(lambda: self._read(lambda table: int(table.version)))

    def columns(self) -> list[str]:
        """The names of its columns."""
        return self._read(lambda table: list(table.schema.names))

    def count(self, where: str | None = None) -> int:
        """How many rows pass the filter."""
        return self._read(lambda table: int(table.count_rows(where)))

    def rows(self, columns: Sequence[str], where: str | None = None) -> pa.Table:
        """These columns of the rows that pass the filter, in no particular order."""
        wanted = list(dict.fromkeys((*columns, schema.KEY)))  # cells are bound to their row's key

        def read(table: Any, seal: Seal | None) -> pa.Table:
            found = _query(table.search(), wanted if seal else columns, where).to_arrow()
            return self._clear(found, seal).select(list(columns)) if seal else found

        return self._read_sealed(read)

    def having(self, column: str, value: str) -> str:
        """Filter: rows whose `column`, one of `schema.MARKED`, is exactly `value`."""
        if seal := self._seal():
            return f"{cells.mark(column)} = '{seal.mark(value)}'"
        quoted = value.replace("'", "''")
        return f"{column} = '{quoted}'"

    def match(self, words: Sequence[str], limit: int, where: str | None = None) -> dict[str, float]:
        """BM25 by key, of the best rows that hold any of the terms `words`."""
        from lancedb.query import MatchQuery

        score = "_score"

        def read(table: Any, seal: Seal | None) -> pa.Table:
            asked = cells.hashed(words, seal) if seal else " ".join(words)
            query = table.search(MatchQuery(asked, schema.TERMS))
            return _query(query, (schema.KEY, score), where).limit(limit).to_arrow()

        found = self._read_sealed(read)
        return dict(zip(found[schema.KEY].to_pylist(), found[score].to_pylist(), strict=True))

    def nearest(
        self, vector: Sequence[float], limit: int, where: str | None = None
    ) -> dict[str, float]:
        """Cosine similarity by key, of the rows whose vector is nearest.

        Exact where no index is (`index_vectors`); with one, a few of the nearest may be missed.
        """
        distance = "_distance"  # 1 - cosine; null for a vector that is not there

        def read(table: Any, seal: Seal | None) -> pa.Table:
            asked = seal.turned(np.asarray([vector], np.float32))[0].tolist() if seal else vector
            query = table.search(asked, vector_column_name=schema.VECTOR)
            chosen = _query(query, (schema.KEY, distance), where).nprobes(PROBES)
            return chosen.distance_type("cosine").limit(limit).to_arrow()

        found = self._read_sealed(read)
        pairs = zip(found[schema.KEY].to_pylist(), found[distance].to_pylist(), strict=True)
        return {key: 1.0 - away for key, away in pairs if away is not None}

    def insert(self, rows: pa.Table) -> None:
        """Add the rows whose key is new; leave the others as they are."""
        self._merge(rows, lambda merge: merge.when_not_matched_insert_all())

    def update(self, rows: pa.Table) -> None:
        """Replace the rows whose key is there; add none."""
        self._merge(rows, lambda merge: merge.when_matched_update_all())

    def upsert(self, rows: pa.Table) -> None:
        """Add or replace."""
        self._merge(
            rows, lambda merge: merge.when_matched_update_all().when_not_matched_insert_all()
        )

    def _merge(self, rows: pa.Table, how: Callable[[Any], Any]) -> None:
        if seal := self._seal():
            rows = cells.stored_rows(self.name, rows, seal)
        self._write(
            lambda table: how(table.merge_insert(schema.KEY)).execute(rows, on_bad_vectors=_ABSENT)
        )

    def delete(self, where: str) -> None:
        """Take the rows that pass the filter out of sight; `rewrite` takes their bytes."""
        self._write(lambda table: table.delete(where))

    def index_terms(self) -> None:
        """Build the full-text index over `schema.TERMS`, anew if there is one."""
        from lancedb.index import FTS

        # The column holds finished terms: split at spaces, and change nothing
        config = FTS(
            base_tokenizer="whitespace",
            stem=False,
            lower_case=False,
            remove_stop_words=False,
            ascii_folding=False,
            max_token_length=None,
        )
        self._write(lambda t: t.create_index(schema.TERMS, config=config, replace=True))

    def index_vectors(self) -> None:
        """Build the index over `schema.VECTOR`, anew if there is one: cells of near vectors.

        Vectors stay as they are, so those that are found are compared exactly.
        """
        from lancedb.index import IvfFlat

        cells = round(self.count() ** 0.5)
        config = IvfFlat(distance_type="cosine", num_partitions=cells, max_iterations=ROUNDS)
        self._write(lambda t: t.create_index(schema.VECTOR, config=config, replace=True))

    def index_keys(self) -> None:
        """Build the index by which rows are found by their key, anew if there is one."""
        from lancedb.index import BTree

        self._write(lambda t: t.create_index(schema.KEY, config=BTree(), replace=True))

    def is_indexed(self, column: str) -> bool:
        """Whether an index over `column` was built since the table was last written anew."""
        return self._read(lambda t: any(column in i.columns for i in t.list_indices()))

    def add_column(self, column: pa.Field) -> None:
        """Add a column, null in every row."""
        if seal := self._seal():
            column = cells.stored_schema(self.name, pa.schema([column]), seal).field(0)
        self._write(lambda table: table.add_columns(column))

    def drop_column(self, name: str) -> None:
        """Take a column out of sight; `rewrite` takes its bytes."""
        self._write(lambda table: table.drop_columns([name]))

    def fragments(self) -> int:
        """Of how many pieces the table consists: every write adds one."""
        return self._read(lambda t: int(t.stats()["fragment_stats"]["num_fragments"]))

    def unindexed(self) -> int:
        """How many rows search reads one by one, since an index lacks them."""
        return self._read(
            lambda t: max((int(i.num_unindexed_rows or 0) for i in t.list_indices()), default=0)
        )

    def compact(self) -> None:
        """Join the pieces, bring the index up to date, drop versions nobody reads any more."""
        self._write(lambda table: table.optimize(cleanup_older_than=KEEP_VERSIONS))

    def rewrite(self) -> None:
        """Write the visible rows into new files and delete every other file of the table.

        What was deleted or replaced is then gone from the disk, its terms in the index too.
        """
        self._overwrite(self._table.schema, iter)
        self._tidy()

    def reseal(self) -> None:
        """Write all rows anew, sealed with the newest key, and delete every other file.

        Nothing of before is on the disk any more. May be cut off anywhere and is then done again.
        """
        assert self._keys is not None
        newest, former = self._keys.newest, self._seal()
        stored = self._read(lambda table: table.schema)
        clear = cells.clear_schema(self.name, stored)
        if former is not newest and cells.is_to_be_sealed(self.name, clear.names):

            def anew(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
                for batch in batches:
                    rows = self._with_terms(pa.Table.from_batches([batch]), former)
                    yield from cells.stored_rows(self.name, rows, newest).to_batches()

            self._overwrite(cells.stored_schema(self.name, clear, newest), anew)
        self._tidy()

    def _with_terms(self, rows: pa.Table, seal: Seal | None) -> pa.Table:
        """Stored rows in the clear; terms that were hashed are made of the rest once more."""
        if seal is None:
            return rows
        rows = self._clear(rows, seal)
        if schema.TERMS not in rows.column_names:
            return rows
        made = pa.array(layout.searched_for(self.name, rows.to_pylist()), pa.string())
        place = rows.column_names.index(schema.TERMS)
        return rows.set_column(place, rows.schema.field(schema.TERMS), made)

    def _overwrite(self, stored: pa.Schema, change: Callable[[Any], Iterable[Any]]) -> None:
        """Make the rows, as `change` makes them of batches, all that the newest version holds."""
        with mapped(self._folder), synced(self._folder / f"{self.name}.lance"):
            self._table.checkout_latest()
            batches = change(self._table.search().to_batches(_BATCH))
            self._table = self._connection.create_table(
                self.name,
                data=pa.RecordBatchReader.from_batches(stored, batches),
                schema=stored,
                mode="overwrite",
                on_bad_vectors=_ABSENT,
            )

    def _tidy(self) -> None:
        """Build the index over what is there now, and delete the files of every other version."""
        if schema.TERMS in self.columns():
            self.index_terms()
        self._write(_drop_history)

    def _clear(self, rows: pa.Table, seal: Seal) -> pa.Table:
        assert self._keys is not None
        try:
            return cells.clear_rows(self.name, rows, self._keys.find, seal)
        except Broken as error:
            raise StoreError(f"The table {self.name} does not hold what was sealed.") from error

    def _seal(self) -> Seal | None:
        """The key of the newest version; None: its rows are clear."""
        if self._keys is None:
            return None
        ring = self._keys.ring()
        if self._sealed is None or self._sealed[0] is not ring or not ring.settled:
            key = cells.sealed_by(self._read(lambda table: table.schema))
            self._sealed = ring, None if key is None else ring.find(key)
        return self._sealed[1]

    def _read_sealed(self, action: Callable[[Any, Seal | None], Result]) -> Result:
        """`_read` with the table's key, again where another one was put in its place meanwhile."""
        while True:
            seal = self._seal()
            found = self._read(functools.partial(_with_seal, action, seal))
            if self._seal() is seal:
                return found

    def _write(self, action: Callable[[Any], object]) -> None:
        """Do it at the newest version, again where another process committed meanwhile."""
        with mapped(self._folder), synced(self._folder / f"{self.name}.lance"):
            for attempt in range(1, ATTEMPTS + 1):
                self._table.checkout_latest()
                try:
                    action(self._table)
                except (RuntimeError, OSError) as error:
                    if "conflict" not in str(error).lower() or attempt == ATTEMPTS:
                        raise
                    time.sleep(0.05 * attempt)
                else:
                    return

    def _read(self, action: Callable[[Any], Result]) -> Result:
        """Do it at the newest version, again where forgetting deleted that one meanwhile."""
        for attempt in range(1, ATTEMPTS):
            try:
                return action(self._table)
            except (RuntimeError, ValueError, OSError) as error:
                if not is_missing(error):
                    raise translated(error, self._folder) from error
            time.sleep(0.05 * attempt)
            with mapped(self._folder):
                self._table = self._connection.open_table(self.name)
        with mapped(self._folder):
            return action(self._table)


def _query(query: Any, columns: Sequence[str], where: str | None) -> Any:
    chosen = query.select(list(columns))
    return chosen if where is None else chosen.where(where)


def _with_seal(
    action: Callable[[Any, Seal | None], Result], seal: Seal | None, table: Any
) -> Result:
    return action(table, seal)


def _drop_history(table: Any) -> None:
    import warnings

    with warnings.catch_warnings():  # it warns of readers of old versions; ours open the newest
        warnings.simplefilter("ignore", UserWarning)
        table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)
