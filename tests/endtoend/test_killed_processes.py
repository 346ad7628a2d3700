"""Recorder and perception worker are killed at random moments; nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk import clock, status
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Box, GapReason
from tests.endtoend.conftest import Shell

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(600)]

KILLS = 6


class SpoolWatcher:
    """Notes the id of every entry that ever stood acknowledged in the spool."""

    def __init__(self, profile: Profile) -> None:
        self._folder = profile.spool
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.acknowledged: set[str] = set()

    def _watch(self) -> None:
        while not self._stop.wait(0.005):
            entries = self._folder.glob("[0-9]*.entry")
            self.acknowledged.update(path.stem.rpartition("_")[2] for path in entries)

    def __enter__(self) -> SpoolWatcher:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()


def _pids(profile: Profile) -> Iterator[int]:
    for beat in (
        status.recorder(profile.recorder_heartbeat),
        status.perception(profile.perception_heartbeat),
    ):
        if beat is not None:
            yield beat.pid


def _kill_one(profile: Profile, chance: random.Random) -> None:
    pids = list(_pids(profile))
    if pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(pids), signal.SIGKILL)


def test_nothing_acknowledged_is_lost_when_processes_are_killed(
    desktop: VirtualDesktop, shell: Shell
) -> None:
    profile, chance = shell.profile, random.Random(20)
    desktop.launch(["xterm", "-T", "Busy shell", "-fa", "DejaVu Sans Mono", "-fs", "12"])
    desktop.wait_for_window("Busy shell")
    desktop.place("Busy shell", Box(100, 100, 500, 300))
    desktop.focus("Busy shell")
    with SpoolWatcher(profile) as watcher:
        process = shell.start("record")
        for number in range(KILLS):
            desktop.type_text(f"echo line {number} of the talk about herons\n")
            time.sleep(chance.uniform(0.5, 3.0))
            _kill_one(profile, chance)
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=400)
        assert process.returncode == 0, err.decode()
    assert len(watcher.acknowledged) >= 2
    store = Store(profile)
    stored = [m.id for m in store.moments(0, clock.now_ns())]
    assert watcher.acknowledged == set(stored)
    assert len(stored) == len(set(stored))
    assert _leftovers(profile.spool) == []
    day = store.day(clock.at(clock.now_ns()).date())
    assert any(gap.reason is GapReason.CRASHED for gap in day.gaps)


def _leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*.entry")]
