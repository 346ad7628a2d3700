"""What only many days teach: procedures, who the person is, and links, anew when a day is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mirrordesk import clock
from mirrordesk.knowledge import Block, Link, Procedure
from mirrordesk.learning import front, identity, links, procedures
from mirrordesk.memory import filtering
from mirrordesk.memory.looked import Looked, state_of
from mirrordesk.memory.store import Store
from mirrordesk.records import Episode, Moment

DAYS = 60  # that are looked at together
MOST_MOMENTS = 100_000  # of these, the latest
_TOPIC = "habits"


class Habits:
    """What somebody does again and again. Looking takes seconds, and is due once a day."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looked = Looked(store)

    def is_due(self) -> bool:
        """Whether a day has ended, or what was before today has changed, since the last look."""
        episodes = self._episodes()
        return bool(episodes) and self._looked.topic(_TOPIC) != _state(episodes)

    def learnt(self) -> tuple[tuple[Procedure | Block, ...], tuple[Link, ...]]:
        """The procedures that are new or were carried out again, the person's names and addresses,
        and all links of all notes."""
        episodes = self._episodes()
        known = {note.id: note.learned for note in self._store.notes.each()}
        held = [one for one in known.values() if isinstance(one, Procedure)]
        moments = self._moments(episodes)
        found: list[Procedure | Block] = list(procedures.mine(moments, episodes, held))
        found += identity.blocks(moments)
        known |= {one.id: one for one in found}
        return tuple(found), tuple(links.draw(episodes, list(known.values())))

    def mark(self) -> None:
        """Note that all this was looked at."""
        self._looked.mark_topic(_TOPIC, _state(self._episodes()))

    def _episodes(self) -> list[Episode]:
        """Those of the last weeks that ended before today began."""
        today_ns, _ = clock.day_span(clock.at(clock.now_ns()).date())
        near = self._store.episodes_since(today_ns - DAYS * 24 * clock.HOUR)
        return [episode for episode in near if episode.end_ns < today_ns]

    def _moments(self, episodes: Iterable[Episode]) -> list[Moment]:
        """Their moments in order; with what was read only where a terminal was in front."""
        wanted = {key for episode in episodes for key in episode.moments}
        moments = [m for m in self._store.named() if m.id in wanted][-MOST_MOMENTS:]
        shells = [m.id for m in moments if front.is_terminal(m.app)]
        texts = {
            key: moment.text
            for part in filtering.portions(shells)
            for key, moment in self._store.known(part).items()
        }
        return [replace(m, text=texts.get(m.id, "")) for m in moments]


def _state(episodes: Iterable[Episode]) -> str:
    return state_of(episode.id for episode in episodes)
