"""The one gateway for work off the main thread.

Every call to the desk goes through `Background.run` or `.stream`. Results, steps and failures come
back to the main thread by one queued signal, and every future is consumed: no failure is lost.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from mirrordesk.errors import MirrorDeskError

Result = TypeVar("Result")
Step = TypeVar("Step")
Failed = Callable[[str], None]


class Job:
    """Work under way. `drop` before what its callbacks touch goes away."""

    def __init__(self, done: Callable[[Any], None], failed: Failed) -> None:
        self.done = done
        self.failed = failed
        self.dropped = False

    def drop(self) -> None:
        """Let nothing of this job come back; the work itself runs to its end."""
        self.dropped = True


class Background(QObject):
    """A pool of threads whose results arrive on the thread this object lives in."""

    failed = Signal(str)  # one sentence; for jobs without a `failed` of their own
    _arrived = Signal(object)

    def __init__(self, threads: int = 4, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="window")
        self._closed = False
        self._lock = threading.Lock()
        self._arrived.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Failed | None = None,
    ) -> Job:
        """Call `work` on a thread, then `done` or `failed` (one sentence) on the main thread."""
        job = Job(done, failed or self.failed.emit)
        self._submit(job, work)
        return job

    def stream(
        self,
        work: Callable[[Callable[[Step], None]], Result],
        step: Callable[[Step], None],
        done: Callable[[Result], None],
        failed: Failed | None = None,
    ) -> Job:
        """Like `run`, where `work` also sends steps, each of which reaches `step` in order."""
        job = Job(done, failed or self.failed.emit)

        def send(value: Step) -> None:
            self._post(lambda: None if job.dropped else step(value))

        self._submit(job, lambda: work(send))
        return job

    def close(self) -> None:
        """Take nothing more and let nothing more come back. Does not wait for calls under way."""
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, job: Job, work: Callable[[], Any]) -> None:
        if self._closed:
            return
        future = self._pool.submit(work)
        future.add_done_callback(lambda ended: self._post(partial(self._finish, job, ended)))

    def _post(self, call: Callable[[], None]) -> None:
        with self._lock:
            if not self._closed:
                self._arrived.emit(call)

    @staticmethod
    def _finish(job: Job, future: Future[Any]) -> None:
        error = future.exception()
        if error is not None and not isinstance(error, MirrorDeskError):
            sys.excepthook(type(error), error, error.__traceback__)  # a bug: keep its traceback
        if job.dropped:
            return
        if error is None:
            job.done(future.result())
        elif isinstance(error, MirrorDeskError):
            job.failed(str(error))
        else:
            job.failed(f"Something unexpected went wrong ({type(error).__name__}); see the log.")
