"""Where every moment stands: in time, beside its neighbours, within its episode.

What surrounds a find explains it, so recall judges a moment together with what came just before and
after it and with the episode they lie in. That needs the order of all moments; it is read once and
again only when the tables have changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mirrordesk import clock
from mirrordesk.memory import schema
from mirrordesk.memory.tables import Tables
from mirrordesk.records import Kind

APART = clock.MINUTE  # between neighbours, at most
NOWHERE = -1

Places = npt.NDArray[np.int64]  # (n,) positions in an order; NOWHERE for none
Times = npt.NDArray[np.int64]  # (n,) UTC nanoseconds
Scores = npt.NDArray[np.float64]  # (n,), one for each moment in order


@dataclass(frozen=True, eq=False)
class Order:
    """All moments by time. Neighbours are two utterances, or two frames of one app and monitor."""

    ids: Sequence[str]
    start_ns: Times
    end_ns: Times
    spoken: npt.NDArray[np.bool_]
    sources: Sequence[str]  # the different ones …
    source: Places  # … and which of them each moment has
    stream: Places  # moments of one number may be neighbours
    episodes: Sequence[str]
    episode_start_ns: Times
    episode_end_ns: Times

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each id stands."""
        return {key: place for place, key in enumerate(self.ids)}

    @cached_property
    def _row(self) -> Places:
        """The places stream by stream, each in order of time."""
        return np.lexsort((np.arange(len(self)), self.stream))

    @cached_property
    def before(self) -> Places:
        """The neighbour just before each moment."""
        return self._neighbours(self._row[1:], self._row[:-1])

    @cached_property
    def after(self) -> Places:
        """The neighbour just after each moment."""
        return self._neighbours(self._row[:-1], self._row[1:])

    def _neighbours(self, ones: Places, others: Places) -> Places:
        gap = np.maximum(
            self.start_ns[ones] - self.end_ns[others], self.start_ns[others] - self.end_ns[ones]
        )
        near = (self.stream[ones] == self.stream[others]) & (gap <= APART)
        found = np.full(len(self), NOWHERE)
        found[ones[near]] = others[near]
        return found

    @cached_property
    def episode(self) -> Places:
        """The episode in which each moment lies."""
        if not len(self.episodes):
            return np.full(len(self), NOWHERE)
        last = np.searchsorted(self.episode_start_ns, self.start_ns, side="right") - 1
        inside = (last >= 0) & (self.start_ns <= self.episode_end_ns[last])
        return np.where(inside, last, NOWHERE)

    def spread(self, scores: Mapping[str, float], missing: float = 0.0) -> Scores:
        """Scores by id as one for each moment; those of moments that are gone are left out."""
        found = np.full(len(self), missing)
        for key, score in scores.items():
            if (place := self.places.get(key)) is not None:
                found[place] = score
        return found

    def shifted(self, scores: Scores, neighbour: Places) -> Scores:
        """For each moment the score of its neighbour, 0 where it has none."""
        return np.where(neighbour == NOWHERE, 0.0, scores[neighbour])

    def of_episodes(self, scores: Mapping[str, float]) -> Scores:
        """For each moment the score of its episode, 0 where it lies in none."""
        by_episode = np.array([*(scores.get(key, 0.0) for key in self.episodes), 0.0])
        return by_episode[self.episode]

    def best_of_episodes(self, scores: Scores, count: int) -> Scores:
        """For each moment the mean of the `count` best scores in its episode, 0 without one.

        In an episode of fewer moments, those that are missing count as 0.
        """
        row = np.lexsort((-scores, self.episode))
        episode = self.episode[row]
        first = np.concatenate(([True], episode[1:] != episode[:-1])) if len(row) else episode > 0
        begins = np.flatnonzero(first)
        rank = np.arange(len(row)) - np.repeat(begins, np.diff([*begins, len(row)]))
        chosen = (rank < count) & (episode != NOWHERE)
        sums = np.bincount(episode[chosen], scores[row[chosen]], minlength=len(self.episodes) + 1)
        return sums[self.episode] / count


class Orders:
    """The order as it is now; cheap while no table changes."""

    def __init__(self, tables: Tables) -> None:
        self._moments = tables[schema.MOMENTS]
        self._episodes = tables[schema.EPISODES]
        self._known: tuple[tuple[int, int], Order] | None = None

    def now(self) -> Order:
        """The order of what is stored."""
        versions = (self._moments.version(), self._episodes.version())
        if self._known is None or self._known[0] != versions:
            self._known = (versions, self._read())
        return self._known[1]

    def _read(self) -> Order:
        grouping = self._moments.grouping("app")
        moments = _sorted(self._moments.rows((*schema.PLACED, grouping)))
        episodes = _sorted(self._episodes.rows((schema.KEY, schema.START, schema.END)))
        spoken = _numpy(pc.equal(moments["kind"], Kind.SPEECH.value)) == 1
        source = moments["source"].combine_chunks().dictionary_encode()
        app = moments[grouping].combine_chunks().dictionary_encode()
        places = _numpy(source.indices)
        streams = 1 + places * (len(app.dictionary) + 1) + _numpy(app.indices)
        return Order(
            ids=moments[schema.KEY].to_pylist(),
            start_ns=_numpy(moments[schema.START]),
            end_ns=_numpy(moments[schema.END]),
            spoken=spoken,
            sources=source.dictionary.to_pylist(),
            source=places,
            stream=np.where(spoken, 0, streams),
            episodes=episodes[schema.KEY].to_pylist(),
            episode_start_ns=_numpy(episodes[schema.START]),
            episode_end_ns=_numpy(episodes[schema.END]),
        )


def _sorted(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(schema.START, "ascending"), (schema.KEY, "ascending")])


def _numpy(column: pa.Array | pa.ChunkedArray) -> Places:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(whole.to_numpy(zero_copy_only=False), np.int64)
