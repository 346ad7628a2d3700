"""Renewal: what stored moments lack of a model's vectors, and when that model takes over.

A model that takes over is given a space of its own, which is filled while the old one serves. The
note that names the serving space changes only when the new one lacks nothing; then the old one is
deleted. Every step may be cut off and is done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from mirrordesk.memory import filtering, schema
from mirrordesk.memory.spaces import encoded_of
from mirrordesk.memory.store import Store
from mirrordesk.records import Channel, State, Vector, region_id, seen_in

_Versions = tuple[int, int]  # of the moments and of the vectors
_NOTHING = pa.chunked_array([], pa.string())


class Renewal:
    """Finds what is lacking in a vector space, fills it, and lets it serve when it is complete."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._moments = store.tables[schema.MOMENTS]
        self._lists: dict[tuple[Channel, str], tuple[_Versions, list[str]]] = {}

    def serving(self, channel: Channel) -> str | None:
        """The identity of the model whose vectors search uses; None before the first."""
        return self._store.spaces.serving(channel)

    def lacking(self, channel: Channel, model: str) -> list[str]:
        """The moments that have a vector of another model and none of `model`, the newest first."""
        versions = self._versions(channel, model)
        known = self._lists.get((channel, model))
        if known is None or known[0] != versions:
            well = self.serving(channel) == model and self._as_many(channel, model)
            ids = [] if well else self._listed(channel, model)
            known = self._lists[channel, model] = (versions, ids)
        return known[1]

    def _as_many(self, channel: Channel, model: str) -> bool:
        """Whether there are as many vectors as there are to be: tells cheaply that all is well.

        A crash may leave a vector whose moment is still to be stored, so this is no proof; nothing
        is deleted because of it.
        """
        table = self._store.spaces.table(channel, model)
        wanted = [_whole(channel), *([_region()] if channel is Channel.IMAGE else [])]
        return table is not None and table.count() == sum(map(self._moments.count, wanted))

    def _versions(self, channel: Channel, model: str) -> _Versions:
        table = self._store.spaces.table(channel, model)
        return self._moments.version(), table.version() if table else 0

    def _listed(self, channel: Channel, model: str) -> list[str]:
        table = self._store.spaces.table(channel, model)
        there = table.rows((schema.KEY,))[schema.KEY] if table else _NOTHING
        lacking = self._without(there, _whole(channel))
        if channel is Channel.IMAGE:
            regions = self._without(there, _region(), region_id)
            lacking = pa.concat_tables([lacking, regions])
        newest = lacking.sort_by([(schema.START, "descending")])[schema.KEY]
        return list(dict.fromkeys(newest.to_pylist()))

    def _without(
        self, there: pa.ChunkedArray, where: str, name: Callable[[str], str] | None = None
    ) -> pa.Table:
        """The moments that pass the filter and whose vector, by its `name`, is not there."""
        columns = (schema.KEY, schema.START)
        rows = self._moments.rows(columns, where).select(columns)
        names = rows[schema.KEY]
        if name is not None:
            names = pa.array(map(name, names.to_pylist()), pa.string())
        return rows.filter(pc.invert(pc.is_in(names, value_set=there)))

    def file(
        self, channel: Channel, model: str, numbers: int, vectors: Mapping[str, Vector | None]
    ) -> None:
        """Store what `model`, whose vectors have that many numbers, made, by the ids of the looks.

        Those of texts are the ids of their moments. None says that it could read nothing there, so
        that nobody waits for it. A moment that was forgotten meanwhile stays forgotten.
        """
        with self._store.writing():
            before = self._versions(channel, model)
            known = self._store.known(list({seen_in(key) for key in vectors}))
            origins = [o for moment in known.values() for o in encoded_of(moment, channel)]
            there = [(origin, vectors[origin.id]) for origin in origins if origin.id in vectors]
            if there:
                self._store.spaces.file(channel, model, numbers, there)
            self._strike_off(channel, model, before, vectors)

    def _strike_off(
        self, channel: Channel, model: str, before: _Versions, filed: Mapping[str, object]
    ) -> None:
        """Take `filed` off the list of what is lacking, which is long to make."""
        known = self._lists.get((channel, model))
        if known and known[0] == before:
            done = {seen_in(key) for key in filed}
            left = [key for key in known[1] if key not in done]
            self._lists[channel, model] = (self._versions(channel, model), left)

    def settle(self, channel: Channel, model: str) -> bool:
        """Let the vectors of `model` serve if they are complete; whether they do now.

        Spaces that neither serve nor belong to `model` are deleted: nobody is filling them.
        """
        serving = self.serving(channel)
        if serving is None:
            return False
        if serving != model and self._complete(channel, model):
            with self._store.writing():
                if self._complete(channel, model):
                    self._store.spaces.serve(channel, model)
        elif self._store.spaces.others(channel, (serving, model)):
            with self._store.writing():
                self._store.spaces.drop_others(channel, (serving, model))
        else:
            return serving == model
        self._lists.clear()  # a table that is made again counts its versions from the start
        return self.serving(channel) == model

    def _complete(self, channel: Channel, model: str) -> bool:
        """Whether nothing lacks a vector of `model`, which has shown that it can make one."""
        table = self._store.spaces.table(channel, model)
        return (
            table is not None
            and table.count(filtering.WITH_VECTOR) > 0
            and not self.lacking(channel, model)
        )


def _whole(channel: Channel) -> str:
    """Filter: the moments that are to have a vector of their own."""
    done = filtering.in_state(channel, State.DONE)
    return done if channel is Channel.TEXT else f"{done} AND {filtering.SEEN_WHOLE}"


def _region() -> str:
    """Filter: those of which a region is to have one."""
    return f"{filtering.in_state(Channel.IMAGE, State.DONE)} AND {filtering.WITH_REGION}"
