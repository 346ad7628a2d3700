"""The store's versions: numbered functions, each run once, in order, and noted when done.

A migration may be cut off at any point and is then run again from its start, so each one must be
of the kind that finds half its work done and goes on.
"""

from __future__ import annotations

from collections.abc import Callable

from mirrordesk.errors import StoreError
from mirrordesk.memory import schema
from mirrordesk.memory.tables import Tables

_NOTE = "migration:"


def _create_tables(tables: Tables) -> None:
    for name in (schema.MOMENTS, schema.EPISODES, schema.GAPS, schema.WATCHES):
        tables.create(name, schema.SCHEMAS[name])


def _index_terms(tables: Tables) -> None:
    tables[schema.MOMENTS].index_terms()


# Never change or take out one that was released: add the next.
MIGRATIONS: tuple[Callable[[Tables], None], ...] = (_create_tables, _index_terms)


def done(tables: Tables) -> int:
    """The version of the store: the number of its last migration, 0 for a new one.

    Raises StoreError where the store is of a newer version or has lost a table.
    """
    names = tables.names()
    if schema.META not in names:
        if names:
            raise _half_deleted(tables, schema.META)
        return 0
    if set(names) == {schema.META}:
        tables.create(schema.META, schema.SCHEMAS[schema.META])  # its own making may be half done
    numbers = [int(key.removeprefix(_NOTE)) for key in tables.meta(_NOTE)]
    version = max(numbers, default=0)
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The memory in {tables.folder} was written by a newer MirrorDesk (version {version}, "
            f"this one knows {len(MIGRATIONS)}); update the program."
        )
    if version:
        for name in schema.SCHEMAS:
            if name not in names:
                raise _half_deleted(tables, name)
    return version


def _half_deleted(tables: Tables, name: str) -> StoreError:
    return StoreError(
        f"The memory in {tables.folder} is half deleted (its table {name} is missing); restore the "
        "profile from a backup, or delete its whole folder to start anew."
    )


def migrate(tables: Tables) -> None:
    """Bring the store to the newest version. The caller holds the write lock."""
    version = done(tables)
    tables.create(schema.META, schema.SCHEMAS[schema.META])
    for number in range(version + 1, len(MIGRATIONS) + 1):
        MIGRATIONS[number - 1](tables)
        tables.note(f"{_NOTE}{number}", MIGRATIONS[number - 1].__name__.strip("_"))
