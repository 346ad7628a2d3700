"""A question on its way to the desk, which may be stopped at any time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mirrordesk.client import DeskClient, PendingAnswer
from mirrordesk.records import Answer, Progress


class Asking:
    """Runs `work` on a thread. `stop` may come before the desk has taken the question."""

    def __init__(self, desk: DeskClient, question: str, conversation: str) -> None:
        self._desk = desk
        self._question = question
        self._conversation = conversation
        self._pending: PendingAnswer | None = None
        self._lock = threading.Lock()
        self.stopped = False

    def work(self, step: Callable[[Progress], None]) -> Answer:
        """Ask, send each step on, and return the answer. Raises what asking failed with."""
        pending = self._desk.ask(self._question, self._conversation)
        with self._lock:
            self._pending = pending
            if self.stopped:
                pending.cancel()
        for event in pending.events():
            step(event)
        return pending.result()

    def stop(self) -> None:
        """Ask the desk to stop. Blocks while the desk is being told."""
        with self._lock:
            self.stopped = True
            if self._pending is not None:
                self._pending.cancel()
