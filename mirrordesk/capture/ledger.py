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


class Ledger:
    """Turns states at points in time into contiguous spans. Times are UTC nanoseconds.

    Where the wall clock is set back, time stands still here until the clock has caught up.
    """

    def __init__(self, profile: Profile, put: Callable[[Span], None]) -> None:
        self._path = profile.ledger
        self._put = put
        self._open: OpenSpan | None = None
        self._owed: list[Span] = []
        self._until_ns = 0  # all before is accounted for or in the open span
        self._monotonic_ns = 0

    def begin(self, last: RecorderStatus | None, now_ns: int, monotonic_ns: int) -> None:
        """Take up where the former recorder, whose last heartbeat is `last`, ended."""
        self._recall(last)
        if 0 < self._until_ns < now_ns:
            clean = last is not None and last.state == STOPPED
            reason = GapReason.STOPPED if clean else GapReason.CRASHED
            self._owed.append(Gap(self._until_ns, now_ns, reason))
        self._until_ns, self._monotonic_ns = max(now_ns, self._until_ns), monotonic_ns
        self._settle()

    def mark(self, reason: GapReason | None, now_ns: int, monotonic_ns: int) -> None:
        """From now on the state is `reason` (None: watching).

        Raises DiskFull when it cannot be written; it is then still known here, and tried again at
        the next mark.
        """
        now_ns = max(now_ns, self._until_ns)
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
        now_ns = max(now_ns, self._until_ns)
        # Without a mark since `begin` nothing was looked at.
        last = self._open or OpenSpan(self._until_ns, GapReason.STOPPED)
        self._owed += last.closed(now_ns)
        self._open, self._until_ns = None, now_ns
        self._settle()

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
        durable.write_json(self._path, value, sync=sync)

    def _recall(self, last: RecorderStatus | None) -> None:
        """Read what the former recorder left; without its file the heartbeat tells its end."""
        value: Any = durable.read_json(self._path)
        if not isinstance(value, dict):
            self._until_ns = last.updated_ns if last else 0
            return
        self._until_ns = value["until_ns"]
        for start_ns, end_ns, reason in value["owed"]:
            self._owed += OpenSpan(start_ns, _as_reason(reason)).closed(end_ns)
        if value["open"] is not None:
            start_ns, reason = value["open"]
            self._owed += OpenSpan(start_ns, _as_reason(reason)).closed(self._until_ns)


def _reason(span: Span) -> GapReason | None:
    return span.reason if isinstance(span, Gap) else None


def _as_reason(text: str | None) -> GapReason | None:
    return None if text is None else GapReason(text)
