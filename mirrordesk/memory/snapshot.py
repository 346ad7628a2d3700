"""What recall asks, each table at one version, and where its rows stand in the order of moments.

It is read again only when a table has changed. A forgetting meanwhile deletes what is asked here;
whoever asks then meets Gone, and takes the next snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mirrordesk.memory import schema
from mirrordesk.memory.order import NOWHERE, Order, Places, Scores
from mirrordesk.memory.tables import Tables
from mirrordesk.memory.view import ROW, Ranked, Rows, View, together
from mirrordesk.records import Channel, Kind, region_id

_SHARED = ("kind", schema.ZONE, "source", *schema.STATES.values())  # of few different values


@dataclass(frozen=True, eq=False)
class Placed:
    """A table's rows, ascending, and where in an order each stands; NOWHERE for none."""

    view: View
    rows: Rows
    places: Places

    @staticmethod
    def of(view: View, rows: Rows, places: Places) -> Placed:
        """From rows in any order."""
        ascending = np.argsort(rows)
        return Placed(view, rows[ascending], places[ascending])

    def at(self, rows: Rows) -> Places:
        """Where these of its rows stand."""
        return self.places[np.searchsorted(self.rows, rows)]

    def spread(self, found: Ranked, scores: Scores) -> None:
        """Put what was found into the scores at its places; of several the best, NaN being none."""
        places = self.at(found.rows)
        known = places != NOWHERE
        np.fmax.at(scores, places[known], found.scores[known])


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All moments, and the words of all episodes; `rows` are those of the moments by place."""

    order: Order
    rows: Rows
    kept: pa.Table  # `schema.KEPT` of the moments by place
    moments: Placed
    episodes: View
    words: Placed  # places are those of episodes

    def take(self, places: Places, columns: Sequence[str]) -> list[dict[str, Any]]:
        """These columns, and the key, of the moments at some places, in no particular order."""
        (found,) = together(self.taken(places, columns))
        return found

    async def taken(self, places: Places, columns: Sequence[str]) -> list[dict[str, Any]]:
        """As `take`, while others are asked."""
        read = [name for name in columns if name not in schema.KEPT]
        kept = [name for name in schema.KEPT if name == schema.KEY or name in columns]
        some = self.kept.select(kept).take(pa.array(places)).to_pylist()
        known = {row[schema.KEY]: row for row in some}
        rows = dict(zip(self.rows[places].tolist(), known, strict=True))
        found = await self.moments.view.taken(rows, read)
        return [{**known[row[schema.KEY]], **row} for row in found]


class Snapshots:
    """The tables as they are now; cheap while none changes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._known: Snapshot | None = None
        self._vectors: dict[Channel, tuple[Order, Placed]] = {}

    def now(self) -> Snapshot:
        """What is stored."""
        known = self._known
        moments = self._view(schema.MOMENTS, known.moments.view if known else None)
        episodes = self._view(schema.EPISODES, known.episodes if known else None)
        words = self._view(schema.EPISODE_WORDS, known.words.view if known else None)
        if known and (moments, episodes, words) == (
            known.moments.view,
            known.episodes,
            known.words.view,
        ):
            return known
        self._known = _read(moments, episodes, words)
        return self._known

    def vectors(self, order: Order, channel: Channel, name: str) -> Placed:
        """A table of vectors of a channel as it is now, at the moments that the looks belong to."""
        known = self._vectors.get(channel)
        view = self._view(name, known[1].view if known and known[1].view.name == name else None)
        if known is None or known[0] is not order or known[1].view is not view:
            known = self._vectors[channel] = (order, _by_key(view, order.keys))
        return known[1]

    def _view(self, name: str, known: View | None) -> View:
        if known and known.version == self._tables[name].version():
            return known
        return self._tables.view(name)


def _read(moments: View, episodes: View, words: View) -> Snapshot:
    app = moments.mark("app")
    stored = _sorted(moments.all((*schema.KEPT, app)))
    spans = _sorted(episodes.all((schema.KEY, schema.START, schema.END)))
    rows = stored[ROW].to_numpy()
    keys = spans[schema.KEY].combine_chunks()
    order = _order(stored, stored[app], spans)
    placed = Placed.of(moments, rows, np.arange(len(order)))
    return Snapshot(order, rows, _kept(stored), placed, episodes, _by_key(words, keys))


def _order(moments: pa.Table, apps: pa.ChunkedArray, episodes: pa.Table) -> Order:
    source = moments["source"].combine_chunks().dictionary_encode()
    return Order(
        keys=moments[schema.KEY].combine_chunks(),
        start_ns=_numpy(moments[schema.START]),
        end_ns=_numpy(moments[schema.END]),
        spoken=_numpy(pc.equal(moments["kind"], Kind.SPEECH.value)) == 1,
        sources=source.dictionary.to_pylist(),
        source=_numpy(source.indices),
        app=_numpy(apps.combine_chunks().dictionary_encode().indices),
        scenes=moments[schema.SCENE.name].combine_chunks(),
        episodes=episodes[schema.KEY].to_pylist(),
        episode_start_ns=_numpy(episodes[schema.START]),
        episode_end_ns=_numpy(episodes[schema.END]),
    )


def _kept(moments: pa.Table) -> pa.Table:
    """What is kept of each moment; of a text that many share there is one copy."""
    kept = moments.select(schema.KEPT).combine_chunks()
    for at, name in enumerate(schema.KEPT):
        if name in _SHARED:
            kept = kept.set_column(at, name, kept[name].dictionary_encode())
    return kept


def _by_key(view: View, keys: pa.Array) -> Placed:
    """The rows of a view at the places of their keys among `keys`, of a region at its moment's."""
    found = view.all((schema.KEY,))
    owners = pc.replace_substring(found[schema.KEY], region_id(""), "", max_replacements=1)
    places = pc.index_in(owners, value_set=keys).fill_null(NOWHERE)
    return Placed.of(view, found[ROW].to_numpy(), _numpy(places))


def _sorted(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(schema.START, "ascending"), (schema.KEY, "ascending")])


def _numpy(column: pa.Array | pa.ChunkedArray) -> Places:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(whole.to_numpy(zero_copy_only=False), np.int64)
