"""Which rows of a table pass, in the words of LanceDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mirrordesk.control import Span
from mirrordesk.knowledge import LinkKind, NoteKind
from mirrordesk.memory import schema
from mirrordesk.records import (
    Channel,
    State,
)

_AT_ONCE = 500  # keys in one filter


def of_kind(kind: NoteKind) -> str:
    """Filter: notes of that kind."""
    return f"kind = '{kind.value}'"


def versions_of(note_id: str) -> str:
    """Filter: the versions of a note."""
    return f"starts_with({schema.KEY}, '{note_id}/')"


def linked_with(keys: Sequence[str]) -> str:
    """Filter: links of any of these records."""
    return f"({among(schema.ONE, keys)} OR {among(schema.OTHER, keys)})"


def overlapping(span: Span) -> str:
    """Filter: rows that `span` overlaps, in the sense of `Span.overlaps`."""
    start, end = schema.START, schema.END
    return f"({start} < {span.end_ns} AND ({end} > {span.start_ns} OR {start} >= {span.start_ns}))"


def with_keys(keys: Sequence[str]) -> str:
    """Filter: rows of these keys."""
    return among(schema.KEY, keys)


def among(column: str, values: Sequence[str]) -> str:
    """Filter: rows whose `column` is one of `values`."""
    quoted = ("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({','.join(quoted)})" if values else "false"


def portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """Keys in as many filters as it takes: one of thousands is slow to read."""
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def in_state(channel: Channel, state: State) -> str:
    """Filter: moments whose channel is in that state."""
    return f"{schema.STATES[channel]} = '{state.value}'"


def every(*filters: str | None) -> str | None:
    """Filter: rows that pass all of these; None lets everything pass."""
    return " AND ".join(f"({one})" for one in filters if one) or None


def some(filters: Sequence[str]) -> str | None:
    """Filter: rows that pass one of these; None, which lets everything pass, for none."""
    return " OR ".join(f"({one})" for one in filters) or None


MENTIONS = f"kind = '{LinkKind.MENTIONS.value}'"
WITH_VECTOR = f"{schema.VECTOR} IS NOT NULL"
WITH_REGION = f"{schema.REGION.name} IS NOT NULL"
_SCENE = schema.SCENE.name
SEEN_WHOLE = f"({_SCENE} IS NULL OR {_SCENE} = {schema.KEY})"
GOING_ON = f"({_SCENE} IS NOT NULL AND {_SCENE} <> {schema.KEY})"  # with a scene begun before
