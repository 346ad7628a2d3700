"""What consolidation has looked at: episodes, by what they hold that can be learnt from.

One note in `meta` for each day that episodes begin on. An episode whose moments have changed, or
have been read since, counts as one that nobody looked at; so nothing depends on the order in which
moments come, and looking twice is harmless.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.memory import schema
from mirrordesk.memory.episodes import EpisodeBook
from mirrordesk.memory.store import Store
from mirrordesk.records import Channel, Episode, Moment, State

_NOTE = "consolidated:"
_TOPIC = "consolidated topic:"
_DAY = 24 * clock.HOUR
READ = (State.DONE, State.NONE)  # a provisional reading is not believed


@dataclass(frozen=True, slots=True)
class Due:
    """An episode to look at, and its state by which the look is noted."""

    episode: Episode
    state: str


class Looked:
    """Which episodes of a store were looked at, and as what."""

    def __init__(self, store: Store, note: str = _NOTE) -> None:
        """`note` begins the names of the notes in `meta`: each who looks has their own."""
        self._store = store
        self._note = note
        self._moments = store.tables[schema.MOMENTS]
        self._episodes = store.tables[schema.EPISODES]

    def version(self) -> tuple[int, int]:
        """Changes whenever there may be something to look at."""
        return self._moments.version(), self._episodes.version()

    def due(self, settled_ns: int) -> list[Due]:
        """Episodes that ended before `settled_ns` and are to be looked at, in order of time."""
        read, noted = self._read_moments(), self._noted()
        episodes = self._store.episodes_since(0)
        found = (Due(e, _state(e, read)) for e in episodes if e.end_ns < settled_ns)
        return [due for due in found if noted.get(due.episode.id) != due.state]

    def mark(self, done: Sequence[Due]) -> None:
        """Note what was looked at; of its days, what is no longer there is not noted any more."""
        noted = self._noted() | {due.episode.id: due.state for due in done}
        days = {_day(due.episode) for due in done}
        by_day: dict[int, dict[str, str]] = {day: {} for day in days}
        for episode in self._store.episodes_since(min(days, default=0) * _DAY):
            if _day(episode) in days and episode.id in noted:
                by_day[_day(episode)][episode.id] = noted[episode.id]
        with self._store.writing():
            for day, states in by_day.items():
                self._store.tables.note(f"{self._note}{day}", json.dumps(states))

    def retell(self, episodes: Sequence[Episode]) -> None:
        """Store episodes with new titles and summaries, but for those that were cut anew since."""
        book = EpisodeBook(self._store.tables)
        with self._store.writing():
            for episode in episodes:
                near = book.overlapping(Span(episode.start_ns, episode.start_ns + 1))
                known = next((one for one in near if one.id == episode.id), None)
                if known and known != episode and known.moments == episode.moments:
                    book.put([episode])

    def topic(self, name: str) -> str:
        """What a topic, such as a day, was made from at the last look; empty for never."""
        return self._store.tables.meta(_TOPIC).get(_TOPIC + name, "")

    def mark_topic(self, name: str, state: str) -> None:
        """Note from what a topic was made."""
        with self._store.writing():
            self._store.tables.note(_TOPIC + name, state)

    def _noted(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for value in self._store.tables.meta(self._note).values():
            found |= json.loads(value)
        return found

    def _read_moments(self) -> set[str]:
        """The ids of the moments whose words are known."""
        names = (schema.STATES[Channel.OCR], schema.STATES[Channel.SPEECH])
        rows = self._moments.rows((schema.KEY, *names)).to_pylist()
        done = {state.value for state in READ}
        return {row[schema.KEY] for row in rows if all(row[name] in done for name in names)}


def is_read(moment: Moment) -> bool:
    """Whether a moment has words that may be learnt from."""
    return bool(moment.text) and moment.ocr in READ and moment.speech in READ


def state_of(parts: Iterable[str]) -> str:
    """What tells one state of a topic from the next."""
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _state(episode: Episode, read: Collection[str]) -> str:
    return state_of(f"{key}{'+' if key in read else '-'}" for key in episode.moments)


def _day(episode: Episode) -> int:
    return episode.start_ns // _DAY
