"""The store's versions: numbered functions, each run once, in order, and noted when done.

A migration may be cut off at any point and is then run again from its start, so each one must be
of the kind that finds half its work done and goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa

from mirrordesk.errors import StoreError
from mirrordesk.memory import schema
from mirrordesk.memory.spaces import Spaces
from mirrordesk.memory.tables import Tables
from mirrordesk.records import Channel

_NOTE = "migration:"
_TEXT_VECTOR = "text_vector"  # a column of the moments in the first version …
_FIRST_TEXT_MODEL = "all-minilm-l6-v2@53aa5117"  # … which made all of them
_FIRST_NUMBERS = 384
_LEARNT = (schema.NOTES, schema.VERSIONS, schema.LINKS)
_RECALLED = (schema.EPISODE_WORDS, schema.USES)
_FIRST_IMAGES = re.compile(r"image_vectors_\d+")


def _create_tables(tables: Tables) -> None:
    vector = pa.field(_TEXT_VECTOR, pa.list_(pa.float32(), _FIRST_NUMBERS))
    moments = schema.SCHEMAS[schema.MOMENTS]
    moments = moments.insert(moments.get_field_index(schema.TERMS), vector)
    tables.create(schema.MOMENTS, moments)
    for name in (schema.EPISODES, schema.GAPS, schema.WATCHES):
        tables.create(name, schema.SCHEMAS[name])


def _index_terms(tables: Tables) -> None:
    tables[schema.MOMENTS].index_terms()


def _file_vectors_by_model(tables: Tables) -> None:
    """Give the text vectors a table of their own; drop image vectors, whose maker is not known.

    What has lost its image vector is encoded again when there is time.
    """
    moments = tables[schema.MOMENTS]
    if _TEXT_VECTOR in moments.columns():
        names = (schema.KEY, schema.START, schema.END, _TEXT_VECTOR)
        rows = moments.rows(names, f"{_TEXT_VECTOR} IS NOT NULL").select(names)
        if rows.num_rows:
            columns = schema.vectors_schema(_FIRST_NUMBERS)
            spaces = Spaces(tables)
            space = spaces.create(Channel.TEXT, _FIRST_TEXT_MODEL, _FIRST_NUMBERS)
            space.insert(rows.rename_columns(columns.names).cast(columns))
            spaces.serve(Channel.TEXT, _FIRST_TEXT_MODEL)
        moments.drop_column(_TEXT_VECTOR)
    for name in tables.names():
        if _FIRST_IMAGES.fullmatch(name):
            tables.drop(name)


def _note_who_spoke(tables: Tables) -> None:
    """Episodes of before are no calls: they are cut as they were."""
    episodes = tables[schema.EPISODES]
    if schema.SPOKEN.name not in episodes.columns():
        episodes.add_column(schema.SPOKEN)


def _note_which_windows_were_seen(tables: Tables) -> None:
    """Of moments of before, only the window that they are named after is known."""
    moments = tables[schema.MOMENTS]
    if schema.WINDOWS.name not in moments.columns():
        moments.add_column(schema.WINDOWS)


def _note_scenes(tables: Tables) -> None:
    """Of frames of before nobody told; each has a picture of its own."""
    moments = tables[schema.MOMENTS]
    for column in (schema.SCENE, schema.REGION):
        if column.name not in moments.columns():
            moments.add_column(column)


def _create_notes(tables: Tables) -> None:
    """Nothing was learnt before."""
    for name in _LEARNT:
        tables.create(name, schema.SCHEMAS[name])
    tables[schema.NOTES].index_terms()


def _create_episode_words(tables: Tables) -> None:
    """What was stored before is indexed when there is time."""
    for name in _RECALLED:
        tables.create(name, schema.SCHEMAS[name])
    tables[schema.EPISODE_WORDS].index_terms()


# Never change or take out one that was released: add the next.
MIGRATIONS: tuple[Callable[[Tables], None], ...] = (
    _create_tables,
    _index_terms,
    _file_vectors_by_model,
    _note_who_spoke,
    _note_which_windows_were_seen,
    _note_scenes,
    _create_notes,
    _create_episode_words,
)


def done(tables: Tables) -> int:
    """The version of the store: the number of its last migration, 0 for a new one.

    Raises StoreError where the store is of a newer version or has lost a table.
    """
    names = tables.names()
    if schema.META not in names:
        if names and schema.META not in tables.names():
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
    later: set[str] = set()
    for made, makes in ((_create_notes, _LEARNT), (_create_episode_words, _RECALLED)):
        if version <= MIGRATIONS.index(made):
            later.update(makes)
    if version:
        names = tables.names()  # another process may have made some since
        for name in schema.SCHEMAS:
            if name not in names and name not in later:
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
