"""Accounts for every nanosecond of a profile: it was watched, or the reason why not is written.

The span that is still open and the records that are not yet in the spool stand in a small file
beside the heartbeat. A recorder that was killed finds there what it owes, so that no span is lost
and none is told twice: a record is named in the file before it is put, and putting it twice
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mirrordesk import durable
from mirrordesk.clock import SECOND
from mirrordesk.paths import Profile
from mirrordesk.records import Gap, GapReason, Watch
from mirrordesk.status import RecorderStatus

LONGEST_NS = 30 * SECOND  # a span is put into the spool at the latest when it is that long
ASLEEP_NS = 10 * SECOND  # by which the wall clock runs ahead when the machine slept
STALLED_NS = 30 * SECOND  # a look that takes so long was no look
SET_BACK_NS = 2 * SECOND  # by which the wall clock may go back without being set anew
STOPPED = "stopped"  # the heartbeat's last state when a recorder ended in its own time

Span = Watch | Gap


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """Since `start_ns` the state is `reason`; None means that the recorder is watching."""

    start_ns: int
    reason: GapReason | None

    def closed(self, end_ns: int) -> list[Span]:
        """The record up to `end_ns`; none of no length."""
        if end_ns <= self.start_ns:
            return []
        if self.reason is None:
            return [Watch(self.start_ns, end_ns)]
        return [Gap(self.start_ns, end_ns, self.reason)]


@dataclass(frozen=True, slots=True)
class Book:
    """What a recorder leaves behind: all before `until_ns` is put, owed or in the open span."""

    until_ns: int
    owed: tuple[Span, ...] = ()
    open: OpenSpan | None = None

    def closed(self) -> list[Span]:
        """The records that the spool lacks."""
        return [*self.owed, *(self.open.closed(self.until_ns) if self.open else ())]


def left_by(profile: Profile, last: RecorderStatus | None) -> Book:
    """What the former recorder left, whose last heartbeat is `last`; that alone tells its end
    where the file is missing. Before the first one the profile's birth does.
    """
    value: Any = durable.read_json(profile.ledger)
    if not isinstance(value, dict):
        return Book(last.updated_ns if last else profile.born_ns)
    until_ns = value["until_ns"]
    owed = (OpenSpan(start, _as_reason(why)).closed(end) for start, end, why in value["owed"])
    is_open = value["open"] is not None
    span = OpenSpan(value["open"][0], _as_reason(value["open"][1])) if is_open else None
    return Book(until_ns, tuple(span for spans in owed for span in spans), span)


def unfinished(
    profile: Profile, last: RecorderStatus | None, now_ns: int, *, is_running: bool
) -> list[Span]:
    """The records up to `now_ns` that are not in the spool yet, as they would be put now."""
    book = left_by(profile, last)
    if book.until_ns >= now_ns:
        return book.closed()
    if not is_running:
        return [*book.closed(), Gap(book.until_ns, now_ns, _ending(last))]
    if book.open is None or now_ns - book.until_ns > STALLED_NS:
        return [*book.closed(), Gap(book.until_ns, now_ns, GapReason.ASLEEP)]
    return [*book.owed, *book.open.closed(now_ns)]


def _ending(last: RecorderStatus | None) -> GapReason:
    """Why nothing was recorded after the recorder whose last heartbeat is `last`."""
    in_its_own_time = last is None or last.state == STOPPED
    return GapReason.STOPPED if in_its_own_time else GapReason.CRASHED


class Ledger:
    """Turns states at points in time into contiguous spans. Times are UTC nanoseconds.

    Where the wall clock is set back, a span of the time that comes again begins: it overlaps what
    was told before, and whoever adds up the day takes what was seen before what was not.
    """

    def __init__(self, profile: Profile, put: Callable[[Span], None]) -> None:
        self._profile = profile
        self._put = put
        self._open: OpenSpan | None = None
        self._owed: list[Span] = []
        self._until_ns = 0  # all before is accounted for or in the open span
        self._monotonic_ns = 0

    def begin(self, last: RecorderStatus | None, now_ns: int, monotonic_ns: int) -> None:
        """Take up where the former recorder, whose last heartbeat is `last`, ended."""
        book = left_by(self._profile, last)
        self._owed = book.closed()
        if 0 < book.until_ns < now_ns:
            self._owed.append(Gap(book.until_ns, now_ns, _ending(last)))
        self._until_ns, self._monotonic_ns = now_ns, monotonic_ns
        self._settle()

    def mark(self, reason: GapReason | None, now_ns: int, monotonic_ns: int) -> None:
        """From now on the state is `reason` (None: watching).

        Raises DiskFull when it cannot be written; it is then still known here, and tried again at
        the next mark.
        """
        now_ns = self._never_back(now_ns, reason)
        before = self._open or OpenSpan(self._until_ns, reason)
        if self._was_asleep(now_ns, monotonic_ns):
            asleep = OpenSpan(self._until_ns, GapReason.ASLEEP)
            self._owed += before.closed(self._until_ns) + asleep.closed(now_ns)
            before = OpenSpan(now_ns, reason)
        elif before.reason != reason or now_ns - before.start_ns >= LONGEST_NS:
            self._owed += before.closed(now_ns)
            before = OpenSpan(now_ns, reason)
        self._open, self._until_ns, self._monotonic_ns = before, now_ns, monotonic_ns
        self._settle()

    def close(self, now_ns: int) -> None:
        """Put what is still open. Raises DiskFull; the next recorder then puts it."""
        # Without a mark since `begin` nothing was looked at.
        reason = self._open.reason if self._open else GapReason.STOPPED
        now_ns = self._never_back(now_ns, reason)
        last = self._open or OpenSpan(self._until_ns, reason)
        self._owed += last.closed(now_ns)
        self._open, self._until_ns = None, now_ns
        self._settle()

    def _never_back(self, now_ns: int, reason: GapReason | None) -> int:
        """`now_ns`, or where time stands still for a moment because the clock went back a little.

        A clock that was set back has a span end where it had come to and another one begin.
        """
        if now_ns >= self._until_ns - SET_BACK_NS:
            return max(now_ns, self._until_ns)
        self._owed += self._open.closed(self._until_ns) if self._open else []
        self._open, self._until_ns = OpenSpan(now_ns, reason), now_ns
        return now_ns

    def _was_asleep(self, now_ns: int, monotonic_ns: int) -> bool:
        wall, steady = now_ns - self._until_ns, monotonic_ns - self._monotonic_ns
        return wall - steady > ASLEEP_NS or steady > STALLED_NS

    def _settle(self) -> None:
        """Put what is owed; it is written down first, so that being killed here loses nothing."""
        self._remember(sync=bool(self._owed))
        while self._owed:
            self._put(self._owed[0])
            del self._owed[0]
            if not self._owed:
                self._remember(sync=False)

    def _remember(self, *, sync: bool) -> None:
        value = {
            "until_ns": self._until_ns,
            "open": None if self._open is None else [self._open.start_ns, self._open.reason],
            "owed": [[span.start_ns, span.end_ns, _reason(span)] for span in self._owed],
        }
        durable.write_json(self._profile.ledger, value, sync=sync)


def _reason(span: Span) -> GapReason | None:
    return span.reason if isinstance(span, Gap) else None


def _as_reason(text: str | None) -> GapReason | None:
    return None if text is None else GapReason(text)
