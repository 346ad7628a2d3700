"""What a language model learns from episodes, over and above what rules find.

It works while nobody is at the computer, after consolidation, the newest episodes first. What it
learns is kept with the name of the model, and yields to rules and to the person: of what these
have told it learns nothing, and what they tell later takes its place. An episode counts as read
once all that it taught is stored, so a step that was killed is done again and doubles nothing.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from mirrordesk import clock, config, durable, weights
from mirrordesk.config import LEARN_ALWAYS, LEARN_NEVER
from mirrordesk.consolidation import REST_S, SETTLED
from mirrordesk.errors import UsageError, WeightsError, WorkerError
from mirrordesk.knowledge import (
    Author,
    Block,
    Digest,
    Fact,
    Learned,
    Note,
    NoteKind,
    Procedure,
)
from mirrordesk.llm import noting
from mirrordesk.llm.agreement import readable
from mirrordesk.llm.checking import Reason
from mirrordesk.llm.extract import Extractor, GoOn, Stopped
from mirrordesk.llm.loading import Loading
from mirrordesk.memory.looked import Due, Looked, is_read, state_of
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Episode
from mirrordesk.weights import Weights
from mirrordesk.worker import Worker

TOGETHER = 4  # episodes of one step
REST_AFTER_FAILURE_S = 3600.0
_NOTE = "read by a model:"
_GOAL = "goal of "


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was read: notes, the ids of those that others have taken in, what was dropped."""

    notes: tuple[Learned, ...] = ()
    gone: frozenset[str] = frozenset()
    rejects: Counter[Reason] = field(default_factory=Counter)


