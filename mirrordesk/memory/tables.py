"""LanceDB, behind two small classes. No other module imports it.

Readers always see what other processes have written. What is written is on the disk when a call
returns; what goes wrong is StoreError or DiskFull, in one sentence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from mirrordesk import durable
from mirrordesk.memory import schema
from mirrordesk.memory.seam import mapped, synced, translated

ATTEMPTS = 5  # at a write another process got ahead of, at a read of what was cleaned away
KEEP_VERSIONS = timedelta(minutes=10)  # far longer than any read takes
_ABSENT = "null"  # LanceDB takes a vector that is not there yet for a bad one
_BATCH = 1024  # rows held in memory while a table is rewritten

Result = TypeVar("Result")


class Table:
    """One table of the store, always at its newest version."""

    def __init__(self, connection: Any, name: str, folder: Path) -> None:
        self.name = name
        self._connection = connection
        self._folder = folder
        with mapped(folder):
            self._table = connection.open_table(name)

    def version(self) -> int:
        """A number that changes with every write."""
        return self._read(lambda table: int(table.version))

    def columns(self) -> list[str]:
        """The names of its columns."""
        return self._read(lambda table: list(table.schema.names))

    def count(self, where: str | None = None) -> int:
        """How many rows pass the filter."""
        return self._read(lambda table: int(table.count_rows(where)))

    def rows(self, columns: Sequence[str], where: str | None = None) -> pa.Table:
        """These columns of the rows that pass the filter, in no particular order."""
        return self._read(lambda table: _query(table.search(), columns, where).to_arrow())

    def match(self, words: Sequence[str], limit: int, where: str | None = None) -> dict[str, float]:
        """BM25 by key, of the best rows that hold any of the terms `words`."""
        from lancedb.query import MatchQuery

        query = MatchQuery(" ".join(words), schema.TERMS)
        score = "_score"
        found = self._read(
            lambda table: (
                _query(table.search(query), (schema.KEY, score), where).limit(limit).to_arrow()
            )
        )
        return dict(zip(found[schema.KEY].to_pylist(), found[score].to_pylist(), strict=True))

    def nearest(
        self, vector: Sequence[float], limit: int, where: str | None = None
    ) -> dict[str, float]:
        """Cosine similarity by key, of the rows whose vector is nearest."""
        distance = "_distance"  # 1 - cosine
        known = schema.WITH_VECTOR + (f" AND {where}" if where else "")
        found = self._read(
            lambda table: (
                _query(
                    table.search(vector, vector_column_name=schema.VECTOR),
                    (schema.KEY, distance),
                    known,
                )
                .distance_type("cosine")
                .limit(limit)
                .to_arrow()
            )
        )
        near = (1.0 - d for d in found[distance].to_pylist())
        return dict(zip(found[schema.KEY].to_pylist(), near, strict=True))

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

    def add_column(self, column: pa.Field) -> None:
        """Add a column, null in every row."""
        self._write(lambda table: table.add_columns(column))

    def drop_column(self, name: str) -> None:
        """Take a column out of sight; `rewrite` takes its bytes."""
        self._write(lambda table: table.drop_columns([name]))

    def fragments(self) -> int:
        """Of how many pieces the table consists: every write adds one."""
        return self._read(lambda t: int(t.stats()["fragment_stats"]["num_fragments"]))

    def unindexed(self) -> int:
        """How many rows full-text search reads one by one, since the index lacks them."""
        return self._read(lambda t: sum(int(i.num_unindexed_rows or 0) for i in t.list_indices()))

    def compact(self) -> None:
        """Join the pieces, bring the index up to date, drop versions nobody reads any more."""
        self._write(lambda table: table.optimize(cleanup_older_than=KEEP_VERSIONS))

    def rewrite(self) -> None:
        """Write the visible rows into new files and delete every other file of the table.

        What was deleted or replaced is then gone from the disk, its terms in the index too.
        """
        indexed = schema.TERMS in self.columns()
        with mapped(self._folder), synced(self._folder / f"{self.name}.lance"):
            self._table.checkout_latest()
            batches = self._table.search().to_batches(_BATCH)
            self._table = self._connection.create_table(
                self.name,
                data=batches,
                schema=self._table.schema,
                mode="overwrite",
                on_bad_vectors=_ABSENT,
            )
        if indexed:
            self.index_terms()
        self._write(_drop_history)

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
                if "not found" not in str(error).lower():
                    raise translated(error, self._folder) from error
            time.sleep(0.05 * attempt)
            with mapped(self._folder):
                self._table = self._connection.open_table(self.name)
        with mapped(self._folder):
            return action(self._table)


def _query(query: Any, columns: Sequence[str], where: str | None) -> Any:
    chosen = query.select(list(columns))
    return chosen if where is None else chosen.where(where)


def _drop_history(table: Any) -> None:
    import warnings

    with warnings.catch_warnings():  # it warns of readers of old versions; ours open the newest
        warnings.simplefilter("ignore", UserWarning)
        table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)


class Tables:
    """The store's folder: opens tables by name and creates them."""

    def __init__(self, folder: Path) -> None:
        import lancedb

        self.folder = folder
        self._open: dict[str, Table] = {}
        self._notes: tuple[int, dict[str, str]] = (-1, {})  # version of the table, and what it held
        with mapped(folder):
            self._connection = lancedb.connect(folder, read_consistency_interval=timedelta(0))

    def __getitem__(self, name: str) -> Table:
        """The table of that name. Raises StoreError where it is missing or unreadable."""
        if name not in self._open:
            self._open[name] = Table(self._connection, name, self.folder)
        return self._open[name]

    def names(self) -> list[str]:
        """The tables there are."""
        with mapped(self.folder):
            return list(self._connection.list_tables().tables)

    def create(self, name: str, columns: pa.Schema) -> Table:
        """The table of that name, made where there is none."""
        with mapped(self.folder), synced(self.folder):
            self._connection.create_table(name, schema=columns, exist_ok=True)
        return self[name]

    def drop(self, name: str) -> None:
        """Delete a table with its files; nothing where there is none."""
        self._open.pop(name, None)
        with mapped(self.folder):
            self._connection.drop_table(name, ignore_missing=True)
            durable.sync_folder(self.folder)

    def meta(self, prefix: str) -> dict[str, str]:
        """What was noted under keys that begin with `prefix`; read anew when it has changed."""
        version = self[schema.META].version()
        if self._notes[0] != version:
            rows = self[schema.META].rows((schema.KEY, schema.VALUE)).to_pylist()
            self._notes = (version, {row[schema.KEY]: row[schema.VALUE] for row in rows})
        return {key: value for key, value in self._notes[1].items() if key.startswith(prefix)}

    def note(self, key: str, value: str) -> None:
        """Note a value under `key`."""
        self[schema.META].upsert(schema.meta_rows({key: value}))
