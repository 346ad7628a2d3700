"""The words of whole episodes, for full-text search.

A conversation about a matter rarely says all of its words in one sentence. So an episode is indexed
as one text once it is settled: when nothing that comes can cut it anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from mirrordesk.memory import filtering, layout, schema
from mirrordesk.memory.episodes import PAUSE, STAYS
from mirrordesk.memory.tables import Tables
from mirrordesk.records import Episode

Extent = tuple[int, int]  # of an episode: when it ends, and how many moments it has

MOST = 20  # times a term counts: a word of the menu bar stands on every frame


class EpisodeWords:
    """The table of the words of episodes. Writers hold the profile's write lock."""

    def __init__(self, tables: Tables) -> None:
        self._words = tables[schema.EPISODE_WORDS]
        self._moments = tables[schema.MOMENTS]

    def unsettled(self, extents: Mapping[str, Extent], newest_ns: int) -> list[str]:
        """The episodes that are settled and whose words are missing or of before a change.

        `newest_ns` is when the newest moment began.
        """
        rows = self._words.rows((schema.KEY, schema.END, schema.COUNT)).to_pylist()
        known = {row[schema.KEY]: (row[schema.END], row[schema.COUNT]) for row in rows}
        return [
            key
            for key, (end_ns, count) in extents.items()
            if end_ns + PAUSE + STAYS < newest_ns and known.get(key) != (end_ns, count)
        ]

    def put(self, episodes: Sequence[Episode]) -> None:
        """Index the words of episodes, anew where they are known."""
        if episodes:
            self._words.upsert(layout.episode_word_rows([(e, self._of(e)) for e in episodes]))

    def _of(self, episode: Episode) -> Iterable[str]:
        count: Counter[str] = Counter()
        for keys in filtering.portions(episode.moments):
            for row in self._moments.rows(schema.LIGHT, filtering.with_keys(keys)).to_pylist():
                count.update(layout.search_key(layout.to_moment(row)).split())
        return (term for term, times in count.items() for _ in range(min(times, MOST)))

    def keep_only(self, ids: Collection[str]) -> None:
        """Take out the words of every other episode."""
        known = self._words.rows((schema.KEY,))[schema.KEY].to_pylist()
        for keys in filtering.portions(sorted(set(known).difference(ids))):
            self._words.delete(filtering.with_keys(keys))

    def forget_moments(self, episodes: Collection[str]) -> None:
        """Take out the words of these episodes, from which moments are taken."""
        for keys in filtering.portions(sorted(episodes)):
            self._words.delete(filtering.with_keys(keys))
