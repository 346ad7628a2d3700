"""A real desktop, and recorders that record it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from mirrordesk import status
from mirrordesk.capture.spool import Spool
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.paths import Profile
from mirrordesk.records import SpoolEntry
from mirrordesk.status import RecorderStatus

PATIENCE_S = 40.0


def eventually(happened: Callable[[], bool], what: str) -> None:
    """Wait until something is so; fails, saying what did not come, after a generous time."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.05)


class Recording:
    """A recorder process on the desktop; `stop` ends it the way its parent would."""

    def __init__(self, profile: Profile, desktop: VirtualDesktop, *arguments: str) -> None:
        self.profile = profile
        self._errors = profile.logs / f"recorder-{time.monotonic_ns()}.log"
        command = [sys.executable, "-m", "mirrordesk.capture.recorder"]
        with self._errors.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--profile", str(profile.root), *arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=dict(desktop.env),
            )

    @property
    def status(self) -> RecorderStatus | None:
        """This recorder's own last heartbeat."""
        beat = status.recorder(self.profile.recorder_heartbeat)
        return beat if beat and beat.pid == self.process.pid else None

    def wait_for(self, state: str) -> None:
        """Until the heartbeat tells `state`."""
        eventually(lambda: self._is_in(state), f"the state “{state}”")

    def wait_for_frames(self, count: int) -> None:
        """Until `count` captures are acknowledged."""
        eventually(lambda: (self.status or _NEVER).acknowledged >= count, f"capture {count}")

    def _is_in(self, state: str) -> bool:
        assert self.process.poll() is None, self.said
        return self.status is not None and self.status.state == state

    @property
    def said(self) -> str:
        """What it printed."""
        return self._errors.read_text()

    def stop(self) -> int:
        """Close its standard input; the exit status."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()


_NEVER = RecorderStatus(pid=0, state="", updated_ns=0, started_ns=0)


def frames(profile: Profile) -> list[SpoolEntry]:
    """The captures in the spool, oldest first. Each is read back with its checksum."""
    spool = Spool(profile)
    items = [spool.read(handle) for handle in spool.waiting()]
    return [item for item in items if isinstance(item, SpoolEntry)]


@pytest.fixture(scope="session")
def desktop() -> Iterator[VirtualDesktop]:
    """A desktop of 1280x800 without sound, shared by all tests here."""
    with VirtualDesktop((1280, 800), with_sound=False) as running:
        yield running


@pytest.fixture
def record(silent: Profile, desktop: VirtualDesktop) -> Iterator[Callable[..., Recording]]:
    """Starts recorders of `silent`; those still running at the end are killed."""
    started: list[Recording] = []

    def start(*arguments: str) -> Recording:
        started.append(Recording(silent, desktop, *arguments))
        return started[-1]

    yield start
    for recording in started:
        if recording.process.poll() is None:
            recording.kill()


@pytest.fixture
def xterm(desktop: VirtualDesktop) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Opens terminals by title; they close after the test."""
    opened: list[subprocess.Popen[bytes]] = []

    def open_one(
        title: str, geometry: str, *options: str, run: str = "cat"
    ) -> subprocess.Popen[bytes]:
        command = ["xterm", "-T", title, "-geometry", geometry, *options, "-e", "sh", "-c", run]
        opened.append(desktop.launch(command))
        desktop.wait_for_window(title)
        return opened[-1]

    yield open_one
    for process in opened:
        process.kill()
        process.wait()
    pids = {process.pid for process in opened}
    eventually(
        lambda: not pids & {window.pid for window in desktop.windows()}, "closing the terminals"
    )
