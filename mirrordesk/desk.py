"""Desk: the façade of every surface. It owns the store, the query encoder, and who answers."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from mirrordesk import clock, config, control, doctor, durable, status, words
from mirrordesk.answering import Answering
from mirrordesk.capture import ledger
from mirrordesk.capture.spool import Spool
from mirrordesk.control import Span
from mirrordesk.footprint import GIGABYTE, Footprint, Room
from mirrordesk.hindsight import Hindsight
from mirrordesk.knowledge import Digest, Note, Procedure
from mirrordesk.learning import digests
from mirrordesk.likeness import Likeness
from mirrordesk.llm import ordering
from mirrordesk.llm.conversation import Conversation, Talks
from mirrordesk.llm.reader import Emit, Reading
from mirrordesk.memory import account, forget, howto, probe
from mirrordesk.memory.facts import FactFinder, Found
from mirrordesk.memory.media import Media
from mirrordesk.memory.query import Filters, Query
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.perception.encoders import Encoders
from mirrordesk.records import (
    Answer,
    Box,
    Channel,
    Check,
    Day,
    DayAccount,
    Forgotten,
    Hit,
    Moment,
    Progress,
    RulePreview,
    State,
    Summary,
)
from mirrordesk.rules import rule
from mirrordesk.worker import Worker

EVIDENCE = 24  # moments that an answer may draw on


def _silent(_step: Progress) -> None:
    """Tell nobody."""


class Desk:
    """A profile, open. Use it as a context manager, or call `close`, which ends `reader` too."""

    def __init__(
        self,
        profile: Profile,
        settings: config.Settings | None = None,
        *,
        reader: Worker | None = None,  # the language model's process, unless it is its own
    ) -> None:
        self.profile = profile
        self.settings = settings or config.load(profile)
        self.store = Store(profile)
        self._media = Media(profile)
        # read at each question: the person may choose another model while the desk is open
        self._encoders = Encoders(lambda: config.load(profile))
        self._encoding = threading.Lock()
        self._recall = Recall(self.store, self._embed)
        self._likeness = Likeness(self.store, self._media, self._encoders, self._recall)
        self._footprint = Footprint(profile.root)
        self._allowed = Room(profile)
        self._talks = Talks()
        self.answering = Answering(
            profile, self.settings.llm, compare=self._compare, rarity=self._rarity, reader=reader
        )

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the language model's process."""
        self.answering.close()

    def ask(
        self,
        question: str,
        *,
        conversation: str | None = None,
        emit: Emit = _silent,
        cancelled: threading.Event | None = None,
    ) -> Answer:
        """Answer from memory, each claim with its evidence, or say that there is no memory of it.

        With a language model set it reads the evidence; without one, or when it fails, the answer
        is found text. Questions of one `conversation`, under any name, may lean on the one before.
        """
        emit(Progress("recall"))
        began = time.perf_counter()
        talk = self._talk(conversation)
        understood = talk.understood(question)
        pair = self._recall.compare(understood)
        hits = list(pair) if pair else self.search(understood, EVIDENCE)
        recalled = time.perf_counter() - began
        if pair:
            reading = Reading(ordering.answer(understood, *pair), talk.shown)
        else:
            reading = self.answering.read(
                question, hits, talk, emit, cancelled or threading.Event()
            )
        answer = dataclasses.replace(reading.answer, question=question)
        self._talks.put(conversation, talk.after(question, answer, reading.shown))
        self.store.note_use(answer.citations)
        if answer.abstained and not any(h.moment.speech is State.PENDING for h in hits):
            answer = answer.noted(self._unread())  # else the answer named them itself
        total = time.perf_counter() - began
        return _with_timings(answer, recall_s=recalled, total_s=total)

    def _talk(self, name: str | None) -> Conversation:
        """The talk so far, without what was forgotten since."""
        talk = self._talks.get(name)
        there = self.store.known(sorted(talk.sources)) if talk.sources else {}
        return talk.without(talk.sources - set(there))

    def _unread(self) -> str:
        """What might hold the answer but cannot be searched yet, in words; empty for nothing."""
        waiting = self.store.pending_counts()
        beat = status.perception(self.profile.perception_heartbeat)
        minutes = beat.waiting_min if beat else 0
        things = [words.minutes_recorded(minutes)] if minutes else []
        things += [
            words.count(waiting[channel], name)
            for channel, name in ((Channel.SPEECH, "recording"), (Channel.OCR, "screen"))
            if waiting[channel]
        ]
        return f"Not read yet: {' and '.join(things)}." if things else ""

    def search(
        self, query: str, limit: int = 20, filters: Filters | None = None, now_ns: int | None = None
    ) -> list[Hit]:
        """Moments ranked for `query` as asked now, or at `now_ns`, best first."""
        return self._recall.search(query, limit, now_ns, filters or Filters())

    def probed(self, query: str, now_ns: int) -> tuple[Query, probe.Found]:
        """What each channel of recall says for `query`, before anything is ranked."""
        return self._recall.probed(query, now_ns)

    def similar(self, moment_id: str, limit: int = 20, region: Box | None = None) -> list[Hit]:
        """Frames that look like that of a moment, or like a region of it; see `Likeness`."""
        with self._encoding:
            return self._likeness.to_moment(moment_id, limit, region)

    def search_image(self, path: Path, limit: int = 20) -> list[Hit]:
        """Frames that look like the picture in a file; see `Likeness`."""
        with self._encoding:
            return self._likeness.to_file(path, limit)

    def facts(self, question: str, limit: int = 5) -> list[Found]:
        """Facts that answer a question, best first: as they hold now, or at the time it names."""
        return FactFinder(self.store.notes).find(question, clock.now_ns(), limit)

    def search_pictures(self, query: str, limit: int = 20) -> list[Hit]:
        """Frames that show what `query` says, best first, whatever is written on them.

        Raises WeightsError where the model that looked at the pictures is not here; WeightsMissing
        also where no picture was looked at yet because there is no image model.
        """
        if query.strip() and self.store.spaces.serving(Channel.IMAGE) is None:
            with self._encoding:
                self._encoders.look()
                self._encoders.require(Channel.IMAGE)
        return self._recall.pictures(query, limit)

    def _embed(self, channel: Channel, model: str, question: str) -> npt.NDArray[np.float32]:
        """The vector of a question by the model that made those it is compared with."""
        with self._encoding:  # one encoder, many calling threads
            self._encoders.look()
            vectors = self._encoders.made(channel, model).encode_questions([question])
        vector: npt.NDArray[np.float32] = vectors[0]
        return vector

    def _compare(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of texts, to be compared with one another."""
        with self._encoding:
            self._encoders.look()
            return self._encoders.text().encode(texts)

    def _rarity(self, term: str) -> float:
        return self._recall.rarity([term])[term]

    def procedures(self, question: str, limit: int = 5) -> list[Procedure]:
        """How what the question asks for was done, as learnt; the newest first."""
        return howto.find(self.store.notes, question, limit)

    def day(self, day: date) -> Day:
        """The timeline of a local day, summed up as far as it and its week are over."""
        ids = digests.ids_of(day)
        found = self.store.notes.get(ids)
        summary, week = (_summary(found.get(key)) for key in ids)
        return dataclasses.replace(self.store.day(day), summary=summary, week=week)

    def account(self, day: date) -> DayAccount:
        """How every instant of a local day is accounted for, with what is not stored yet."""
        now_ns, span = clock.now_ns(), Span(*clock.day_span(day))
        # Asked in the order in which a record travels, so that one on its way is not missed.
        waiting = ledger.unfinished(
            self.profile,
            status.recorder(self.profile.recorder_heartbeat),
            now_ns,
            is_running=durable.is_locked(self.profile.recorder_lock),
        )
        waiting += Spool(self.profile).ledger()
        known = self.store.day(day)
        stretches = account.account(
            span, (*known.gaps, *known.watches), waiting, self.profile.born_ns, now_ns
        )
        return DayAccount(day.isoformat(), clock.zone_name(), stretches)

    def days(self) -> list[str]:
        """The local days that hold something, oldest first, as ISO dates."""
        return self.store.days()

    def moment(self, moment_id: str) -> Moment:
        """A moment with its text boxes. Raises StoreError where there is none of that id."""
        return self.store.moment(moment_id)

    def forget(self, span: Span) -> Forgotten:
        """Remove everything captured in `span`: tables, media, what still waits in the spool."""
        # memory first: it notes the span, after which perception drops what it still holds of it
        gone = forget.forget(self.store, self._media, self.profile, span)
        spooled = Spool(self.profile).forget(span)
        self._footprint.outdate()
        self._talks.clear()
        return Forgotten(gone.moments, gone.media, spooled + gone.spooled)

    def preview_rule(self, text: str, examples: int = 5) -> RulePreview:
        """What of the memory a rule covers, with so many examples. Raises UsageError."""
        return Hindsight(self.profile, self.store, rule.parse(text)).preview(examples)

    def apply_rule(self, text: str) -> Forgotten:
        """Forget what a rule covers: the moments alone, not what shares their time.

        Raises UsageError.
        """
        gone = Hindsight(self.profile, self.store, rule.parse(text)).forget(self._media)
        self._footprint.outdate()
        self._talks.clear()
        return gone

    def report(self) -> status.Report:
        """The state of recording and of the profile."""
        recorder = status.recorder(self.profile.recorder_heartbeat)
        running = durable.is_locked(self.profile.recorder_lock)
        paused = control.paused(self.profile) is not None
        first_ns, last_ns = self.store.span() or (None, None)
        taken = self._footprint.bytes()
        return status.Report(
            profile=str(self.profile.root),
            recorder=recorder,
            recorder_running=running,
            trouble=status.trouble(recorder, clock.now_ns()) if running else "nothing is recording",
            paused=paused,
            perception=status.perception(self.profile.perception_heartbeat),
            perception_running=durable.is_locked(self.profile.perception_lock),
            moments=self.store.count(),
            first_ns=first_ns,
            last_ns=last_ns,
            bytes=taken,
            storage=self._room(taken),
        )

    def _room(self, taken: int) -> status.Storage:
        budget = config.load(self.profile).storage.budget_gb * GIGABYTE
        return self._allowed.storage(round(budget), taken)

    def doctor(self) -> list[Check]:
        """Every part, what was chosen and what is wrong."""
        return doctor.checks(self.profile, self.settings)


def _summary(note: Note | None) -> Summary | None:
    if note is None or not isinstance(note.learned, Digest):
        return None
    # the title of a digest begins with its first day, which whoever shows it tells anyhow
    title = note.learned.title.partition(": ")[2]
    return Summary(title or note.learned.title, tuple(note.learned.text.splitlines()))


def _with_timings(answer: Answer, **seconds: float) -> Answer:
    return dataclasses.replace(answer, timings={**answer.timings, **seconds})
