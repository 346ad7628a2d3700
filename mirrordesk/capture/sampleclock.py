"""Tells when samples were heard, from when they arrive."""

from __future__ import annotations

from mirrordesk import clock
from mirrordesk.capture.base import SAMPLE_RATE

WINDOW_NS = 2 * clock.SECOND  # of running time, over which the least delay is the true one
STEP_NS = clock.SECOND  # by which wall clock and running time part when somebody sets the clock


class SampleClock:
    """Counts samples from an anchor on the wall clock.

    Blocks arrive late by however busy we are, never early: within a window the one that came with
    the least delay tells the truth. After a sleep of the machine, or when the clock was set, the
    anchor is taken anew.
    """

    def __init__(self) -> None:
        self._due_ns: int | None = None  # when the next sample is due, on the wall clock
        self._offset_ns = 0  # wall clock less running time
        self._window_ns = 0  # when the window began, in running time
        self._least_ns = 0  # the least delay within it

    def start(self, count: int, wall_ns: int, running_ns: int) -> int:
        """When the first of `count` samples that have just arrived was heard.

        `running_ns` is a clock that nobody sets and that stands still while the machine sleeps.
        Without samples (nothing is waiting to be read) it is `wall_ns`: what comes, comes after.
        """
        length_ns = count * clock.SECOND // SAMPLE_RATE
        offset_ns = wall_ns - running_ns
        stepped = abs(offset_ns - self._offset_ns) > STEP_NS
        if self._due_ns is None or stepped or not count:
            self._due_ns = wall_ns - length_ns
            self._offset_ns = offset_ns
            self._begin(running_ns, 0)
        delay_ns = wall_ns - (self._due_ns + length_ns)
        self._least_ns = min(self._least_ns, delay_ns)
        if delay_ns < 0 or running_ns - self._window_ns > WINDOW_NS:
            self._due_ns += self._least_ns
            self._begin(running_ns, delay_ns - self._least_ns)
        start_ns = self._due_ns
        self._due_ns += length_ns
        return start_ns

    def _begin(self, running_ns: int, delay_ns: int) -> None:
        self._window_ns, self._least_ns = running_ns, delay_ns
