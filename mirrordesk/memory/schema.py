"""The columns of every table. No other module names one.

moments               one row a moment; `terms` is what full-text search reads
image_vectors_<n>     the image vectors of n numbers, since n depends on the model
episodes, gaps, watches
meta                  what the store knows of itself: migrations done, spans forgotten
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.records import (
    Box,
    Channel,
    Episode,
    Gap,
    GapReason,
    Kind,
    Moment,
    State,
    TextLine,
    Watch,
)
from mirrordesk.terms import terms

TEXT_NUMBERS = 384  # of a text vector: all-MiniLM-L6-v2

MOMENTS, EPISODES, GAPS, WATCHES, META = "moments", "episodes", "gaps", "watches", "meta"
IMAGES = "image_vectors_"  # and how many numbers

KEY = "id"  # of every table
VALUE = "value"
START, END, ZONE = "start_ns", "end_ns", "zone"
TEXT, MEDIA, TERMS, TEXT_VECTOR, VECTOR = "text", "media", "terms", "text_vector", "vector"
STATES = {
    Channel.OCR: "ocr",
    Channel.IMAGE: "image",
    Channel.SPEECH: "speech",
    Channel.TEXT: "text_state",
}

LIGHT = (
    *(KEY, "kind", START, END, ZONE, "source", "app", "title", "url", TEXT, MEDIA),
    *("width", "height", *STATES.values()),
)
SHOWN = (*LIGHT, "lines")
FULL = (*SHOWN, TEXT_VECTOR)

Row = Mapping[str, Any]

_SPAN = (pa.field(START, pa.int64(), False), pa.field(END, pa.int64(), False))
_LINE = pa.struct(
    [
        pa.field("text", pa.string()),
        *(pa.field(side, pa.int32()) for side in ("x", "y", "w", "h")),
        pa.field("confidence", pa.float32()),
    ]
)


def _strings(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.string(), False) for name in names]


SCHEMAS: dict[str, pa.Schema] = {
    MOMENTS: pa.schema(
        [
            *_strings(KEY, "kind"),
            *_SPAN,
            *_strings(ZONE, "source", "app", "title"),
            pa.field("url", pa.string()),
            *_strings(TEXT),
            pa.field(MEDIA, pa.string()),
            pa.field("width", pa.int32(), False),
            pa.field("height", pa.int32(), False),
            *_strings(*STATES.values()),
            pa.field("lines", pa.list_(_LINE)),
            pa.field(TEXT_VECTOR, pa.list_(pa.float32(), TEXT_NUMBERS)),
            *_strings(TERMS),
        ]
    ),
    EPISODES: pa.schema(
        [
            *_strings(KEY),
            *_SPAN,
            *_strings(ZONE, "title", "summary"),
            pa.field("apps", pa.list_(pa.string())),
            pa.field("moments", pa.list_(pa.string())),
        ]
    ),
    GAPS: pa.schema([*_strings(KEY), *_SPAN, *_strings("reason")]),
    WATCHES: pa.schema([*_strings(KEY), *_SPAN]),
    META: pa.schema(_strings(KEY, VALUE)),
}


def images_table(numbers: int) -> tuple[str, pa.Schema]:
    """Name and schema of the table for image vectors of that many numbers."""
    vector = pa.field(VECTOR, pa.list_(pa.float32(), numbers), False)
    return f"{IMAGES}{numbers}", pa.schema([*_strings(KEY), *_SPAN, vector])


def search_key(moment: Moment) -> str:
    """What full-text search reads: the stems of date, app, title, address and text, spaced."""
    day = clock.at(moment.start_ns, moment.zone)
    date = f"{day:%Y-%m-%d} {_WEEKDAYS[day.weekday()]} {_MONTHS[day.month - 1]}"
    return " ".join(
        terms("\n".join((date, moment.app, moment.title, moment.url or "", moment.text)))
    )


# Not strftime's, which follow the machine's language
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def moment_rows(moments: Iterable[Moment]) -> pa.Table:
    """Moments as rows. The image vector has a table of its own; the episode is not stored."""
    return pa.Table.from_pylist([_moment_row(m) for m in moments], schema=SCHEMAS[MOMENTS])


def _moment_row(moment: Moment) -> dict[str, Any]:
    row = {name: getattr(moment, name) for name in LIGHT}
    row["kind"] = moment.kind.value
    for name in STATES.values():
        row[name] = row[name].value
    row["lines"] = [_line_row(line) for line in moment.lines]
    return row | {TEXT_VECTOR: moment.text_vector, TERMS: search_key(moment)}


def _line_row(line: TextLine) -> dict[str, Any]:
    box = line.box
    sides = {"x": box.x, "y": box.y, "w": box.w, "h": box.h}
    return {"text": line.text, "confidence": line.confidence, **sides}


def to_moment(row: Row) -> Moment:
    """The moment of a row, with whichever of its columns were read."""
    values = {name: row[name] for name in LIGHT}
    values["kind"] = Kind(row["kind"])
    for name in STATES.values():
        values[name] = State(row[name])
    vector = row.get(TEXT_VECTOR)
    return Moment(
        **values,
        lines=tuple(_to_line(line) for line in row.get("lines") or ()),
        text_vector=None if vector is None else tuple(vector),
    )


def _to_line(row: Row) -> TextLine:
    return TextLine(row["text"], Box(row["x"], row["y"], row["w"], row["h"]), row["confidence"])


def image_rows(moments: Iterable[Moment], schema: pa.Schema) -> pa.Table:
    """The image vectors of moments as rows."""
    rows = [{KEY: m.id, START: m.start_ns, END: m.end_ns, VECTOR: m.image_vector} for m in moments]
    return pa.Table.from_pylist(rows, schema=schema)


def episode_rows(episodes: Iterable[Episode]) -> pa.Table:
    """Episodes as rows."""
    rows = [{f.name: getattr(e, f.name) for f in dataclasses.fields(e)} for e in episodes]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[EPISODES])


def to_episode(row: Row) -> Episode:
    """The episode of a row."""
    values = {f.name: row[f.name] for f in dataclasses.fields(Episode)}
    return Episode(**values | {"apps": tuple(row["apps"]), "moments": tuple(row["moments"])})


def gap_rows(gaps: Iterable[Gap]) -> pa.Table:
    """Gaps as rows; the same gap always has the same key."""
    rows = [
        {
            KEY: f"{g.start_ns}-{g.end_ns}-{g.reason.value}",
            START: g.start_ns,
            END: g.end_ns,
            "reason": g.reason.value,
        }
        for g in gaps
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[GAPS])


def to_gap(row: Row) -> Gap:
    """The gap of a row."""
    return Gap(row[START], row[END], GapReason(row["reason"]))


def watch_rows(watches: Iterable[Watch]) -> pa.Table:
    """Watched spans as rows; the same span always has the same key."""
    rows = [{KEY: f"{w.start_ns}-{w.end_ns}", START: w.start_ns, END: w.end_ns} for w in watches]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[WATCHES])


def to_watch(row: Row) -> Watch:
    """The watched span of a row."""
    return Watch(row[START], row[END])


def meta_rows(values: Mapping[str, str]) -> pa.Table:
    """What the store notes of itself as rows."""
    rows = [{KEY: key, VALUE: value} for key, value in values.items()]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[META])


def overlapping(span: Span) -> str:
    """Filter: rows that `span` overlaps, in the sense of `Span.overlaps`."""
    return f"({START} < {span.end_ns} AND ({END} > {span.start_ns} OR {START} >= {span.start_ns}))"


def with_keys(keys: Sequence[str]) -> str:
    """Filter: rows of these keys."""
    quoted = ("'" + key.replace("'", "''") + "'" for key in keys)
    return f"{KEY} IN ({','.join(quoted)})" if keys else "false"


def in_state(channel: Channel, state: State) -> str:
    """Filter: moments whose channel is in that state."""
    return f"{STATES[channel]} = '{state.value}'"


WITH_TEXT_VECTOR = f"{TEXT_VECTOR} IS NOT NULL"
