"""What stored moments teach, worked out whenever there is nothing else to do.

A few episodes a step, the oldest first; a step may be killed at any time, and is harmless when done
again. An episode counts as looked at in the state it was in, so what is read later, or
comes late, is looked at then. What is learnt never depends on the order.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mirrordesk import clock, durable
from mirrordesk.knowledge import (
    Author,
    Entity,
    Fact,
    Learned,
    Link,
    Note,
    NoteKind,
    Resource,
)
from mirrordesk.learning import digests, entities, facts, profile, resources
from mirrordesk.learning.revision import Statement, learn, mended
from mirrordesk.learning.summaries import summarised
from mirrordesk.memory.habits import Habits
from mirrordesk.memory.looked import Due, Looked, is_read, state_of
from mirrordesk.memory.store import Store
from mirrordesk.records import Channel, Episode, Moment, Vector

SETTLED = 6 * clock.MINUTE  # after its end an episode grows no more, but for what comes late
REST_S = 60.0  # between two looks at a memory that grows all the time
PORTION = 256  # moments of one step, if not a single episode has more
BREATH = 50  # moments between two signs of life
_FACTS, _PROFILE, _DAYS = "facts", "profile", "days"

Breathe = Callable[[], None]
Kept = TypeVar("Kept", Fact, Resource, Entity)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one look taught: notes, links, the episode with its summary.

    `gone` are ids of notes that others have taken in.
    """

    notes: tuple[Learned, ...] = ()
    links: tuple[Link, ...] = ()
    episode: Episode | None = None
    gone: frozenset[str] = frozenset()


