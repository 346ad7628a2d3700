"""The columns of every table. No other module names one.

moments                     one row a moment; `terms` is what full-text search reads
vectors_<channel>_<model>   what one model made of one channel; see `spaces.py`
episodes, gaps, watches
episode_words               what full-text search reads of whole episodes
uses                        when a moment was shown as evidence
notes, versions, links      what was learnt, as it was before each change, and what belongs together
meta                        what the store knows of itself: migrations done, spans forgotten,
                            which vectors search uses
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.knowledge import Author, Link, Note, NoteKind, body, from_body, words_of
from mirrordesk.records import (
    Box,
    Channel,
    Episode,
    FrameWindow,
    Gap,
    GapReason,
    Kind,
    Look,
    Moment,
    State,
    TextLine,
    Vector,
    Watch,
    from_json,
    to_json,
)
from mirrordesk.terms import terms

MOMENTS, EPISODES, GAPS, WATCHES, META = "moments", "episodes", "gaps", "watches", "meta"
NOTES, VERSIONS, LINKS = "notes", "versions", "links"
EPISODE_WORDS, USES = "episode_words", "uses"

KEY = "id"  # of every table
VALUE = "value"
START, END, ZONE = "start_ns", "end_ns", "zone"
TEXT, MEDIA, TERMS, VECTOR = "text", "media", "terms", "vector"
BODY = "body"  # a note as JSON
WORDS, COUNT = "words", "moments"  # of an episode: its terms, and of how many moments they are
MOMENT, AT = "moment", "at_ns"  # of a use
STATES = {
    Channel.OCR: "ocr",
    Channel.IMAGE: "image",
    Channel.SPEECH: "speech",
    Channel.TEXT: "text_state",
}

LIGHT = (
    *(KEY, "kind", START, END, ZONE, "source", "app", "title", "url", TEXT, MEDIA),
    *("width", "height", *STATES.values(), "scene", "region"),
)
SHOWN = (*LIGHT, "lines", "windows")
PLACED = (KEY, "kind", START, END, "source")
NAMED = (KEY, "kind", START, END, ZONE, "source", "app", "title", "url", MEDIA, "windows")

VERSIONED = (KEY, "kind", START, END, BODY, "author", "version", "written_ns", "locked")

Row = Mapping[str, Any]

_SPAN = (pa.field(START, pa.int64(), False), pa.field(END, pa.int64(), False))
_SIDES = tuple(pa.field(side, pa.int32()) for side in ("x", "y", "w", "h"))
_LINE = pa.struct(
    [pa.field("text", pa.string()), *_SIDES, pa.field("confidence", pa.float32())],
)
_WINDOW = pa.struct(
    [
        *(pa.field(name, pa.string()) for name in ("app", "title", "url")),
        *_SIDES,
        pa.field("private", pa.bool_()),
    ]
)
SCENE = pa.field("scene", pa.string())
REGION = pa.field("region", pa.list_(pa.int32()))  # x, y, width, height
WINDOWS = pa.field("windows", pa.list_(_WINDOW))  # null in what was stored before they were kept
SPOKEN = pa.field(
    "spoken", pa.list_(pa.struct([pa.field("speaker", pa.string(), False), *_SPAN]))
)  # null in what was stored before calls were told apart


def _strings(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.string(), False) for name in names]


# A note, or one of its versions; from START to END its sources lie
_NOTE = [
    *_strings(KEY, "kind"),
    *_SPAN,
    *_strings(BODY, "author"),
    pa.field("version", pa.int32(), False),
    pa.field("written_ns", pa.int64(), False),
    pa.field("locked", pa.bool_(), False),
]

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
            *_strings(TERMS),
            WINDOWS,
            SCENE,
            REGION,
        ]
    ),
    EPISODES: pa.schema(
        [
            *_strings(KEY),
            *_SPAN,
            *_strings(ZONE, "title", "summary"),
            pa.field("apps", pa.list_(pa.string())),
            pa.field("moments", pa.list_(pa.string())),
            SPOKEN,
        ]
    ),
    GAPS: pa.schema([*_strings(KEY), *_SPAN, *_strings("reason")]),
    WATCHES: pa.schema([*_strings(KEY), *_SPAN]),
    NOTES: pa.schema([*_NOTE, *_strings(TERMS)]),
    VERSIONS: pa.schema(_NOTE),
    LINKS: pa.schema(
        [*_strings(KEY, "kind", "one", "other"), *_SPAN, pa.field("weight", pa.float64(), False)]
    ),
    EPISODE_WORDS: pa.schema(
        [*_strings(KEY), *_SPAN, pa.field(COUNT, pa.int32(), False), *_strings(WORDS, TERMS)]
    ),
    USES: pa.schema([*_strings(KEY, MOMENT), *_SPAN, pa.field(AT, pa.int64(), False)]),
    META: pa.schema(_strings(KEY, VALUE)),
}


# What nobody who has the disk may read, by table. `TERMS` and `VECTOR` are sealed wherever they
# are; every other column that could tell something is to be named here. Filters do not see these.
SEALED: dict[str, tuple[str, ...]] = {
    MOMENTS: ("app", "title", "url", TEXT, "lines", "windows"),
    EPISODES: ("title", "summary", "apps"),
    NOTES: (BODY,),
    VERSIONS: (BODY,),
    EPISODE_WORDS: (WORDS,),
}
# The sealed columns that filters may ask for by their whole value; see `Table.having`
MARKED: dict[str, tuple[str, ...]] = {MOMENTS: ("app",)}

_AT_ONCE = 500  # keys in one filter
_ODD = re.compile(r"[^0-9A-Za-z-]+")  # what a table's name cannot hold, and dots
_LONGEST_NAME = 60  # of a model in the name of its table


def vectors_prefix(channel: Channel) -> str:
    """How the names of a channel's tables of vectors begin."""
    return f"vectors_{channel.value}_"


