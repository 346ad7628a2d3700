"""Procedures: what was done three times in the same order is told, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from mirrordesk.knowledge import Procedure
from mirrordesk.learning.procedures import mine
from mirrordesk.records import Moment
from tests.learning.days import (
    BEGIN,
    DAY,
    NOISE,
    STEP,
    deploying,
    episode,
    idling,
    sitting,
    together,
)


def told(days: Sequence[Sequence[Moment]], known: Sequence[Procedure] = ()) -> list[Procedure]:
    return mine(*together([*days, *map(idling, range(3))]), known)


def test_what_was_done_three_times_is_a_procedure_with_the_frames_that_show_it() -> None:
    days = [deploying(seed) for seed in range(3)]
    (found,) = told(days)
    assert [step.action for step in found.steps] == [
        "$ make test",
        "$ make build TAG=v2",
        "$ make deploy",
        "https://ci.example/shop/deployments/41",
    ]
    assert found.goal == "make deploy"
    assert len(found.seen_ns) == 3
    shown = {m.id: m for m in days[2]}
    assert all(step.moment in shown for step in found.steps)
    assert "make deploy" in shown[found.steps[2].moment].text
    assert {step.moment for step in found.steps} <= {source.moment for source in found.sources}


def test_twice_is_not_enough_and_three_times_in_one_episode_are_not_either() -> None:
    assert told([deploying(1), deploying(2)]) == []
    moments = [m for seed in range(3) for m in deploying(seed)]
    assert mine(moments, [episode(moments)]) == []


def test_going_to_and_fro_between_windows_is_no_procedure() -> None:
    two = [sitting(BEGIN + n * DAY, NOISE[:2] * 6) for n in range(6)]
    assert told(two) == []
    assert told([idling(seed) for seed in range(3, 11)]) == []


def test_a_way_with_one_step_more_is_a_variant() -> None:
    days = [deploying(seed, lint=seed % 2 == 0) for seed in range(6)]
    (found,) = told(days)
    assert len(found.seen_ns) == 6
    assert [len(found.steps), *map(len, found.variants)] == [4, 5]
    assert found.variants[0][1].action == "$ make lint"


def test_an_episode_that_is_cut_in_the_midst_cuts_no_procedure() -> None:
    days = [deploying(seed) for seed in range(4)]
    episodes = [episode(part) for day in days for part in (day[:5], day[5:])]
    idle = idling(0)
    (found,) = mine([m for day in [*days, idle] for m in day], [*episodes, episode(idle)])
    assert len(found.steps) == 4
    assert len(found.seen_ns) == 4


def test_a_pause_ends_what_was_done() -> None:
    halves = [(day[:5], day[5:]) for day in map(deploying, range(3))]
    late = [
        sitting(second[0].start_ns + 30 * STEP, second) if second else [] for _, second in halves
    ]
    days = [first + rest for (first, _), rest in zip(halves, late, strict=True)]
    assert all(len(found.steps) < 4 for found in told(days))


def test_once_more_is_added_to_what_is_known() -> None:
    (known,) = told([deploying(seed) for seed in range(3)])
    (found,) = told([deploying(7)], [known])
    assert found.id == known.id
    assert found.seen_ns[:3] == known.seen_ns
    assert len(found.seen_ns) == 4
    assert found.steps[1].action == "$ make build TAG=v7"
    assert set(known.sources) < set(found.sources)
    assert told([sitting(BEGIN + 9 * DAY, NOISE)], [found]) == []


def test_reading_the_same_again_changes_nothing() -> None:
    days = [deploying(seed, lint=seed > 2) for seed in range(6)]
    first = told(days)
    assert told(days, first) == first
