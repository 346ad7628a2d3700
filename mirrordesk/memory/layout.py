"""Records as rows of the tables, and rows as records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa

from mirrordesk import clock
from mirrordesk.knowledge import Author, Link, Note, NoteKind, body, from_body, words_of
from mirrordesk.memory import schema
from mirrordesk.records import (
    Box,
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
)
from mirrordesk.terms import terms
from mirrordesk.wire import from_json, to_json

Row = Mapping[str, Any]


def search_key(moment: Moment) -> str:
    """What full-text search reads: the stems of date, app, title, address and text, spaced."""
    day = clock.at(moment.start_ns, moment.zone)
    date = f"{day:%Y-%m-%d} {_WEEKDAYS[day.weekday()]} {_MONTHS[day.month - 1]}"
    return " ".join(terms(f"{date}\n{written(moment)}"))


class Written(Protocol):
    """What of a moment is written."""

    @property
    def app(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str | None: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Words:
    """All that is written of a moment, alone."""

    app: str
    title: str
    url: str | None
    text: str


def to_words(row: Row) -> Words:
    """The words of a row of which only `schema.WRITTEN` was read."""
    return Words(**{name: row[name] for name in schema.WRITTEN})


def written(moment: Written) -> str:
    """All that tells what a moment is about: app, title, address and text."""
    return "\n".join((moment.app, moment.title, moment.url or "", moment.text))


# Not strftime's, which follow the machine's language
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def moment_rows(moments: Iterable[Moment]) -> pa.Table:
    """Moments as rows. Vectors have tables of their own; the episode is not stored."""
    return _table(schema.MOMENTS, map(_moment_row, moments))


def _moment_row(moment: Moment) -> dict[str, Any]:
    row = {name: getattr(moment, name) for name in schema.LIGHT}
    row["kind"] = moment.kind.value
    for name in schema.STATES.values():
        row[name] = row[name].value
    row["lines"] = [_line_row(line) for line in moment.lines]
    row["windows"] = [_window_row(window) for window in moment.windows]
    row["region"] = list(to_json(moment.region).values()) if moment.region else None
    return row | {schema.TERMS: search_key(moment)}


def _line_row(line: TextLine) -> dict[str, Any]:
    return {"text": line.text, "confidence": line.confidence, **to_json(line.box)}


def _window_row(window: FrameWindow) -> dict[str, Any]:
    row: dict[str, Any] = to_json(window)
    return {**row, **row["box"]}


def to_moment(row: Row) -> Moment:
    """The moment of a row, with whichever of its columns were read."""
    values = {name: row[name] for name in schema.LIGHT}
    values["kind"] = Kind(row["kind"])
    for name in schema.STATES.values():
        values[name] = State(row[name])
    values["region"] = Box(*row["region"]) if row["region"] else None
    lines = tuple(_to_line(line) for line in row.get("lines") or ())
    return Moment(**values, lines=lines, windows=_to_windows(row))


def to_named(row: Row) -> Moment:
    """The moment of a row of which only `schema.NAMED` was read."""
    changed = {"kind": Kind(row["kind"]), "windows": _to_windows(row)}
    return Moment(**{name: row[name] for name in schema.NAMED} | changed)


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
        {**_keyed(o.id, o.start_ns, o.end_ns), schema.VECTOR: vector.numbers if vector else None}
        for o, vector in vectors
    ]
    return pa.Table.from_pylist(rows, schema=schema.vectors_schema(numbers))


def episode_rows(episodes: Iterable[Episode]) -> pa.Table:
    """Episodes as rows."""
    return _table(schema.EPISODES, map(to_json, episodes))


def to_episode(row: Row) -> Episode:
    """The episode of a row."""
    return from_json(Episode, {**row, "spoken": row["spoken"] or []})


def note_rows(notes: Iterable[Note]) -> pa.Table:
    """Notes as rows of the table of notes."""
    rows = [_note_row(n) | {schema.TERMS: " ".join(terms(words_of(n.learned)))} for n in notes]
    return _table(schema.NOTES, rows)


def version_rows(notes: Iterable[Note]) -> pa.Table:
    """Notes as rows of the table of versions."""
    rows = [_note_row(n) | {schema.KEY: version_key(n)} for n in notes]
    return _table(schema.VERSIONS, rows)


def version_key(note: Note) -> str:
    """The key of a note in the table of versions."""
    return f"{note.id}/{note.version}"


def _note_row(note: Note) -> dict[str, Any]:
    sources = note.learned.sources
    return {
        schema.KEY: note.id,
        "kind": note.kind.value,
        schema.START: min((s.start_ns for s in sources), default=note.written_ns),
        schema.END: max((s.end_ns for s in sources), default=note.written_ns),
        schema.BODY: json.dumps(body(note.learned)),
        "author": note.author.value,
        "version": note.version,
        "written_ns": note.written_ns,
        "locked": note.locked,
    }


def to_note(row: Row) -> Note:
    """The note of a row of either table."""
    learned = from_body(NoteKind(row["kind"]), json.loads(row[schema.BODY]))
    author = Author(row["author"])
    return Note(learned, row["version"], author, row["written_ns"], row["locked"])


def link_rows(links: Iterable[Link]) -> pa.Table:
    """Links as rows; the same link always has the same key."""
    rows = [{schema.KEY: link.id, schema.END: link.start_ns + 1, **to_json(link)} for link in links]
    return _table(schema.LINKS, rows)


def to_link(row: Row) -> Link:
    """The link of a row."""
    return from_json(Link, row)


def searched_for(table: str, rows: Iterable[Row]) -> list[str]:
    """What full-text search reads of rows, which tell all but that, of a table with terms."""
    if table == schema.MOMENTS:
        return [search_key(to_moment(row)) for row in rows]
    if table == schema.EPISODE_WORDS:
        return [row[schema.WORDS] for row in rows]
    return [" ".join(terms(words_of(to_note(row).learned))) for row in rows]


def episode_word_rows(episodes: Iterable[tuple[Episode, Iterable[str]]]) -> pa.Table:
    """Episodes with their terms as rows."""
    return _table(schema.EPISODE_WORDS, (_episode_word_row(e, words) for e, words in episodes))


def _episode_word_row(episode: Episode, words: Iterable[str]) -> dict[str, Any]:
    written = " ".join(words)
    return {
        **_keyed(episode.id, episode.start_ns, episode.end_ns),
        schema.COUNT: len(episode.moments),
        schema.WORDS: written,
        schema.TERMS: written,
    }


def use_rows(moments: Iterable[tuple[str, int, int]], at_ns: int) -> pa.Table:
    """Uses, at one time, of moments by id and span as rows."""
    rows = [
        {**_keyed(f"{key}/{at_ns}", start_ns, end_ns), schema.MOMENT: key, schema.AT: at_ns}
        for key, start_ns, end_ns in moments
    ]
    return _table(schema.USES, rows)


def gap_rows(gaps: Iterable[Gap]) -> pa.Table:
    """Gaps as rows; the same gap always has the same key."""
    rows = [
        {
            **_keyed(f"{g.start_ns}-{g.end_ns}-{g.reason.value}", g.start_ns, g.end_ns),
            "reason": g.reason.value,
        }
        for g in gaps
    ]
    return _table(schema.GAPS, rows)


def to_gap(row: Row) -> Gap:
    """The gap of a row."""
    return Gap(row[schema.START], row[schema.END], GapReason(row["reason"]))


def watch_rows(watches: Iterable[Watch]) -> pa.Table:
    """Watched spans as rows; the same span always has the same key."""
    rows = [_keyed(f"{w.start_ns}-{w.end_ns}", w.start_ns, w.end_ns) for w in watches]
    return _table(schema.WATCHES, rows)


def to_watch(row: Row) -> Watch:
    """The watched span of a row."""
    return Watch(row[schema.START], row[schema.END])


def meta_rows(values: Mapping[str, str]) -> pa.Table:
    """What the store notes of itself as rows."""
    rows = [{schema.KEY: key, schema.VALUE: value} for key, value in values.items()]
    return _table(schema.META, rows)


def _keyed(key: str, start_ns: int, end_ns: int) -> dict[str, Any]:
    return {schema.KEY: key, schema.START: start_ns, schema.END: end_ns}


def _table(name: str, rows: Iterable[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema.SCHEMAS[name])