def vectors_table(channel: Channel, model: str) -> str:
    """The table of the vectors that `model`, an identity, made for `channel`."""
    # its end tells the versions of a model apart
    return vectors_prefix(channel) + _ODD.sub("_", model)[-_LONGEST_NAME:]


def vectors_schema(numbers: int) -> pa.Schema:
    """The columns of a table of vectors of that many numbers; null: the model could make none."""
    vector = pa.field(VECTOR, pa.list_(pa.float32(), numbers))
    return pa.schema([*_strings(KEY), *_SPAN, vector])


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
    """Moments as rows. Vectors have tables of their own; the episode is not stored."""
    return pa.Table.from_pylist([_moment_row(m) for m in moments], schema=SCHEMAS[MOMENTS])


def _moment_row(moment: Moment) -> dict[str, Any]:
    row = {name: getattr(moment, name) for name in LIGHT}
    row["kind"] = moment.kind.value
    for name in STATES.values():
        row[name] = row[name].value
    row["lines"] = [_line_row(line) for line in moment.lines]
    row["windows"] = [_window_row(window) for window in moment.windows]
    row["region"] = list(to_json(moment.region).values()) if moment.region else None
    return row | {TERMS: search_key(moment)}


def _line_row(line: TextLine) -> dict[str, Any]:
    return {"text": line.text, "confidence": line.confidence, **to_json(line.box)}


def _window_row(window: FrameWindow) -> dict[str, Any]:
    row: dict[str, Any] = to_json(window)
    return {**row, **row["box"]}


def to_moment(row: Row) -> Moment:
    """The moment of a row, with whichever of its columns were read."""
    values = {name: row[name] for name in LIGHT}
    values["kind"] = Kind(row["kind"])
    for name in STATES.values():
        values[name] = State(row[name])
    values["region"] = Box(*row["region"]) if row["region"] else None
    lines = tuple(_to_line(line) for line in row.get("lines") or ())
    return Moment(**values, lines=lines, windows=_to_windows(row))


def to_named(row: Row) -> Moment:
    """The moment of a row of which only `NAMED` was read."""
    changed = {"kind": Kind(row["kind"]), "windows": _to_windows(row)}
    return Moment(**{name: row[name] for name in NAMED} | changed)


def _to_line(row: Row) -> TextLine:
    return TextLine(row["text"], _to_box(row), row["confidence"])


def _to_windows(row: Row) -> tuple[FrameWindow, ...]:
    return tuple(
        FrameWindow(w["app"], w["title"], _to_box(w), w["url"], w["private"])
        for w in row.get("windows") or ()
    )


def _to_box(row: Row) -> Box:
    return Box(row["x"], row["y"], row["w"], row["h"])


def vector_rows(vectors: Iterable[tuple[Moment | Look, Vector | None]], numbers: int) -> pa.Table:
    """Vectors as rows, each with key and span of what it was made of."""
    rows = [
        {KEY: o.id, START: o.start_ns, END: o.end_ns, VECTOR: vector.numbers if vector else None}
        for o, vector in vectors
    ]
    return pa.Table.from_pylist(rows, schema=vectors_schema(numbers))


