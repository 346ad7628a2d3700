"""Vector spaces: what one model made of one channel, in a table of its own.

Vectors of two models cannot be compared. So a channel has one space that serves search and, while
another model takes over, a second one that is being filled (`renewal.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mirrordesk.memory import filtering, layout, schema
from mirrordesk.memory.table import Table
from mirrordesk.memory.tables import Tables
from mirrordesk.records import Channel, Look, Moment, Vector

CHANNELS = (Channel.TEXT, Channel.IMAGE)  # those that perception answers with a vector

_SERVES = "serves:"  # and the channel: the note that names the model of the serving space


class Spaces:
    """The tables of vectors. Writers hold the profile's write lock."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def serving(self, channel: Channel) -> str | None:
        """The identity of the model whose vectors search uses; None before the first."""
        return self._tables.meta(_SERVES).get(_SERVES + channel.value)

    def serve_now(self) -> dict[Channel, str]:
        """As `serving`, for every channel that has a vector."""
        served = self._tables.meta(_SERVES)
        named = {channel: served.get(_SERVES + channel.value) for channel in CHANNELS}
        return {channel: model for channel, model in named.items() if model}

    def table(self, channel: Channel, model: str) -> Table | None:
        """The vectors that `model` made for `channel`; None where it made none yet."""
        return self._tables.get(schema.vectors_table(channel, model))

    def each(self, channel: Channel | None = None) -> Iterator[Table]:
        """Every table of vectors there is, of `channel` or of all."""
        wanted = CHANNELS if channel is None else (channel,)
        beginnings = tuple(map(schema.vectors_prefix, wanted))
        for name in self._tables.names():
            if name.startswith(beginnings):
                yield self._tables[name]

    def put(self, moments: Sequence[Moment]) -> None:
        """Store the vectors that `moments` carry, each by its maker; one that is there stays."""
        for channel in CHANNELS:
            made: dict[tuple[str, int], list[tuple[Moment | Look, Vector | None]]] = {}
            for moment in moments:
                for origin, vector in _carried(moment, channel):
                    key = (vector.model, len(vector.numbers))
                    made.setdefault(key, []).append((origin, vector))
            for (model, numbers), vectors in made.items():
                self.file(channel, model, numbers, vectors)

    def file(
        self,
        channel: Channel,
        model: str,
        numbers: int,
        vectors: Sequence[tuple[Moment | Look, Vector | None]],
    ) -> None:
        """Store what `model` made of each; None says that it could read nothing there.

        The first space of a channel serves at once: there is nothing better.
        """
        rows = layout.vector_rows(vectors, numbers)
        self.create(channel, model, numbers).insert(rows)
        if self.serving(channel) is None:
            self._note(channel, model)

    def create(self, channel: Channel, model: str, numbers: int) -> Table:
        """The table for the vectors of `model`, of that many numbers; made where there is none."""
        name = schema.vectors_table(channel, model)
        return self._tables.create(name, schema.vectors_schema(numbers))

    def serve(self, channel: Channel, model: str) -> None:
        """Let search use the vectors of `model`, and delete every other space of the channel."""
        self._note(channel, model)
        self.drop_others(channel, (model,))

    def others(self, channel: Channel, models: Sequence[str]) -> list[str]:
        """The channel's tables of vectors but for those of `models`."""
        kept = {schema.vectors_table(channel, model) for model in models}
        return [table.name for table in self.each(channel) if table.name not in kept]

    def drop_others(self, channel: Channel, models: Sequence[str]) -> None:
        """Delete every space of the channel but those of `models`."""
        for name in self.others(channel, models):
            self._tables.drop(name)

    def _note(self, channel: Channel, model: str) -> None:
        self._tables.note(_SERVES + channel.value, model)

    def get(self, channel: Channel, ids: Sequence[str]) -> dict[str, Vector]:
        """The vectors that search uses, of moments or of looks by their ids."""
        model = self.serving(channel)
        table = self.table(channel, model) if model else None
        if model is None or table is None:
            return {}
        where = f"{filtering.with_keys(ids)} AND {filtering.WITH_VECTOR}"
        rows = table.rows((schema.KEY, schema.VECTOR), where).to_pylist()
        return {row[schema.KEY]: Vector(model, tuple(row[schema.VECTOR])) for row in rows}

    def forget_texts(self, ids: Sequence[str]) -> None:
        """Take out the text vectors of moments whose text is about to change."""
        for table in self.each(Channel.TEXT) if ids else ():
            table.delete(filtering.with_keys(ids))


def encoded_of(moment: Moment, channel: Channel) -> tuple[Moment | Look, ...]:
    """What of a moment has a vector in a channel: its text, or what is seen in it."""
    return (moment,) if channel is Channel.TEXT else moment.looks


def _carried(moment: Moment, channel: Channel) -> Iterator[tuple[Moment | Look, Vector]]:
    """The vectors of its own that the moment carries for `channel`."""
    for origin in encoded_of(moment, channel):
        if isinstance(origin, Moment):
            vector = origin.text_vector
        else:
            vector = moment.region_vector if origin.region else moment.image_vector
        if vector:
            yield origin, vector
