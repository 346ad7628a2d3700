"""Ctrl-C as a wish to end early, rather than to drop everything."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def stoppable(*signals: signal.Signals) -> Iterator[threading.Event]:
    """An Event that Ctrl-C sets, or one of `signals`. Main thread only.

    Each works once; a second Ctrl-C interrupts, as it does anywhere else.
    """
    stopped = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *signals)}

    def stop(number: int, _frame: object) -> None:
        stopped.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, stop)
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
