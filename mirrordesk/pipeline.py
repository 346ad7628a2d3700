"""Spool to memory: the perception worker, `python -m mirrordesk.pipeline --profile DIR`.

It takes acknowledged captures, has the encoders read them, stores the moment and only then removes
the spool entry. Whatever happens in between happens again after a restart, with the same ids, so
nothing is lost and nothing doubled. What lacks an encoder is stored as `pending` and completed when
its weights have arrived (`catchup.py`).

A frame is stored only once it was read, since nobody knows before whether it shows a secret. As
long as that cannot be done it waits in the spool. So does what a governor does not let through yet;
the newest captures are read first, since those are asked for most.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import signal
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from mirrordesk import attempts, clock, config, control, durable, status, worker
from mirrordesk.attempts import Attempts
from mirrordesk.capture.spool import Handle, Spool, Spooled
from mirrordesk.catchup import CatchUp
from mirrordesk.consolidation import Consolidation
from mirrordesk.drafts import drafts
from mirrordesk.errors import MirrorDeskError, SpoolCorrupt, WeightsError
from mirrordesk.extraction import Extraction
from mirrordesk.footprint import GIGABYTE
from mirrordesk.governor import Governor, limited
from mirrordesk.memory.archive.packing import Packing
from mirrordesk.memory.archive.thinning import Thinning
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.perception.encoders import Encoders
from mirrordesk.perception.perceiver import Perceiver
from mirrordesk.records import Channel, Gap, Kind, Moment, SpoolEntry, State, Watch
from mirrordesk.redaction import paint
from mirrordesk.seal.resealing import Resealing

REST_S = 0.5  # between two looks into an empty spool
LONG_REST_S = 5.0  # … and into one that has to wait: it may be long, and looking costs, too
MAINTAIN_EVERY = 64  # stored moments between two compactions
NICENESS = 10  # perception gives way to whatever the person does


class Pipeline:
    """Moves captures from the spool into memory and completes what waits for an encoder."""

    def __init__(self, profile: Profile, governor: Governor | None = None) -> None:
        """Without a `governor` all is done as fast as it can be, but for what may take hours."""
        self._profile = profile
        self._is_governed = governor is not None
        self._governor = governor or Governor()
        self._spool = Spool(profile)
        self._store = Store(profile)
        self._media = Media(profile)
        self._encoders = Encoders(lambda: config.load(profile))
        self._perceiver = Perceiver(self._encoders, self._media)
        self._attempts = Attempts(profile.attempts)
        self._catchup = CatchUp(
            self._store,
            self._media,
            self._encoders,
            self._perceiver,
            self._attempts,
            self._remove_forgotten_media,
        )
        self._consolidation = Consolidation(self._store, profile.logs / "consolidation.jsonl")
        self._extraction = Extraction(profile, self._store)
        self._held: set[str] = set()  # names of frames that cannot be read now
        self._resealing = Resealing(profile, self._store.writing)
        self._packing = Packing(self._store, profile, self._attempts)
        self._thinning = Thinning(self._store, profile, self._budget)
        self._maintained = 0  # how many moments were stored at the last compaction
        self._forgotten = -1  # spans and moments that were forgotten at the last look
        now = clock.now_ns()
        self._status = status.PerceptionStatus(os.getpid(), now, now)

    def step(self) -> bool:
        """One portion of work: of the spool or, when it is empty, of what stored moments lack.

        Returns whether there was any.
        """
        self._encoders.look()
        handles = self._spool.waiting()
        captures = [handle for handle in handles if handle.is_capture]
        self._forget_frames(captures)
        self._store_ledger([handle for handle in handles if not handle.is_capture])
        able = self._able(captures)
        did = self._work(able)
        left = [handle for handle in captures if handle.path.exists()] if did else captures
        self._tell_waiting(left)
        if not (able and did):
            self._maintain()
        return bool(did)

    @property
    def rest_s(self) -> float:
        """Seconds to wait after a step in which there was nothing to do."""
        return LONG_REST_S if self._governor.resting else REST_S

    def _work(self, captures: Sequence[Handle]) -> int:
        """As much as the governor lets through, the newest first; how many things that was."""
        most = self._governor.portion()
        if not most:
            return 0
        if not captures:
            return self._catch_up()
        did = self._store_captures(captures[::-1], most)
        self._governor.learn(did)
        return did

    def _able(self, captures: Sequence[Handle]) -> list[Handle]:
        """The captures that need not wait."""
        if not self._perceiver.policy.applies:
            self._held.clear()
        with contextlib.suppress(WeightsError):
            self._encoders.require(Channel.OCR)
            self._held.clear()
        return [handle for handle in captures if handle.name not in self._held]

    def _forget_frames(self, waiting: Sequence[Handle]) -> None:
        """Carry out what was noted meanwhile; nor must it live on in what the OCR remembers."""
        profile = self._profile
        count = len(control.forgotten_spans(profile)) + len(control.forgotten_moments(profile))
        if count != self._forgotten:
            self._encoders.forget_frames()
            self._store.carry_out_forgetting(self._media)
            self._store.mend_scenes({handle.id for handle in waiting})
            self._forgotten = count

    def _store_ledger(self, handles: Sequence[Handle]) -> None:
        items: list[tuple[Handle, Spooled]] = []
        for handle in handles:
            with self._quarantining(handle):
                items.append((handle, self._spool.read(handle)))
        self._store.add_gaps([item for _, item in items if isinstance(item, Gap)])
        self._store.add_watches([item for _, item in items if isinstance(item, Watch)])
        for handle, _ in items:
            self._spool.done(handle)

    @contextlib.contextmanager
    def _quarantining(self, handle: Handle) -> Iterator[None]:
        """Put the entry aside where it turns out to be corrupt; pass over one that is forgotten."""
        try:
            yield
        except SpoolCorrupt as error:
            place = self._spool.quarantine(handle)
            print(f"{error} It was put aside as {place}.", file=sys.stderr)
        except FileNotFoundError:  # forgotten between listing and reading
            pass

    def _store_captures(self, captures: Sequence[Handle], most: int) -> int:
        """Read and store the first few; how many captures that was."""
        named = {handle.name: handle for handle in captures}
        with self._attempts.portion(list(named), most) as portion:
            for name in portion.hopeless:
                self._spool.quarantine(named[name])
                print(f"{name} stopped perception {attempts.MOST} times.", file=sys.stderr)
            entries: list[tuple[Handle, SpoolEntry]] = []
            for handle in (named[name] for name in sorted(portion.able)):  # in order of time
                with self._quarantining(handle):
                    entry = self._spool.read(handle)
                    assert isinstance(entry, SpoolEntry)  # `captures` holds nothing else
                    entries.append((handle, entry))
            self._perceive(entries)
        return len(portion)

    def _perceive(self, entries: Sequence[tuple[Handle, SpoolEntry]]) -> None:
        """Read captures, and store those whose frame was read or may be kept unread."""
        payloads = {entry.id: entry.payload for _, entry in entries}
        moments = drafts([entry for _, entry in entries], self._there)
        filled = self._perceiver.fill(moments, payloads, self.report)
        unread_may_pass = not self._perceiver.policy.applies
        done: list[tuple[Handle, Moment]] = []
        for (handle, entry), moment in zip(entries, filled.moments, strict=True):
            if moment.ocr is State.PENDING and not unread_may_pass:
                self._held.add(handle.name)
                continue
            with self._quarantining(handle):
                if moment.ocr is State.FAILED and not unread_may_pass:
                    raise SpoolCorrupt(f"The frame {moment.id} cannot be read by OCR.")
                painted = filled.painted.get(moment.id)
                payload = entry.payload if painted is None else paint.png(painted)
                done.append((handle, self._with_media(moment, payload)))
        self._keep([moment for _, moment in done])
        for handle, _ in done:
            self._spool.done(handle)

    def _there(self, ids: Collection[str]) -> set[str]:
        """Which of some captures are stored, or wait to be."""
        return {*self._store.known(list(ids)), *(handle.id for handle in self._spool.waiting())}

    def _with_media(self, moment: Moment, payload: bytes) -> Moment:
        """The moment with its picture or sound stored. Raises SpoolCorrupt where it is none."""
        if moment.kind is Kind.SPEECH:
            media = self._media.put_speech(moment.id, moment.start_ns, moment.zone, payload)
            return dataclasses.replace(moment, media=media)
        media, width, height = self._media.put_frame(
            moment.id, moment.start_ns, moment.zone, payload
        )
        return dataclasses.replace(moment, media=media, width=width, height=height)

    def _keep(self, moments: Sequence[Moment]) -> None:
        if not moments:
            return
        self._store.add(moments)
        self._store.refresh_episodes(min(m.start_ns for m in moments))
        self._remove_forgotten_media(moments)
        self._count(len(moments))

    def _remove_forgotten_media(self, moments: Sequence[Moment]) -> None:
        """The store drops what was forgotten meanwhile; its media goes too."""
        spans = control.forgotten_spans(self._profile)
        single = control.forgotten_moments(self._profile)
        for moment in moments:
            in_span = any(s.overlaps(moment.start_ns, moment.end_ns) for s in spans)
            if moment.media and (in_span or moment.id in single):
                self._media.remove(moment.media)

    def _count(self, moments: int) -> None:
        self._status = dataclasses.replace(
            self._status, stored=self._status.stored + moments, stored_ns=clock.now_ns()
        )

    def _catch_up(self) -> int:
        done = self._catchup.step(self.report)
        if done:
            self._count(done)
        return (
            done
            or self._resealing.step()
            or self._packing.step(self.report)
            or self._thinning.step()
            or self._store.upkeep.settle_episodes()
            or self._consolidation.step(self.report)
            or self._extraction.step(self._may_go_on)
        )

    def _may_go_on(self) -> bool:
        """Whether there is still time for what takes minutes; tells that this process is alive."""
        self.report()
        waits = any(handle.is_capture for handle in self._spool.waiting())
        return self._is_governed and self._governor.is_free() and not waits

    def _budget(self) -> int:
        return round(config.load(self._profile).storage.budget_gb * GIGABYTE)

    def _tell_waiting(self, captures: Sequence[Handle]) -> None:
        self._status = dataclasses.replace(
            self._status,
            waiting=len(captures),
            waiting_min=len({handle.start_ns // clock.MINUTE for handle in captures}),
            resting=self._governor.resting,
        )
        self.report()

    def report(self) -> None:
        """Write the heartbeat, with what waits as last seen."""
        self._status = dataclasses.replace(
            self._status,
            updated_ns=clock.now_ns(),
            held=len(self._held),
            pending=self._store.pending_counts(),
            reencoding=self._catchup.left,
            quarantined=len(self._spool.quarantined()),
            channels={channel.value: self._encoders.state(channel) for channel in Channel},
        )
        status.beat(self._profile.perception_heartbeat, self._status)

    def _maintain(self) -> None:
        if self._status.stored - self._maintained >= MAINTAIN_EVERY:
            self._store.upkeep.maintain()
            self._maintained = self._status.stored


def run(profile: Profile, *, drain: bool, stop: threading.Event) -> None:
    """Work until `stop`; with `drain` until nothing is left that can be done now."""
    holder = "Another perception worker already works on this profile."
    with durable.lock(profile.perception_lock, holder=holder):
        pipeline = Pipeline(profile, None if drain else limited(profile))
        pipeline.report()  # before the first encoder is opened, which takes a while
        while not stop.is_set():
            if not pipeline.step():
                if drain:
                    return
                stop.wait(pipeline.rest_s)


def main(arguments: Sequence[str] | None = None) -> int:
    """The worker process. Ends with standard input, SIGTERM or, with `--drain`, the work."""
    parser = argparse.ArgumentParser(prog="mirrordesk.pipeline")
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("--drain", action="store_true", help="end when nothing is left to do")
    options = parser.parse_args(arguments)
    os.nice(NICENESS)
    stop = worker.parent_gone()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; it closes the pipe
    try:
        run(Profile.open(options.profile), drain=options.drain, stop=stop)
    except MirrorDeskError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
