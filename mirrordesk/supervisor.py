"""Keeps a child process running: restarts it with back-off, kills it when it only looks alive."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from mirrordesk.errors import ChildFailed

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 60.0
STEADY_AFTER_S = 60.0  # after a child that lived this long the wait is short again
LOOK_EVERY_S = 0.5
GRACE_S = 60.0  # what a new child may take to its first heartbeat, on a busy machine


class Supervised:
    """One child, `python -m <arguments>`, ended by closing its standard input.

    `trouble` tells in words why a running child is of no use (None: all is well); after `GRACE_S`
    such a child is killed and started anew. `final_statuses` are the exit statuses after which a
    restart would be of no use: 0, and those of errors that only a person can mend.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        log: Path,
        trouble: Callable[[], str | None] = lambda: None,
        final_statuses: frozenset[int] = frozenset(),
    ) -> None:
        self.name = name
        self.failure: ChildFailed | None = None
        self.restarts = 0
        self._arguments = list(arguments)
        self._log = log
        self._trouble = trouble
        self._final = final_statuses
        self._log_start = 0  # where the log of the present child begins
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name=f"supervise-{name}", daemon=True)

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    @property
    def finished(self) -> bool:
        """Whether the child has ended for good."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def start(self) -> None:
        """Start the child and watch it."""
        self._thread.start()

    def join(self) -> None:
        """Wait until the child has ended for good. Raises ChildFailed where it failed."""
        self._thread.join()
        if self.failure:
            raise self.failure

    def stop(self, timeout: float = 15.0) -> None:
        """End the child in its own time, or after `timeout` seconds the hard way, and join."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        process = self._process
        if process is None or process.poll() is not None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _run(self) -> None:
        wait = FIRST_WAIT_S
        while not self._stop.is_set():
            began = time.monotonic()
            process = self._launch()
            self._watch(process, began)
            if self._stop.is_set():
                return
            assert process.stdin is not None
            process.stdin.close()
            if process.returncode in self._final:
                if process.returncode != 0:
                    self.failure = ChildFailed(self._last_words(), process.returncode)
                return
            wait = FIRST_WAIT_S if time.monotonic() - began > STEADY_AFTER_S else wait
            self._stop.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)
            self.restarts += 1

    def _launch(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is the parent's to handle
            )
        return self._process

    def _watch(self, process: subprocess.Popen[bytes], began: float) -> None:
        """Return when the child has ended, was killed for being of no use, or on `stop`."""
        while not self._stop.wait(LOOK_EVERY_S) and process.poll() is None:
            if time.monotonic() - began > GRACE_S and self._trouble():
                process.kill()
                process.wait()
                return

    def _last_words(self) -> str:
        said = self._log.read_bytes()[self._log_start :].decode(errors="replace")
        lines = said.strip().splitlines()
        return lines[-1] if lines else f"The {self.name} ended without a word."
