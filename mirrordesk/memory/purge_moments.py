"""Carries out the forgetting of single moments, down to the bytes.

A rule covers some of the moments of a span and leaves the others: what another monitor showed, what
was said meanwhile. The ledger stays as it is, for it was watched all the same. As with spans, the
profile lists what to forget and the store notes what it has carried out (`purge.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from mirrordesk.control import forgotten_moments
from mirrordesk.memory import filtering, schema
from mirrordesk.memory.episode_words import EpisodeWords
from mirrordesk.memory.episodes import EpisodeBook
from mirrordesk.memory.media import Media
from mirrordesk.memory.notes import NoteBook
from mirrordesk.memory.spaces import Spaces
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from mirrordesk.records import Forgotten, region_id

_NOTE = "forgotten moments"


def is_outstanding(tables: Tables, profile: Profile) -> bool:
    """Whether the profile lists moments to forget that the store has not carried out."""
    return _sum_of(forgotten_moments(profile)) != tables.meta(_NOTE).get(_NOTE, _sum_of(()))


def _sum_of(ids: Iterable[str]) -> str:
    """One word for a set of ids."""
    return blake2b("\n".join(sorted(ids)).encode(), digest_size=16).hexdigest()


def carry_out(tables: Tables, media: Media, profile: Profile) -> Forgotten:
    """Remove the listed moments that are there. The caller holds the write lock.

    Media goes first, as a crash in between must leave no file that nobody knows of; and every table
    is written anew, as old versions of rows hide in old files.
    """
    ids = forgotten_moments(profile)
    moments, files = 0, 0
    for keys in filtering.portions(sorted(ids)):
        some = filtering.with_keys(keys)
        named = tables[schema.MOMENTS].rows((schema.MEDIA,), some)[schema.MEDIA].to_pylist()
        moments += len(named)
        files += media.remove_all([path for path in named if path])
        for table in Spaces(tables).each():
            table.delete(filtering.with_keys([*keys, *map(region_id, keys)]))
        tables[schema.MOMENTS].delete(some)
        tables[schema.USES].delete(filtering.among(schema.MOMENT, keys))
    changed = EpisodeBook(tables).forget_moments(ids)
    EpisodeWords(tables).forget_moments(changed)
    NoteBook(tables).forget_moments(ids)
    for name in tables.names():
        if name != schema.META:
            tables[name].rewrite()
    tables.note(_NOTE, _sum_of(ids))
    return Forgotten(moments, files, 0)