class Extraction:
    """Learns from a profile with its language model. Use `close` to end the model's process."""

    def __init__(
        self,
        profile: Profile,
        store: Store,
        worker: Worker | None = None,
        settled_ns: int = SETTLED,
    ) -> None:
        self._profile = profile
        self._store = store
        self._worker = worker or Worker(
            ["mirrordesk.llm.host", "--profile", str(profile.root)],
            name="language model",
            log=profile.logs / "llm.log",
        )
        self._loading = Loading()
        self._log = profile.logs / "consolidation.jsonl"
        self._settled_ns = settled_ns
        self._looked = Looked(store, _NOTE)
        self._seen: object = None  # in which nothing was left to do
        self._look_at_s = 0.0  # on the monotonic clock
        self.trouble = ""  # why the model failed, in one sentence

    def close(self) -> None:
        """End the model's process."""
        self._worker.close()

    def model(self) -> Weights | None:
        """The model that learns; None where none is set, or one that is only for trying out."""
        settings = config.load(self._profile).llm
        if settings.learn == LEARN_NEVER or not settings.model:
            return None
        try:
            found = weights.llm(settings)
        except WeightsError:
            return None
        return None if found.micro and settings.learn != LEARN_ALWAYS else found

    def step(self, go_on: GoOn) -> int:
        """Read a few episodes; 0 where nothing is to be done, or it must not `go_on`."""
        if time.monotonic() < self._look_at_s or not go_on():
            return 0
        model = self.model()
        version = (self._looked.version(), model)
        done = self._do(model, go_on) if model and version != self._seen else 0
        if not done:
            self.close()
            self._seen = version if go_on() else None
            self._look_at_s = max(self._look_at_s, time.monotonic() + REST_S)
        return done

    def run(self, go_on: GoOn = lambda: True) -> int:
        """Do all there is to do now, and return how many steps it took."""
        steps = 0
        while self.step(go_on):
            steps += 1
        return steps

    def plan(self) -> list[Learned]:
        """What `run` would write, without writing anything. Raises what the model fails with."""
        model = self.model()
        if model is None:
            return []
        extractor = self._extractor(model, lambda: True)
        notes = {note.id: note for note in self._store.notes.each()}
        found: dict[str, Learned] = {}
        for due in self._due():
            learnt = self._read(extractor, due.episode, notes.values(), model.name)
            fresh = {one.id: Note(one, 1, Author.MODEL, 0) for one in learnt.notes}
            notes = {key: one for key, one in (notes | fresh).items() if key not in learnt.gone}
            found |= {one.id: one for one in learnt.notes}
            found = {key: one for key, one in found.items() if key not in learnt.gone}
        for note in self._unnamed():
            found |= {one.id: one for one in self._name(extractor, note, model.name).notes}
        return list(found.values())

    def _do(self, model: Weights, go_on: GoOn) -> int:
        done = self._tidy()
        try:
            extractor = self._extractor(model, go_on)
            for due in self._due()[:TOGETHER]:
                notes = self._store.notes.each()
                self._write(self._read(extractor, due.episode, notes, model.name), model)
                self._looked.mark([due])
                done += 1
            for note in [] if done else self._unnamed()[:TOGETHER]:
                self._write(self._name(extractor, note, model.name), model)
                self._looked.mark_topic(_GOAL + note.id, _state_of(note))
                done += 1
        except Stopped:
            return 0
        except (WorkerError, WeightsError, UsageError) as error:
            self.trouble = str(error)
            self._tell({"model": model.identity, "failed": type(error).__name__})
            self._look_at_s = time.monotonic() + REST_AFTER_FAILURE_S
            return 0
        return done

    def _extractor(self, model: Weights, go_on: GoOn) -> Extractor:
        settings = readable(config.load(self._profile).llm, model)
        return Extractor(self._worker, settings, go_on, self._loading)

    def _due(self) -> list[Due]:
        """The newest first: what was done last is asked for most."""
        return self._looked.due(clock.now_ns() - self._settled_ns)[::-1]

    def _read(
        self, extractor: Extractor, episode: Episode, notes: Iterable[Note], name: str
    ) -> Learnt:
        """What an episode teaches beside what `notes` say."""
        there = self._store.known(episode.moments)
        moments = [there[key] for key in episode.moments if key in there and is_read(there[key])]
        found = extractor.read(moments)
        known = {note.id: note for note in notes}
        taken = noting.taken(known.values())
        fresh = [one for one in found.facts if (one.subject, one.predicate) not in taken]
        rejects = found.rejects + Counter({Reason.KNOWN: len(found.facts) - len(fresh)})
        facts, gone = noting.revised(known.values(), fresh)
        made: list[Fact | Digest | Block] = [
            *facts,
            *noting.summed_up(episode, found),
            *noting.lines(found, known),
        ]
        return Learnt(tuple(replace(one, origin=name) for one in made), gone, rejects)

    def _unnamed(self) -> list[Note]:
        """The procedures that rules have named and no model has looked at as they are."""
        return [
            note
            for note in self._store.notes.each(NoteKind.PROCEDURE)
            if isinstance(note.learned, Procedure)
            and not (note.locked or note.learned.origin)
            and self._looked.topic(_GOAL + note.id) != _state_of(note)
        ]

    def _name(self, extractor: Extractor, note: Note, name: str) -> Learnt:
        assert isinstance(note.learned, Procedure)
        goal, rejects = extractor.goal(note.learned, clock.zone_name())
        named = (replace(note.learned, goal=goal, origin=name),) if goal else ()
        return Learnt(named, rejects=rejects)

    def _tidy(self) -> int:
        """Let go of what rules or the person have told meanwhile; how many notes that were.

        So are digests of episodes that were cut anew.
        """
        notes = self._store.notes.each()
        taken = noting.taken(notes)
        told = {noting.digest_id(episode) for episode in self._store.episodes_since(0)}
        gone = {
            note.id
            for note in notes
            if noting.is_models(note)
            and (
                (isinstance(note.learned, Fact) and noting.about(note.learned) in taken)
                or (isinstance(note.learned, Digest) and note.id not in told)
            )
        }
        if gone:
            with self._store.writing():
                self._store.notes.remove(gone)
        return len(gone)

    def _write(self, learnt: Learnt, model: Weights) -> None:
        changed = self._store.learn(learnt.notes, (), Author.MODEL)
        if learnt.gone:
            with self._store.writing():
                self._store.notes.remove(learnt.gone)
        self._tell(
            {
                "model": model.identity,
                "changed": changed,
                "notes": sorted({one.id for one in learnt.notes} | learnt.gone),
                "rejects": {reason.value: n for reason, n in learnt.rejects.items() if n},
            }
        )

    def _tell(self, about: Mapping[str, object]) -> None:
        line = {"at": clock.iso(clock.now_ns()), "about": "reading", **about}
        durable.append_line(self._log, json.dumps(line))


def _state_of(note: Note) -> str:
    return state_of((repr(getattr(note.learned, "steps", ())),))
