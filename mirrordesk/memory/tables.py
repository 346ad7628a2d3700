"""The store's folder, whose tables are LanceDB's (`table.py`), and what it notes of itself."""

from __future__ import annotations

import functools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from mirrordesk import durable
from mirrordesk.memory import cells, layout, schema
from mirrordesk.memory.seam import mapped, synced
from mirrordesk.memory.table import Table
from mirrordesk.memory.view import View, connected
from mirrordesk.seal.keys import Keys

_SEALED = "sealed with"  # the note that names the key of all tables


class Tables:
    """The store's folder: opens tables by name and creates them, sealed where there are `keys`."""

    def __init__(self, folder: Path, keys: Keys | None = None) -> None:
        import lancedb

        self.folder = folder
        self._keys = keys
        self._open: dict[str, Table] = {}
        self._notes: tuple[int, dict[str, str]] = (-1, {})  # version of the table, and what it held
        with mapped(folder):
            self._session = lancedb.Session()  # what is cached of indices, once for both
            self._connection = lancedb.connect(
                folder, read_consistency_interval=timedelta(0), session=self._session
            )

    def __getitem__(self, name: str) -> Table:
        """The table of that name. Raises StoreError where it is missing or unreadable."""
        if name not in self._open:
            self._open[name] = Table(self._connection, name, self.folder, self._keys)
        return self._open[name]

    def get(self, name: str) -> Table | None:
        """The table of that name; None where there is none."""
        return self[name] if (self.folder / f"{name}.lance").is_dir() else None

    def view(self, name: str) -> View:
        """A table as it is now. Raises StoreError where it is missing or unreadable."""
        return View(self._views, name, self.folder, self._keys)

    @functools.cached_property
    def _views(self) -> Any:
        with mapped(self.folder):
            return connected(self.folder, self._session)

    def names(self) -> list[str]:
        """The tables there are."""
        with mapped(self.folder):
            return list(self._connection.list_tables().tables)

    def create(self, name: str, columns: pa.Schema) -> Table:
        """The table of that name, made where there is none."""
        if self._keys:
            columns = cells.stored_schema(name, columns, self._keys.newest)
        with mapped(self.folder), synced(self.folder):
            self._connection.create_table(name, schema=columns, exist_ok=True)
        return self[name]

    def drop(self, name: str) -> None:
        """Delete a table with its files; nothing where there is none."""
        self._open.pop(name, None)
        with mapped(self.folder):
            self._connection.drop_table(name, ignore_missing=True)
            durable.sync_folder(self.folder)

    def is_sealed(self) -> bool:
        """Whether every table is sealed with the newest key, and nothing of before is left."""
        return self._keys is None or self.meta(_SEALED).get(_SEALED) == self._keys.newest.id.hex()

    def reseal(self) -> None:
        """Seal every table with the newest key. The caller holds the write lock."""
        assert self._keys is not None
        for name in self.names():
            if name != schema.META:
                self[name].reseal()
        self.note(_SEALED, self._keys.newest.id.hex())

    def meta(self, prefix: str) -> dict[str, str]:
        """What was noted under keys that begin with `prefix`; read anew when it has changed."""
        version = self[schema.META].version()
        if self._notes[0] != version:
            rows = self[schema.META].rows((schema.KEY, schema.VALUE)).to_pylist()
            self._notes = (version, {row[schema.KEY]: row[schema.VALUE] for row in rows})
        return {key: value for key, value in self._notes[1].items() if key.startswith(prefix)}

    def note(self, key: str, value: str) -> None:
        """Note a value under `key`."""
        self[schema.META].upsert(layout.meta_rows({key: value}))
