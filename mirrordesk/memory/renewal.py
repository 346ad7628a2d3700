"""Renewal: what stored moments lack of a model's vectors, and when that model takes over.

A model that takes over is given a space of its own, which is filled while the old one serves. The
note that names the serving space changes only when the new one lacks nothing; then the old one is
deleted. Every step may be cut off and is done again.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow.compute as pc

from mirrordesk.memory import schema
from mirrordesk.memory.store import Store
from mirrordesk.records import Channel, State, Vector

_Versions = tuple[int, int]  # of the moments and of the vectors


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
        """Whether there are as many vectors as moments to have one: tells cheaply that all is well.

        A crash may leave a vector whose moment is still to be stored, so this is no proof; nothing
        is deleted because of it.
        """
        table = self._store.spaces.table(channel, model)
        return table is not None and table.count() == self._moments.count(_done(channel))

    def _versions(self, channel: Channel, model: str) -> _Versions:
        table = self._store.spaces.table(channel, model)
        return self._moments.version(), table.version() if table else 0

    def _listed(self, channel: Channel, model: str) -> list[str]:
        done = self._moments.rows((schema.KEY, schema.START), _done(channel))
        if table := self._store.spaces.table(channel, model):
            there = pc.is_in(done[schema.KEY], value_set=table.rows((schema.KEY,))[schema.KEY])
            done = done.filter(pc.invert(there))
        newest: list[str] = done.sort_by([(schema.START, "descending")])[schema.KEY].to_pylist()
        return newest

    def file(
        self, channel: Channel, model: str, numbers: int, vectors: Mapping[str, Vector | None]
    ) -> None:
        """Store what `model`, whose vectors have that many numbers, made of moments, by their ids.

        None says that it could read nothing there, so that nobody waits for it. A moment that was
        forgotten meanwhile stays forgotten.
        """
        with self._store.writing():
            before = self._versions(channel, model)
            known = self._store.known(list(vectors))
            there = [(moment, vectors[key]) for key, moment in known.items()]
            if there:
                self._store.spaces.file(channel, model, numbers, there)
            self._strike_off(channel, model, before, vectors)

    def _strike_off(
        self, channel: Channel, model: str, before: _Versions, filed: Mapping[str, object]
    ) -> None:
        """Take `filed` off the list of what is lacking, which is long to make."""
        known = self._lists.get((channel, model))
        if known and known[0] == before:
            left = [key for key in known[1] if key not in filed]
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
            and table.count(schema.WITH_VECTOR) > 0
            and not self.lacking(channel, model)
        )


def _done(channel: Channel) -> str:
    return schema.in_state(channel, State.DONE)