class Consolidation:
    """Learns from episodes. `log` takes a line for each look, without anything recorded."""

    def __init__(self, store: Store, log: Path, settled_ns: int = SETTLED) -> None:
        self._store = store
        self._log = log
        self._settled_ns = settled_ns
        self._looked = Looked(store)
        self._habits = Habits(store)
        self._seen: tuple[int, int] | None = None  # the version in which nothing was left to do
        self._look_at_s = 0.0  # on the monotonic clock

    def step(self, breathe: Breathe) -> int:
        """Look at a few episodes, or put a topic in order; 0 where nothing is to be done."""
        if time.monotonic() < self._look_at_s:
            return 0
        version = self._looked.version()
        if version == self._seen:
            return 0
        done = (
            self._next_episodes(breathe)
            or self._mend()
            or self._tell_profile()
            or self._tell_days()
            or self._next_habits()
        )
        if not done:
            self._seen = version
            self._look_at_s = time.monotonic() + REST_S
        return done

    def run(self, breathe: Breathe = lambda: None) -> int:
        """Do all there is to do now, and return how many steps it took."""
        steps = 0
        while self.step(breathe):
            steps += 1
        return steps

    def plan(self) -> list[Learned]:
        """What `run` would write, without writing anything, in the order it would."""
        known, fixed = self._known()
        found: dict[str, Learned] = {}
        for due in self._due():
            learnt = self._learn(due.episode, known, fixed, lambda: None)
            found |= {one.id: one for one in learnt.notes}
            found = {key: one for key, one in found.items() if key not in learnt.gone}
        if self._habits.is_due():
            found |= {one.id: one for one in self._habits.learnt()[0]}
        found |= {one.id: one for one in digests.digests(self._past())}
        return list(found.values())

    def _due(self) -> list[Due]:
        return self._looked.due(clock.now_ns() - self._settled_ns)

    def _next_episodes(self, breathe: Breathe) -> int:
        portion = _portion(self._due())
        if portion:
            known, fixed = self._known()
            learnt = [self._learn(due.episode, known, fixed, breathe) for due in portion]
            self._write("episodes", learnt)
            self._looked.mark(portion)
        return len(portion)

    def _known(self) -> tuple[dict[str, Learned], frozenset[str]]:
        """What was learnt before, by id, and the ids of what a person has fixed."""
        notes = _own(self._store.notes.each())
        fixed = frozenset(note.id for note in notes if note.locked)
        return {note.id: note.learned for note in notes}, fixed

    def _learn(
        self,
        episode: Episode,
        known: dict[str, Learned],
        fixed: Collection[str],
        breathe: Breathe,
    ) -> Learnt:
        """What an episode teaches. `known` is brought up to that, too."""
        there = self._store.known(episode.moments)
        moments = [there[key] for key in episode.moments if key in there and is_read(there[key])]
        stated = _statements(moments, breathe)
        revision = learn(_held(known, Fact), stated, fixed)
        notes: list[Learned] = [*revision.changed]
        notes += resources.mine(moments, [episode], _held(known, Resource))
        notes += entities.mine(moments, stated, _held(known, Entity))
        known |= {one.id: one for one in notes}
        for key in revision.gone:
            del known[key]
        told = summarised(episode, moments, self._vectors(moments))
        return Learnt(tuple(notes), (), told, revision.gone)

    def _vectors(self, moments: Sequence[Moment]) -> dict[str, Vector]:
        """The text vectors there are; of a long episode none, since words tell enough of it."""
        ids = [moment.id for moment in moments]
        return self._store.spaces.get(Channel.TEXT, ids) if len(ids) <= PORTION else {}

    def _tell_profile(self) -> int:
        """Who the person is, where entities or episodes have changed."""
        found = self._store.notes.each(NoteKind.ENTITY)
        episodes = self._store.episodes_since(0)
        state = state_of((_state_of(found), *(episode.id for episode in episodes)))
        if self._looked.topic(_PROFILE) == state:
            return 0
        known = {note.id: note.learned for note in found}
        made = profile.blocks(_held(known, Entity), episodes)
        if made:
            self._write(_PROFILE, [Learnt(tuple(made))])
        self._looked.mark_topic(_PROFILE, state)
        return 1

    def _tell_days(self) -> int:
        """Sum up the days, and weeks, that are over, where their episodes have changed."""
        episodes, held = self._past(), _own(self._store.notes.each(NoteKind.DIGEST))
        if self._looked.topic(_DAYS) == _state_of_days(held, episodes):
            return 0
        made = digests.digests(episodes)
        stale = {note.id for note in held if not note.locked} - {one.id for one in made}
        self._write(_DAYS, [Learnt(tuple(made), gone=frozenset(stale))])
        held = _own(self._store.notes.each(NoteKind.DIGEST))
        self._looked.mark_topic(_DAYS, _state_of_days(held, episodes))
        return 1

    def _past(self) -> list[Episode]:
        """The episodes that ended before today began."""
        today_ns, _ = clock.day_span(clock.at(clock.now_ns()).date())
        return [e for e in self._store.episodes_since(0) if e.end_ns < today_ns]

    def _next_habits(self) -> int:
        """What only many days teach, once a day is over."""
        if not self._habits.is_due():
            return 0
        notes, links = self._habits.learnt()
        self._write("habits", [Learnt(notes, links)])
        self._habits.mark()
        return 1

    def _mend(self) -> int:
        """Bring facts in order that forgetting, or the person, has changed."""
        notes = _own(self._store.notes.each(NoteKind.FACT))
        if self._looked.topic(_FACTS) == _state_of(notes):
            return 0
        held = [note.learned for note in notes if isinstance(note.learned, Fact)]
        revision = mended(held, {note.id for note in notes if note.locked})
        if revision.changed or revision.gone:
            told = Learnt(tuple(revision.changed), (), None, revision.gone)
            self._write(_FACTS, [told])
        self._looked.mark_topic(_FACTS, _state_of(_own(self._store.notes.each(NoteKind.FACT))))
        return 1

    def _write(self, about: str, learnt: Sequence[Learnt]) -> None:
        notes: dict[str, Learned] = {}
        gone: set[str] = set()
        for one in learnt:  # the last state of each
            notes |= {note.id: note for note in one.notes}
            gone = (gone | one.gone) - {note.id for note in one.notes}
        links = [link for one in learnt for link in one.links]
        kept = [note for key, note in notes.items() if key not in gone]
        changed = self._store.learn(kept, links, Author.RULES)
        with self._store.writing():
            self._store.notes.remove(gone)
        self._looked.retell([one.episode for one in learnt if one.episode])
        self._tell(about, changed, sorted({*notes, *gone}), len(links))

    def _tell(self, about: str, changed: int, notes: Sequence[str], links: int) -> None:
        line = {
            "at": clock.iso(clock.now_ns()),
            "about": about,
            "changed": changed,
            "notes": list(notes),
            "links": links,
        }
        durable.append_line(self._log, json.dumps(line))


def _portion(due: Sequence[Due]) -> list[Due]:
    """The first few episodes, at least one."""
    found: list[Due] = []
    moments = 0
    for one in due:
        moments += len(one.episode.moments)
        if found and moments > PORTION:
            break
        found.append(one)
    return found


def _statements(moments: Sequence[Moment], breathe: Breathe) -> list[Statement]:
    found: list[Statement] = []
    for number, moment in enumerate(moments):
        if number % BREATH == 0:
            breathe()
        found += facts.stated(moment)
    return facts.thinned(found)


def _own(notes: Iterable[Note]) -> list[Note]:
    """The notes that rules may build on: what a model has read yields to them."""
    return [note for note in notes if note.author is not Author.MODEL]


def _held(known: Mapping[str, Learned], kind: type[Kept]) -> list[Kept]:
    return [one for one in known.values() if isinstance(one, kind)]


def _state_of(notes: Sequence[Note]) -> str:
    return state_of(repr((note.learned, note.locked)) for note in notes)


def _state_of_days(held: Sequence[Note], episodes: Sequence[Episode]) -> str:
    return state_of((_state_of(held), *map(repr, episodes)))
