"""Image vectors, in one table for each length, since the length depends on the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mirrordesk.memory import schema
from mirrordesk.memory.tables import Table, Tables
from mirrordesk.records import Moment


class ImageVectors:
    """The tables of image vectors. Writers hold the profile's write lock."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def each(self) -> Iterator[Table]:
        """Every such table."""
        for name in self._tables.names():
            if name.startswith(schema.IMAGES):
                yield self._tables[name]

    def put(self, moments: Sequence[Moment]) -> None:
        """Store the image vectors that `moments` carry; one that is there stays."""
        lengths = {len(m.image_vector) for m in moments if m.image_vector is not None}
        for length in sorted(lengths):
            name, columns = schema.images_table(length)
            alike = [m for m in moments if m.image_vector and len(m.image_vector) == length]
            self._tables.create(name, columns).insert(schema.image_rows(alike, columns))

    def get(self, ids: Sequence[str]) -> dict[str, tuple[float, ...]]:
        """The image vectors there are of these moments."""
        where = schema.with_keys(ids)
        found = (
            row
            for table in self.each()
            for row in table.rows((schema.KEY, schema.VECTOR), where).to_pylist()
        )
        return {row[schema.KEY]: tuple(row[schema.VECTOR]) for row in found}