def episode_rows(episodes: Iterable[Episode]) -> pa.Table:
    """Episodes as rows."""
    return pa.Table.from_pylist([to_json(e) for e in episodes], schema=SCHEMAS[EPISODES])


def to_episode(row: Row) -> Episode:
    """The episode of a row."""
    return from_json(Episode, {**row, "spoken": row["spoken"] or []})


def note_rows(notes: Iterable[Note]) -> pa.Table:
    """Notes as rows of the table of notes."""
    rows = [_note_row(n) | {TERMS: " ".join(terms(words_of(n.learned)))} for n in notes]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[NOTES])


def version_rows(notes: Iterable[Note]) -> pa.Table:
    """Notes as rows of the table of versions."""
    rows = [_note_row(n) | {KEY: version_key(n)} for n in notes]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[VERSIONS])


def version_key(note: Note) -> str:
    """The key of a note in the table of versions."""
    return f"{note.id}/{note.version}"


def _note_row(note: Note) -> dict[str, Any]:
    sources = note.learned.sources
    return {
        KEY: note.id,
        "kind": note.kind.value,
        START: min((s.start_ns for s in sources), default=note.written_ns),
        END: max((s.end_ns for s in sources), default=note.written_ns),
        BODY: json.dumps(body(note.learned)),
        "author": note.author.value,
        "version": note.version,
        "written_ns": note.written_ns,
        "locked": note.locked,
    }


def to_note(row: Row) -> Note:
    """The note of a row of either table."""
    learned = from_body(NoteKind(row["kind"]), json.loads(row[BODY]))
    author = Author(row["author"])
    return Note(learned, row["version"], author, row["written_ns"], row["locked"])


def link_rows(links: Iterable[Link]) -> pa.Table:
    """Links as rows; the same link always has the same key."""
    rows = [{KEY: link.id, END: link.start_ns + 1, **to_json(link)} for link in links]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[LINKS])


def to_link(row: Row) -> Link:
    """The link of a row."""
    return from_json(Link, row)


def of_kind(kind: NoteKind) -> str:
    """Filter: notes of that kind."""
    return f"kind = '{kind.value}'"


def versions_of(note_id: str) -> str:
    """Filter: the versions of a note."""
    return f"starts_with({KEY}, '{note_id}/')"


def searched_for(table: str, rows: Iterable[Row]) -> list[str]:
    """What full-text search reads of rows, which tell all but that, of a table that has `TERMS`."""
    if table == MOMENTS:
        return [search_key(to_moment(row)) for row in rows]
    if table == EPISODE_WORDS:
        return [row[WORDS] for row in rows]
    return [" ".join(terms(words_of(to_note(row).learned))) for row in rows]


def linked_with(keys: Sequence[str]) -> str:
    """Filter: links of any of these records."""
    return f"({among('one', keys)} OR {among('other', keys)})"


def episode_word_rows(episodes: Iterable[tuple[Episode, Iterable[str]]]) -> pa.Table:
    """Episodes with their terms as rows."""
    rows = [
        {KEY: e.id, START: e.start_ns, END: e.end_ns, COUNT: len(e.moments), WORDS: " ".join(words)}
        for e, words in episodes
    ]
    rows = [row | {TERMS: row[WORDS]} for row in rows]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[EPISODE_WORDS])


def use_rows(moments: Iterable[tuple[str, int, int]], at_ns: int) -> pa.Table:
    """Uses, at one time, of moments by id and span as rows."""
    rows = [
        {KEY: f"{key}/{at_ns}", MOMENT: key, START: start_ns, END: end_ns, AT: at_ns}
        for key, start_ns, end_ns in moments
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[USES])


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
    return among(KEY, keys)


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
    return f"{STATES[channel]} = '{state.value}'"


def every(*filters: str | None) -> str | None:
    """Filter: rows that pass all of these; None lets everything pass."""
    return " AND ".join(f"({one})" for one in filters if one) or None


def some(filters: Sequence[str]) -> str | None:
    """Filter: rows that pass one of these; None, which lets everything pass, for none."""
    return " OR ".join(f"({one})" for one in filters) or None


WITH_VECTOR = f"{VECTOR} IS NOT NULL"
WITH_REGION = f"{REGION.name} IS NOT NULL"
SEEN_WHOLE = f"({SCENE.name} IS NULL OR {SCENE.name} = {KEY})"
GOING_ON = f"({SCENE.name} IS NOT NULL AND {SCENE.name} <> {KEY})"  # with a scene begun before
