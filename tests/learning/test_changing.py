"""The generated streams of `python -m benchmarks revise`, through the pure part alone."""

from __future__ import annotations

import random

import pytest

from benchmarks import changing, revise
from mirrordesk import clock
from mirrordesk.knowledge import Fact
from mirrordesk.learning import facts, revision
from mirrordesk.memory.facts import asked, best

NOW = clock.to_ns(changing.NOW)


def test_a_world_is_the_same_for_every_run() -> None:
    assert changing.world(3) == changing.world(3)


def learnt(seed: int, chance: random.Random) -> list[Fact]:
    """What a world teaches, told in an order of chance."""
    told = list(changing.world(seed).told)
    chance.shuffle(told)
    known: dict[str, Fact] = {}
    for start in range(0, len(told), 50):
        moments = [revise._moment(line) for line in told[start : start + 50]]
        fresh = [one for moment in moments for one in facts.stated(moment)]
        found = revision.learn(list(known.values()), fresh, ())
        known |= {fact.id: fact for fact in found.changed}
        known = {key: fact for key, fact in known.items() if key not in found.gone}
    return list(known.values())


@pytest.mark.parametrize("seed", [1, 101])
def test_what_changes_is_told_as_it_is_and_was(seed: int) -> None:
    known = learnt(seed, random.Random(seed))
    questions = changing.world(seed).questions
    right = stale = 0
    for one in questions:
        found = best(known, asked(one.text, NOW, "UTC"))
        got = revise._told(one, found[0]) if found else ""
        right += got == one.answer
        stale += got in one.stale
    assert right >= 0.98 * len(questions)
    assert stale == 0
