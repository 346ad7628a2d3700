"""Where every moment stands: in time, beside its neighbours, within its episode.

What surrounds a find explains it, so recall judges a moment together with what came just before and
after it and with the episode they lie in. That needs the order of all moments (`snapshot.py`).
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

APART = clock.MINUTE  # between neighbours, at most
NOWHERE = -1

Places = npt.NDArray[np.int64]  # (n,) positions in an order; NOWHERE for none
Times = npt.NDArray[np.int64]  # (n,) UTC nanoseconds
Scores = npt.NDArray[np.float64]  # (n,), one for each moment in order


@dataclass(frozen=True, eq=False)
class Order:
    """All moments by time. Neighbours are two utterances, or two frames of one app and monitor."""

    keys: pa.Array  # the ids
    start_ns: Times
    end_ns: Times
    spoken: npt.NDArray[np.bool_]
    sources: Sequence[str]  # the different ones …
    source: Places  # … and which of them each moment has
    app: Places  # a number for each app
    scenes: pa.Array  # the id of the frame that began the scene of each; null for none
    episodes: Sequence[str]
    episode_start_ns: Times
    episode_end_ns: Times

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def ids(self) -> Sequence[str]:
        """The ids of all moments."""
        ids: list[str] = self.keys.to_pylist()
        return ids

    def at(self, place: int) -> str:
        """The id of the moment that stands there."""
        key: str = self.keys[place].as_py()
        return key

    def places_of(self, keys: Sequence[str]) -> Mapping[str, int]:
        """Where moments stand, by their ids; those that are gone are left out."""
        if not keys:
            return {}
        found = pc.index_in(self.keys, value_set=pa.array(keys, pa.string()))
        places = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False)).tolist()
        return {self.at(place): place for place in places}

    @cached_property
    def speakers(self) -> frozenset[str]:
        """The sources that something was heard from."""
        return frozenset(self.sources[place] for place in np.unique(self.source[self.spoken]))

    @cached_property
    def stream(self) -> Places:
        """Moments of one number may be neighbours."""
        streams = 1 + self.source * (self.app.max(initial=0) + 1) + self.app
        return np.where(self.spoken, 0, streams)

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

    @cached_property
    def began(self) -> Places:
        """The frame that began the scene of each moment, itself where that is the one."""
        places = pc.index_in(self.scenes, value_set=self.keys).fill_null(NOWHERE)
        return np.asarray(places.to_numpy(zero_copy_only=False), np.int64)

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

    def shifted(self, scores: Scores, neighbour: Places) -> Scores:
        """For each moment the score of its neighbour, 0 where it has none."""
        return np.where(neighbour == NOWHERE, 0.0, scores[neighbour])

    def of_episodes(self, scores: Scores) -> Scores:
        """For each moment the score of its episode, 0 where it lies in none."""
        return np.append(scores, 0.0)[self.episode]

    def best_of_episodes(self, scores: Scores, count: int) -> Scores:
        """For each moment the mean of the `count` best scores in its episode, 0 without one.

        In an episode of fewer moments, those that are missing count as 0.
        """
        counted = np.flatnonzero(scores) if scores.min(initial=0.0) >= 0 else np.arange(len(self))
        row = counted[np.lexsort((-scores[counted], self.episode[counted]))]
        episode = self.episode[row]
        first = np.concatenate(([True], episode[1:] != episode[:-1])) if len(row) else episode > 0
        begins = np.flatnonzero(first)
        rank = np.arange(len(row)) - np.repeat(begins, np.diff([*begins, len(row)]))
        chosen = (rank < count) & (episode != NOWHERE)
        sums = np.bincount(episode[chosen], scores[row[chosen]], minlength=len(self.episodes) + 1)
        return sums[self.episode] / count
