"""A child that is kept running, and given up where a restart would not help."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from mirrordesk import supervisor
from mirrordesk.supervisor import Supervised
from tests.worker.test_worker import PATIENCE_S, eventually

Start = Callable[..., Supervised]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(supervisor, "GRACE_S", 0.3)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Supervised] = []

    def begin(way: str, **options: object) -> Supervised:
        child = Supervised(
            "sample",
            ["tests.worker.supervised", str(tmp_path), way],
            log=tmp_path / "sample.log",
            **options,  # type: ignore[arg-type]
        )
        started.append(child)
        child.start()
        return child

    yield begin
    for child in started:
        child.stop(timeout=1.0)


def lives(folder: Path) -> list[int]:
    """The pids of all children that have started so far, in order."""
    marks = sorted(folder.glob("life-*"))
    return [int(text) for mark in marks if (text := mark.read_text())]


def test_stopping_lets_the_child_end_in_its_own_time(start: Start, tmp_path: Path) -> None:
    child = start("obey")
    eventually(lambda: len(lives(tmp_path)) == 1, "the child never started")
    assert child.pid == lives(tmp_path)[0]
    child.stop()
    assert child.pid is None
    assert child.restarts == 0
    assert (tmp_path / "ended-well").exists()


def test_a_killed_child_is_started_again(start: Start, tmp_path: Path) -> None:
    child = start("obey")
    for number in range(1, 4):
        eventually(lambda n=number: len(lives(tmp_path)) == n, "no new child was started")
        os.kill(lives(tmp_path)[-1], signal.SIGKILL)
    eventually(lambda: len(lives(tmp_path)) == 4, "no new child was started")
    assert child.restarts == 3
    assert child.failure is None


def test_a_child_that_keeps_crashing_is_started_ever_more_rarely(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    child_stop = supervisor.threading.Event

    class Recording(child_stop):  # type: ignore[misc, valid-type]
        def wait(self, timeout: float | None = None) -> bool:
            if timeout is not None and timeout != supervisor.LOOK_EVERY_S:
                waits.append(timeout)
            return super().wait(timeout if timeout is None else min(timeout, 0.02))

    monkeypatch.setattr(supervisor.threading, "Event", Recording)
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", 25.0)
    start("crash")
    eventually(lambda: len(waits) >= 3, "the child was not started again")
    assert waits[:3] == [25.0, 50.0, supervisor.LONGEST_WAIT_S]


def test_an_exit_that_no_restart_would_mend_is_final_and_told_in_its_last_words(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "sample.log").write_text("words of an earlier life\n")
    child = start("fail", final_statuses=frozenset({3}))
    eventually(lambda: child.finished, "the child was started again")
    assert len(lives(tmp_path)) == 1
    assert "the profile is locked" in str(child.failure)


def test_a_child_that_hangs_is_killed_after_its_grace_and_started_anew(
    start: Start, tmp_path: Path
) -> None:
    watched: list[Supervised] = []

    def trouble() -> str | None:
        """Of the first child alone, however long the machine takes to start one."""
        hung = bool(watched) and [watched[0].pid] == lives(tmp_path)[:1]
        return "it stores nothing" if hung else None

    child = start("stubborn", trouble=trouble)
    watched.append(child)
    eventually(lambda: len(lives(tmp_path)) == 2, "the hung child was left alone")
    first, second = lives(tmp_path)
    assert not psutil.pid_exists(first)
    eventually(lambda: child.pid == second, "the healthy child is not the one watched")


def test_trouble_within_the_grace_kills_nobody(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "GRACE_S", PATIENCE_S)
    looks: list[None] = []

    def trouble() -> str:
        looks.append(None)
        return "not a beat yet"

    child = start("obey", trouble=trouble)
    eventually(lambda: len(lives(tmp_path)) == 1, "the child never started")
    assert child.restarts == 0
    assert looks == []


def test_a_child_that_will_not_end_is_killed_on_stop(start: Start, tmp_path: Path) -> None:
    child = start("stubborn")
    eventually(lambda: len(lives(tmp_path)) == 1, "the child never started")
    pid = child.pid
    assert pid is not None
    child.stop(timeout=0.2)
    assert not psutil.pid_exists(pid)


def test_stopping_during_the_back_off_does_not_wait_for_it(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_WAIT_S", 600.0)
    child = start("crash")
    eventually(lambda: len(lives(tmp_path)) == 1 and child.pid is None, "the child did not crash")
    child.stop()
    assert len(lives(tmp_path)) == 1
