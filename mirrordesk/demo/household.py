"""Programs that live and die together, whatever happens to the one who started them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from mirrordesk.errors import CaptureUnavailable

PACKAGES_SCRIPT = "installer/system-packages.sh"
MARK = "MIRRORDESK_HOUSEHOLD"  # environment variable that every member inherits
GRACE_S = 4.0  # what a program may take to leave after SIGTERM
LOOK_EVERY_S = 0.05

# The leader of the process group waits for its input to end, which also happens when we are killed,
# and takes the group with it.
_WATCHMAN = "trap '' TERM; cat >/dev/null; kill -TERM 0; sleep 1; kill -KILL 0"


def require(*programs: str) -> None:
    """Raise CaptureUnavailable, naming the first of `programs` that is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            raise CaptureUnavailable(
                f"The virtual desktop needs the program {program}, which is not installed; "
                f"run {PACKAGES_SCRIPT} to install what is missing."
            )


def wait_until(happened: Callable[[], bool], timeout: float, failure: str) -> None:
    """Poll until `happened()`. Raises CaptureUnavailable(`failure`) after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not happened():
        if time.monotonic() > deadline:
            raise CaptureUnavailable(failure)
        time.sleep(LOOK_EVERY_S)


class Household:
    """A process group with a log for each program in `logs`.

    `close` ends all of them, and also what they started and sent into sessions of its own: every
    member carries a mark in its environment by which it is found.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._mark = uuid.uuid4().hex
        self._members: dict[subprocess.Popen[bytes], Path] = {}  # with their logs, oldest first
        self._leader = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHMAN],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )

    def launch(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start a program in the group. Raises CaptureUnavailable when it is not installed."""
        require(argv[0])
        path = self._logs / f"{len(self._members):02d}-{Path(argv[0]).name}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                list(argv),
                env={**env, MARK: self._mark},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=self._leader.pid,
                pass_fds=pass_fds,
            )
        self._members[process] = path
        return process

    def said(self, process: subprocess.Popen[bytes]) -> str:
        """What a program has printed so far, to either of its outputs."""
        return self._members[process].read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End every member, the youngest first, and wait until none is left."""
        for process in reversed(self._members):
            _end(process)
        self._members.clear()
        os.killpg(self._leader.pid, signal.SIGKILL)
        assert self._leader.stdin is not None
        self._leader.stdin.close()
        self._leader.wait()
        while stragglers := self._marked():
            for straggler in stragglers:
                straggler.kill()
            psutil.wait_procs(stragglers, timeout=GRACE_S)

    def _marked(self) -> list[psutil.Process]:
        """Every living process that carries our mark."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            marked = process.environ().get(MARK) == self._mark
            return marked and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
