"""Carries out what the person had forgotten, down to the bytes.

The profile lists the spans to forget, the store notes which of them it has carried out. Whatever
stands between the two is done at the next opportunity, so a forgetting that a crash cut off is
finished, and a store restored from an older backup forgets again.
"""

from __future__ import annotations

import json

from mirrordesk.control import Span, forgotten_spans
from mirrordesk.memory import filtering, schema
from mirrordesk.memory.episodes import EpisodeBook
from mirrordesk.memory.ledger import Ledger
from mirrordesk.memory.media import Media
from mirrordesk.memory.notes import NoteBook
from mirrordesk.memory.spaces import Spaces
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from mirrordesk.records import Forgotten

_NOTE = "forgotten"


def outstanding(tables: Tables, profile: Profile) -> list[Span]:
    """The spans to forget that the store has not carried out."""
    done = _carried_out(tables)
    return [span for span in forgotten_spans(profile) if span not in done]


def _carried_out(tables: Tables) -> set[Span]:
    noted = tables.meta(_NOTE).get(_NOTE, "[]")
    return {Span(start_ns, end_ns) for start_ns, end_ns in json.loads(noted)}


def carry_out(tables: Tables, media: Media, profile: Profile) -> Forgotten:
    """Remove everything within the outstanding spans. The caller holds the write lock.

    Media goes before the rows that name it, so that a crash in between leaves no file behind that
    nobody knows of. Old versions of rows hide in old files, so every table is written anew.
    """
    spans = outstanding(tables, profile)
    if not spans:
        return Forgotten(0, 0, 0)
    moments, files = 0, 0
    for span in spans:
        files += _remove_media(tables, media, span)
        moments += tables[schema.MOMENTS].count(filtering.overlapping(span))
        _remove_rows(tables, span)
    _rewrite(tables)
    done = _carried_out(tables).union(spans)
    tables.note(_NOTE, json.dumps(sorted((span.start_ns, span.end_ns) for span in done)))
    return Forgotten(moments, files, 0)


def _remove_media(tables: Tables, media: Media, span: Span) -> int:
    named = tables[schema.MOMENTS].rows((schema.MEDIA,), filtering.overlapping(span))
    return media.forget(span, {path for path in named[schema.MEDIA].to_pylist() if path})


def _remove_rows(tables: Tables, span: Span) -> None:
    derived = (tables[schema.EPISODE_WORDS], tables[schema.USES])
    for table in (*Spaces(tables).each(), *derived, tables[schema.MOMENTS]):
        table.delete(filtering.overlapping(span))
    Ledger(tables).forget(span)
    EpisodeBook(tables).forget(span)
    NoteBook(tables).forget(span)


def _rewrite(tables: Tables) -> None:
    for name in tables.names():
        if name != schema.META:
            tables[name].rewrite()
