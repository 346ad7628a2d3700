"""Perception keeps to its share of the processor, and reads the newest first."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mirrordesk import clock, config, durable, status
from mirrordesk.attempts import TOGETHER
from mirrordesk.capture.spool import Spool
from mirrordesk.config import PerceptionSettings
from mirrordesk.desk import Desk
from mirrordesk.errors import UsageError
from mirrordesk.governor import Governor, Situation, Surroundings, limited, share_of
from mirrordesk.paths import Profile
from mirrordesk.pipeline import Pipeline
from mirrordesk.records import GapReason
from mirrordesk.status import PerceptionStatus, RecorderStatus
from tests.pipeline.making import NOW, drain, frame, moments

AT_WORK = Situation(is_recording=True, is_away=False, on_battery=False)


@dataclass
class Meter:
    """A clock, and a meter of processor time."""

    now_s: float = 0.0
    spent_s: float = 0.0

    def governor(self, share: float | None) -> Governor:
        return Governor(
            lambda _now_s: share, now_s=lambda: self.now_s, spent_s=lambda: self.spent_s
        )


def perceived(profile: Profile) -> PerceptionStatus:
    beat = status.perception(profile.perception_heartbeat)
    assert beat is not None
    return beat


@pytest.mark.parametrize(
    ("situation", "share"),
    [
        (AT_WORK, 0.15),
        (Situation(True, False, on_battery=True), 0.05),
        (Situation(True, is_away=True, on_battery=True), 0.05),
        (Situation(True, is_away=True, on_battery=False), None),
        (Situation(is_recording=False, is_away=False, on_battery=True), None),
    ],
)
def test_the_share_follows_the_person_and_the_battery(
    situation: Situation, share: float | None
) -> None:
    assert share_of(PerceptionSettings(), situation) == share


def test_catching_up_without_a_limit_can_be_switched_off() -> None:
    away = Situation(True, is_away=True, on_battery=False)
    assert share_of(PerceptionSettings(catch_up_when_idle=False), away) == 0.15


def test_a_budget_of_nothing_is_no_limit_and_less_is_refused(profile: Profile) -> None:
    assert share_of(PerceptionSettings(cpu_budget=0.0), AT_WORK) is None
    with pytest.raises(UsageError, match="0 or more"):
        config.change(profile, "perception.cpu_budget", "-1")


def test_portions_become_small_as_the_budget_runs_out_and_grow_again() -> None:
    meter = Meter()
    governor = meter.governor(0.15)
    sizes = []
    for _ in range(40):
        sizes.append(governor.portion())
        meter.now_s += 5
        meter.spent_s += 4.0 * sizes[-1]
        governor.learn(sizes[-1])
    assert sizes[0] == TOGETHER
    assert sizes == [*sorted(sizes[: sizes.index(0)], reverse=True), *sizes[sizes.index(0) :]]
    assert meter.spent_s <= 0.15 * (meter.now_s + 600) + 4.0 * TOGETHER
    assert governor.resting
    meter.now_s += 600
    assert governor.portion() == TOGETHER


def test_what_was_done_without_a_limit_is_not_charged_afterwards() -> None:
    meter, share = Meter(), 0.15
    governor = Governor(
        lambda now_s: None if now_s < 100 else share,
        now_s=lambda: meter.now_s,
        spent_s=lambda: meter.spent_s,
    )
    assert governor.portion() == TOGETHER
    meter.now_s, meter.spent_s = 99.0, 5000.0
    assert governor.portion() == TOGETHER
    meter.now_s = 101.0
    assert governor.portion() == TOGETHER


def test_the_situation_is_that_of_the_recorder(profile: Profile) -> None:
    surroundings = Surroundings(profile)
    assert not surroundings.situation(0.0).is_recording
    now = clock.now_ns()
    with durable.lock(profile.recorder_lock, holder="this test"):
        for state, is_away in (("recording", False), (GapReason.IDLE.value, True)):
            status.beat(profile.recorder_heartbeat, RecorderStatus(1, state, now, now))
            situation = surroundings.situation(0.0)
            assert (situation.is_recording, situation.is_away) == (True, is_away)
    old = RecorderStatus(1, "idle", now - 2 * status.STALE_NS, now - 2 * status.STALE_NS)
    status.beat(profile.recorder_heartbeat, old)
    assert not surroundings.situation(0.0).is_away


def test_what_is_beyond_the_budget_waits_and_the_newest_was_read(profile: Profile) -> None:
    for minute in range(20):
        Spool(profile).put(frame(f"line {minute}", NOW + minute * clock.MINUTE))
    meter = Meter()
    pipeline = Pipeline(profile, meter.governor(0.15))
    assert pipeline.step()
    meter.spent_s = 1000.0
    assert not pipeline.step()
    assert [m.text for m in moments(profile)] == [f"line {n}" for n in range(12, 20)]
    beat = perceived(profile)
    assert (beat.waiting, beat.waiting_min, beat.resting) == (12, 12, True)
    with Desk(profile) as desk:
        note = desk.ask("What is the name of the neighbour's dog?").note
    assert "12 min of screen and sound" in note
    drain(profile)
    assert len(moments(profile)) == 20
    assert perceived(profile).waiting_min == 0


def test_once_nothing_records_any_more_all_is_read_at_once(profile: Profile) -> None:
    assert limited(profile).portion() == TOGETHER
    with durable.lock(profile.recorder_lock, holder="this test"):
        governor = limited(profile)
        governor.portion()
        assert governor._budget is not None
