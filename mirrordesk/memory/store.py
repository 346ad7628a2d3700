"""Store: the one door to what is remembered."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import pyarrow.compute as pc

from mirrordesk import clock, control, durable
from mirrordesk.control import Span
from mirrordesk.errors import StoreError
from mirrordesk.knowledge import Author, Learned, Link
from mirrordesk.kv_files import KvFiles
from mirrordesk.memory import filtering, layout, migrations, purge, purge_moments, schema
from mirrordesk.memory.completing import completed
from mirrordesk.memory.episodes import EpisodeBook
from mirrordesk.memory.ledger import Ledger
from mirrordesk.memory.media import Media
from mirrordesk.memory.notes import NoteBook
from mirrordesk.memory.scenes import orphans
from mirrordesk.memory.spaces import Spaces
from mirrordesk.memory.strength import Strength
from mirrordesk.memory.tables import Tables
from mirrordesk.memory.upkeep import Upkeep
from mirrordesk.paths import Profile
from mirrordesk.records import (
    Channel,
    Citation,
    Day,
    Episode,
    Forgotten,
    Gap,
    Moment,
    State,
    Watch,
    region_id,
)
from mirrordesk.seal import keys

_READ = (Channel.OCR, Channel.SPEECH)  # by these words come into a moment
_FOREVER_NS = 1 << 62
_BATCH = 4096  # rows turned into moments at once


class Store:
    """A profile's tables. Any number of processes may read and write at the same time.

    Opening creates or migrates them, seals them where they are not or a key was renewed, and
    finishes a forgetting that was cut off. It raises KeyTrouble without the key, every method
    StoreError where the tables are damaged, the writing ones DiskFull where there is no space.
    """

    def __init__(self, profile: Profile, tables: Tables | None = None) -> None:
        """`tables`: others than the profile's own sealed ones, to compare with."""
        self._profile = profile
        keys.of(profile).ring()  # nothing is touched without the right one
        self.tables = tables or Tables(profile.store, keys.of(profile))
        if migrations.done(self.tables) < len(migrations.MIGRATIONS):
            with self.writing():
                migrations.migrate(self.tables)
        self.seal()
        self._moments = self.tables[schema.MOMENTS]
        self.spaces = Spaces(self.tables)
        self._ledger = Ledger(self.tables)
        self._episodes = EpisodeBook(self.tables)
        self._strength = Strength(self.tables)
        self.notes = NoteBook(self.tables)
        self.upkeep = Upkeep(self.tables, self.writing)
        self._in_state: dict[State, tuple[int, dict[str, int]]] = {}  # version, counts
        if self._is_forgetting_outstanding():
            self.carry_out_forgetting(Media(profile))

    def seal(self) -> None:
        """Seal all tables with the newest key, where they are not."""
        if not self.tables.is_sealed():
            with self.writing():
                self.tables.reseal()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the profile's write lock, waiting for it. Not to be nested."""
        holder = "Another process writes to the memory."
        with durable.lock(self._profile.write_lock, holder=holder, wait=True):
            yield

    def add(self, moments: Sequence[Moment]) -> None:
        """Store moments. One whose id is there, or whose time was forgotten, changes nothing."""
        if not moments:
            return
        with self.writing():
            forgotten = control.forgotten_spans(self._profile)
            gone = control.forgotten_moments(self._profile)
            kept = [m for m in moments if m.id not in gone and not _within(m, forgotten)]
            fresh = {m.id: m for m in reversed(kept)}
            if fresh:
                self.spaces.put(list(fresh.values()))
                self._moments.insert(layout.moment_rows(fresh.values()))

    def complete(self, moments: Sequence[Moment]) -> None:
        """Take up the channels in which `moments` have come further than what is stored.

        Kind, time and media stay; a moment that was forgotten meanwhile stays forgotten.
        """
        with self.writing():
            before = self.known([m.id for m in moments], lines=True)
            after = dict(before)
            for result in moments:
                if known := after.get(result.id):
                    after[result.id] = completed(known, result)
            changed = [moment for key, moment in after.items() if moment != before[key]]
            if changed:
                self.spaces.forget_texts([m.id for m in changed if _reads_anew(before[m.id], m)])
                self.spaces.put(changed)
                self._moments.update(layout.moment_rows(changed))

    def mend_scenes(self, waiting: Collection[str]) -> None:
        """Let the first frame that is left of a scene begin it where the one that did is gone.

        It is then to be encoded. `waiting` are captures that are still to be stored.
        """
        with self.writing():
            for scene in orphans(self._moments, waiting):
                frames = self.known(scene, lines=True)
                heirs = [replace(frames[key], scene=scene[0]) for key in scene]
                heirs[0] = replace(heirs[0], image=State.PENDING)
                self._moments.update(layout.moment_rows(heirs))

    def add_gaps(self, gaps: Sequence[Gap]) -> None:
        """Store gaps; the same one twice is one."""
        if gaps:
            with self.writing():
                self._ledger.add_gaps(gaps, control.forgotten_spans(self._profile))

    def add_watches(self, watches: Sequence[Watch]) -> None:
        """Store watched spans; the same one twice is one."""
        if watches:
            with self.writing():
                self._ledger.add_watches(watches, control.forgotten_spans(self._profile))

    def put_episodes(self, episodes: Sequence[Episode]) -> None:
        """Add or replace episodes."""
        with self.writing():
            forgotten = control.forgotten_spans(self._profile)
            self._episodes.put([e for e in episodes if not _within(e, forgotten)])

    def learn(self, learned: Sequence[Learned], links: Sequence[Link], author: Author) -> int:
        """Take up what was learnt, and return how many notes have changed.

        What rests on a moment that is no longer there, or on no moment at all, is left out.
        """
        with self.writing():
            named = {source.moment for one in learned for source in one.sources}
            there = set(self.known(sorted(named)))
            sound = [o for o in learned if o.sources and all(s.moment in there for s in o.sources)]
            self.notes.link(links)
            return len(self.notes.put(sound, author))

    def refresh_episodes(self, since_ns: int) -> None:
        """Cut moments into episodes anew from the one open at `since_ns`; twice is once."""
        with self.writing():
            self._episodes.refresh(since_ns)

    def note_use(self, citations: Sequence[Citation]) -> None:
        """Note that moments were shown as evidence just now: they come to mind more easily."""
        if not citations:
            return
        with self.writing():
            there = self.known([one.id for one in citations])
            self._strength.note([one for one in citations if one.id in there], clock.now_ns())

    def carry_out_forgetting(self, media: Media) -> Forgotten:
        """Remove what the profile lists as forgotten and the store still has."""
        KvFiles(self._profile).forget()  # first, so that a crash leaves the forgetting outstanding
        with self.writing():
            gone = purge.carry_out(self.tables, media, self._profile)
            if not purge_moments.is_outstanding(self.tables, self._profile):
                return gone
            single = purge_moments.carry_out(self.tables, media, self._profile)
        return Forgotten(gone.moments + single.moments, gone.media + single.media, 0)

    def _is_forgetting_outstanding(self) -> bool:
        spans = purge.outstanding(self.tables, self._profile)
        return bool(spans) or purge_moments.is_outstanding(self.tables, self._profile)

    def moment(self, moment_id: str) -> Moment:
        """A moment with all it has. Raises StoreError where there is none of that id."""
        found = self._with_vectors(self.known([moment_id], lines=True))
        if moment_id not in found:
            raise StoreError(f"There is no moment {moment_id} (any more).")
        moment = found[moment_id]
        episode = self.episode_of(moment)
        return replace(moment, episode=episode.id if episode else None)

    def episode_of(self, moment: Moment) -> Episode | None:
        """The episode that a moment belongs to."""
        around = self._episodes.overlapping(Span(moment.start_ns, moment.start_ns + 1))
        return next((e for e in around if moment.id in e.moments), None)

    def moments(self, start_ns: int, end_ns: int, light: bool = True) -> list[Moment]:
        """The moments that the span overlaps, oldest first; `light`: no lines, no vectors."""
        where = filtering.overlapping(Span(start_ns, end_ns))
        found = self._read(schema.LIGHT if light else schema.SHOWN, where)
        if not light:
            found = self._with_vectors(found)
        return sorted(found.values(), key=lambda m: (m.start_ns, m.id))

    def named(self) -> Iterator[Moment]:
        """All moments, oldest first, with what names them alone: no text, no channels."""
        rows = self._moments.rows(schema.NAMED).sort_by(schema.START)
        for batch in rows.to_batches(max_chunksize=_BATCH):
            yield from map(layout.to_named, batch.to_pylist())

    def _with_vectors(self, moments: Mapping[str, Moment]) -> dict[str, Moment]:
        texts = self.spaces.get(Channel.TEXT, list(moments))
        whole = {key: m.scene or key for key, m in moments.items()}
        parts = {key: region_id(key) for key, m in moments.items() if m.region}
        images = self.spaces.get(Channel.IMAGE, sorted({*whole.values(), *parts.values()}))
        return {
            key: replace(
                m,
                text_vector=texts.get(key),
                image_vector=images.get(whole[key]),
                region_vector=images.get(parts.get(key, "")),
            )
            for key, m in moments.items()
        }

    def known(self, ids: Sequence[str], *, lines: bool = False) -> dict[str, Moment]:
        """Moments by id, without vectors; those forgotten meanwhile are left out."""
        columns = schema.SHOWN if lines else schema.LIGHT
        return self._read(columns, filtering.with_keys(ids)) if ids else {}

    def _read(self, columns: Sequence[str], where: str) -> dict[str, Moment]:
        rows = self._moments.rows(columns, where).to_pylist()
        return {row[schema.KEY]: layout.to_moment(row) for row in rows}

    def newest(self, channel: Channel, state: State, limit: int) -> list[Moment]:
        """The newest moments whose `channel` is in that state, at most `limit`, with lines."""
        where = filtering.in_state(channel, state)
        waiting = self._moments.rows((schema.KEY, schema.START), where)
        newest = waiting.sort_by([(schema.START, "descending")])[schema.KEY][:limit].to_pylist()
        found = self._read(schema.SHOWN, filtering.with_keys(newest)) if newest else {}
        return sorted(found.values(), key=lambda m: m.start_ns, reverse=True)

    def pending_counts(self) -> dict[str, int]:
        """How many moments wait, by channel."""
        return self.counts_in(State.PENDING)

    def counts_in(self, state: State) -> dict[str, int]:
        """How many moments are in that state, by channel. Read anew only when that may change."""
        version = self._moments.version()
        known = self._in_state.get(state)
        if known is None or known[0] != version:
            counts = {c.value: self._moments.count(filtering.in_state(c, state)) for c in Channel}
            known = self._in_state[state] = (version, counts)
        return dict(known[1])

    def count(self) -> int:
        """How many moments are stored."""
        return self._moments.count()

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        return {name: self.tables[name].count() for name in sorted(self.tables.names())}

    def span(self) -> tuple[int, int] | None:
        """Start of the first and end of the last moment; None where there is none."""
        times = self._moments.rows((schema.START, schema.END))
        if not times.num_rows:
            return None
        return pc.min(times[schema.START]).as_py(), pc.max(times[schema.END]).as_py()

    def days(self) -> list[str]:
        """The local days that hold a moment, oldest first, as ISO dates."""
        starts = self._moments.rows((schema.START,))[schema.START]
        quarters = pc.unique(pc.divide(starts, _QUARTER)).to_pylist()
        # No zone has ever been off by less than a quarter of an hour since 1972
        zone = clock.zone_name()
        return sorted({clock.at(q * _QUARTER, zone).date().isoformat() for q in quarters})

    def day(self, day: date) -> Day:
        """A local day with its moments (light), episodes, gaps and watched spans."""
        span = Span(*clock.day_span(day))
        episodes = self._episodes.overlapping(span)
        episode_of = {moment_id: e.id for e in episodes for moment_id in e.moments}
        return Day(
            day.isoformat(),
            clock.zone_name(),
            span.start_ns,
            span.end_ns,
            tuple(
                replace(m, episode=episode_of.get(m.id))
                for m in self.moments(span.start_ns, span.end_ns)
            ),
            tuple(episodes),
            self._ledger.gaps(span),
            self._ledger.watches(span),
        )

    def episodes_since(self, since_ns: int) -> list[Episode]:
        """The episodes that end at `since_ns` or later, in order."""
        return self._episodes.overlapping(Span(since_ns - 1, _FOREVER_NS))

    def episodes_between(self, start_ns: int, end_ns: int) -> list[Episode]:
        """The episodes that the span overlaps, in order."""
        return self._episodes.overlapping(Span(start_ns, end_ns))

    def episodes(self, ids: Sequence[str]) -> dict[str, Episode]:
        """Episodes by id; those that are gone are left out."""
        return self._episodes.get(ids)

    def unread_within(self, span: Span) -> list[str]:
        """The moments in `span` that nothing but their time can find yet, oldest first."""
        where = filtering.every(
            filtering.overlapping(span),
            filtering.some([filtering.in_state(c, State.PENDING) for c in _READ]),
        )
        rows = self._moments.rows((schema.KEY, schema.START), where).sort_by(schema.START)
        ids: list[str] = rows[schema.KEY].to_pylist()
        return ids


_QUARTER = 15 * clock.MINUTE


def _reads_anew(before: Moment, after: Moment) -> bool:
    """Whether a text that was there, with its vectors, is now another one."""
    return before.text not in ("", after.text)


def _within(record: Moment | Episode, spans: Sequence[Span]) -> bool:
    return any(span.overlaps(record.start_ns, record.end_ns) for span in spans)
