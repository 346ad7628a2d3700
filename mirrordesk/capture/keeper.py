"""Where every source hands in what it captured, to be made durable and counted."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from mirrordesk import clock, control
from mirrordesk.capture.spool import Spool
from mirrordesk.control import Span
from mirrordesk.errors import DiskFull
from mirrordesk.paths import Profile
from mirrordesk.records import SpoolEntry

RETRY_S = 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """What was acknowledged since the recorder started, and when something worth it last came."""

    acknowledged: int = 0
    acknowledged_ns: int | None = None
    changes_ns: int | None = None


class Keeper:
    """Puts entries into the spool. Any thread may call it."""

    def __init__(self, profile: Profile, spool: Spool) -> None:
        self._profile = profile
        self._spool = spool
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._tally = Tally()

    @property
    def tally(self) -> Tally:
        """What was kept so far."""
        with self._lock:
            return self._tally

    def keep(self, entry: SpoolEntry) -> None:
        """Make `entry` durable, unless its time was forgotten meanwhile. Raises DiskFull."""
        spans = control.forgotten_spans(self._profile)
        if any(span.overlaps(entry.start_ns, entry.end_ns) for span in spans):
            return
        self._count(0)
        self._spool.put(entry)
        self._count(1)

    def keep_when_possible(self, entry: SpoolEntry) -> None:
        """`keep`, waiting while the disk is full. Raises DiskFull when the recorder ends first."""
        while True:
            try:
                return self.keep(entry)
            except DiskFull:
                if self._closing.wait(RETRY_S):
                    raise

    def forget(self, span: Span) -> None:
        """Drop what was captured in `span`, and let nobody store it any more. Raises DiskFull.

        What memory already holds of it goes as soon as perception, or anybody who opens the memory,
        comes upon the note.
        """
        control.remember_forgetting(self._profile, span)
        self._spool.forget(span)

    def close(self) -> None:
        """Let nobody wait for space any longer."""
        self._closing.set()

    def _count(self, acknowledged: int) -> None:
        now = clock.now_ns()
        with self._lock:
            last = self._tally
            self._tally = Tally(
                last.acknowledged + acknowledged,
                now if acknowledged else last.acknowledged_ns,
                last.changes_ns if acknowledged else now,
            )
