"""Processes that die or write at the same time lose nothing that was reported as stored."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Watch
from tests.memory.made import NOON

WRITER = """
import sys
from pathlib import Path
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Watch
from tests.memory.made import NOON, draft, embedded, read
store = Store(Profile.open(Path(sys.argv[1])))
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    store.add([draft(number)])
    print("added", number, flush=True)
    store.complete([embedded(read(draft(number), f"text {number}"), 10)])
    print("completed", number, flush=True)
    store.add_watches([Watch(NOON + number, NOON + number + 1)])
    store.refresh_episodes(draft(number).start_ns)
    if number % 5 == 4:
        store.tables["moments"].compact()
    print("watched", number, flush=True)
"""


def writer(profile: Profile, first: int, end: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(profile.root), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_writer_loses_nothing_it_reported(profile: Profile, seed: int) -> None:
    lines = random.Random(seed).randint(5, 40)
    reported: list[list[str]] = []
    with writer(profile, 0, 10_000) as process:
        assert process.stdout is not None
        reported.extend(process.stdout.readline().split() for _ in range(lines))
        process.kill()
        reported.extend(line.split() for line in process.stdout if line.endswith("\n"))
    store = Store(profile)
    by_id = {m.id: m for m in store.moments(0, 1 << 62, light=False)}
    for word, number in reported:
        moment = by_id[f"{int(number):032x}"]
        if word != "added":
            assert moment.text == f"text {number}"
            assert moment.text_vector
    watched = store.tables["watches"].count()
    assert watched >= sum(word == "watched" for word, _ in reported)
    store.refresh_episodes(0)
    assert sum(len(e.moments) for e in store.episodes_since(0)) == store.count()
    store.add_watches([Watch(NOON - 1, NOON)])  # and writing goes on
    assert store.tables["watches"].count() == watched + 1


def test_processes_that_make_and_fill_a_store_at_the_same_time_lose_nothing(
    profile: Profile,
) -> None:
    processes = [writer(profile, 0, 9), writer(profile, 6, 15)]  # three by both
    store = Store(profile)
    while any(process.poll() is None for process in processes):
        store.tables["moments"].compact()
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0]
    moments = store.moments(0, 1 << 62, light=False)
    assert [m.text for m in moments] == [f"text {number}" for number in range(15)]
    assert store.tables["watches"].count() == 15
