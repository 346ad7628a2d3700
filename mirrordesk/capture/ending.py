"""When a child process is to end: its standard input is closed, or it got a signal."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence

STANDARD_INPUT = 0  # file descriptor


class Ending:
    """Waits without missing the end. To be made in the main thread.

    A pair of sockets carries the signal to the waiting `select`: setting a lock from a signal
    handler could find it held by the very code that it interrupted.
    """

    def __init__(
        self, after_s: float | None = None, *, waits_for_files: bool = sys.platform != "win32"
    ) -> None:
        """`waits_for_files`: whether `select` takes descriptors other than those of sockets."""
        self._deadline = None if after_s is None else time.monotonic() + after_s
        self._here = False
        self._reading, self._writing = socket.socketpair()
        self._files = [STANDARD_INPUT] if waits_for_files else []
        if not waits_for_files:
            threading.Thread(target=self._listen, name="ending", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)

    def wait(self, seconds: float, also: Sequence[int] = ()) -> bool:
        """Wait at most `seconds`, or until a descriptor of `also` can be read; is it the end?"""
        until = time.monotonic() + max(0.0, seconds)
        until = until if self._deadline is None else min(until, self._deadline)
        while not self._here:
            left = until - time.monotonic()
            self._here, woken = self._heard(max(0.0, left), also)
            if left <= 0 or woken:
                break
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self._here = True
        return self._here

    def _signalled(self, _number: int, _frame: object) -> None:
        self._writing.send(b"!")

    def _listen(self) -> None:
        while os.read(STANDARD_INPUT, 4096):
            pass
        self._writing.send(b"!")

    def _heard(self, seconds: float, also: Sequence[int]) -> tuple[bool, bool]:
        """Whether the end has come, and whether there is something to read in `also`."""
        signalled = self._reading.fileno()
        ready, _, _ = select.select([signalled, *self._files, *also], [], [], seconds)
        # What a person types into a terminal is no end; only the end of input is.
        at_end = STANDARD_INPUT in ready and not os.read(STANDARD_INPUT, 4096)
        return at_end or signalled in ready, any(number in ready for number in also)
