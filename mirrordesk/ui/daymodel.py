"""A day as the timeline draws it: lanes of blocks, and quick look-ups by time. No Qt here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mirrordesk import clock
from mirrordesk.records import Day, Episode, Gap, Kind, Moment, Watch

MOST_LANES = 6  # the busiest apps have a lane each; the others share the last one
OTHERS = "Other apps"
UNNAMED = "Unknown app"
STILL_AFTER_NS = 90 * clock.SECOND  # a frame counts as activity this long
LEAST_NS = 2 * clock.SECOND


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of activity of one app within one episode."""

    start_ns: int
    end_ns: int
    episode: int  # its place in the day; -1 for none
    moments: int


@dataclass(frozen=True, slots=True)
class Lane:
    """An app (or the other apps) and its blocks, oldest first, not overlapping."""

    name: str
    blocks: tuple[Block, ...]


class DayModel:
    """Built off the main thread; every look-up takes a binary search."""

    def __init__(self, day: Day) -> None:
        self.day = day
        ordered = sorted(day.moments, key=lambda moment: moment.start_ns)
        self.frames = tuple(m for m in ordered if m.kind is not Kind.SPEECH)
        self.speech = tuple(m for m in ordered if m.kind is Kind.SPEECH)
        self.episodes = tuple(sorted(day.episodes, key=lambda episode: episode.start_ns))
        self.gaps = tuple(sorted(day.gaps, key=lambda gap: gap.start_ns))
        self.watches = _joined(day.watches)
        self.calls = tuple((n, e) for n, e in enumerate(self.episodes) if e.is_call)
        self.said = [(m.start_ns, m.end_ns) for m in self.speech if m.source == "microphone"]
        self.played = [(m.start_ns, m.end_ns) for m in self.speech if m.source != "microphone"]
        self._frame_starts = [m.start_ns for m in self.frames]
        self._speech_starts = [m.start_ns for m in self.speech]
        self.lanes = self._lanes()

    @property
    def empty(self) -> bool:
        """Whether there is no moment at all."""
        return not (self.frames or self.speech)

    @property
    def span(self) -> tuple[int, int]:
        """From the first to the last thing there is, padded; an hour at least; the day if empty."""
        items = (*self.frames, *self.speech)
        if not items:
            return self.day.start_ns, self.day.end_ns
        first = min(item.start_ns for item in items)
        last = max(item.end_ns for item in items)
        missing = max(clock.HOUR - (last - first), 0)
        pad = max((last - first) // 40, missing // 2)
        return max(first - pad, self.day.start_ns), min(last + pad, self.day.end_ns)

    def frame_at(self, ns: int) -> int | None:
        """The index in `frames` of what was on the screen at `ns`: the last begun before it, or
        the first of the day. None where the day has no frame."""
        if not self.frames:
            return None
        return max(bisect_right(self._frame_starts, ns) - 1, 0)

    def heard_near(self, ns: int, within_ns: int = clock.MINUTE) -> Sequence[Moment]:
        """What was said within `within_ns` of a time, oldest first."""
        first = bisect_left(self._speech_starts, ns - 10 * within_ns)
        last = bisect_right(self._speech_starts, ns + within_ns)
        return [m for m in self.speech[first:last] if m.end_ns >= ns - within_ns]

    def gap_at(self, ns: int) -> Gap | None:
        """The gap that covers a time."""
        return next((gap for gap in self.gaps if gap.start_ns <= ns < gap.end_ns), None)

    def episode_at(self, ns: int) -> Episode | None:
        """The last begun of the episodes that cover a time."""
        found = [e for e in self.episodes if e.start_ns <= ns <= e.end_ns]
        return found[-1] if found else None

    def call_at(self, ns: int) -> Episode | None:
        """The call that covers a time."""
        return next((e for _, e in self.calls if e.start_ns <= ns <= e.end_ns), None)

    def _lanes(self) -> tuple[Lane, ...]:
        places = {m: i for i, episode in enumerate(self.episodes) for m in episode.moments}
        places |= {episode.id: i for i, episode in enumerate(self.episodes)}
        activity = [*zip(self.frames, self._ends(), strict=True)]
        total: Counter[str] = Counter()
        for moment, end in activity:
            total[moment.app or UNNAMED] += end - moment.start_ns
        named = [name for name, _ in total.most_common(MOST_LANES)]
        if len(total) > MOST_LANES:
            named = [*named[:-1], OTHERS]
        rows: dict[str, list[Block]] = {name: [] for name in named}
        for moment, end in activity:
            row = rows.get(moment.app or UNNAMED)
            _extend(rows[OTHERS] if row is None else row, moment, end, _place(places, moment))
        return tuple(Lane(name, tuple(row)) for name, row in rows.items())

    def _ends(self) -> list[int]:
        """Until when each frame counts: its source's next frame, a gap, or `STILL_AFTER_NS`."""
        ends = [0] * len(self.frames)
        following: dict[str, int] = {}
        gap_starts = [gap.start_ns for gap in self.gaps]
        for index in range(len(self.frames) - 1, -1, -1):
            moment = self.frames[index]
            limits = [moment.start_ns + STILL_AFTER_NS, following.get(moment.source, 1 << 63)]
            after = bisect_right(gap_starts, moment.start_ns)
            limits += gap_starts[after : after + 1]
            ends[index] = max(min(limits), moment.start_ns + LEAST_NS)
            following[moment.source] = moment.start_ns
        return ends


def _place(places: dict[str, int], moment: Moment) -> int:
    """The episode a moment names, or the one that names it; -1 for none."""
    return places.get(moment.episode or "", places.get(moment.id, -1))


def _extend(row: list[Block], moment: Moment, end: int, episode: int) -> None:
    """Add a moment to the last block where it goes on with it, else begin a block."""
    last = row[-1] if row else None
    touches = last is not None and moment.start_ns <= last.end_ns
    if last is not None and touches and last.episode == episode:
        row[-1] = Block(last.start_ns, max(last.end_ns, end), episode, last.moments + 1)
        return
    start = max(moment.start_ns, last.end_ns) if last is not None else moment.start_ns
    row.append(Block(start, max(end, start), episode, 1))


def _joined(watches: Iterable[Watch]) -> tuple[Watch, ...]:
    """Watches in order, those that touch made one."""
    result: list[Watch] = []
    for watch in sorted(watches, key=lambda item: item.start_ns):
        if result and watch.start_ns <= result[-1].end_ns + clock.SECOND:
            end = max(result[-1].end_ns, watch.end_ns)
            result[-1] = Watch(result[-1].start_ns, end)
        else:
            result.append(watch)
    return tuple(result)
