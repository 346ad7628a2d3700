"""Every minute of a day is accounted for, whatever happens to the recorder and to the clock."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mirrordesk import clock, durable
from mirrordesk.capture.ledger import STOPPED, Ledger, unfinished
from mirrordesk.capture.spool import Spool
from mirrordesk.cli import account as table
from mirrordesk.clock import HOUR, MINUTE, SECOND
from mirrordesk.control import Span
from mirrordesk.desk import Desk
from mirrordesk.errors import DiskFull
from mirrordesk.memory.account import account
from mirrordesk.paths import Profile
from mirrordesk.records import Cover, DayAccount, Gap, GapReason, Stretch, Watch
from mirrordesk.status import RecorderStatus

DAY = Span(0, 24 * HOUR)
ZONES = ("Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
EVES = (date(2025, 3, 29), date(2025, 10, 25), date(2025, 11, 1), date(2025, 4, 5))
STATES = (None, None, GapReason.PAUSED, GapReason.IDLE, GapReason.LOCKED, GapReason.SCHEDULE)
LENGTHS = tuple(half * HOUR // 2 for half in range(46, 51))  # on Lord Howe by half an hour
TICK_S = 25  # the ledger takes a longer silence for a sleep


def spans(*records: Watch | Gap, waiting: tuple[Watch | Gap, ...] = ()) -> list[Stretch]:
    return list(account(DAY, records, waiting, born_ns=1 * HOUR, now_ns=20 * HOUR))


def test_a_day_of_which_nothing_is_known_says_so() -> None:
    assert spans() == [
        Stretch(0, 1 * HOUR, Cover.BEFORE),
        Stretch(1 * HOUR, 20 * HOUR, Cover.UNKNOWN),
        Stretch(20 * HOUR, 24 * HOUR, Cover.AHEAD),
    ]


def test_what_is_on_its_way_counts_and_is_marked() -> None:
    told = spans(
        Watch(1 * HOUR, 3 * HOUR),
        Gap(3 * HOUR, 4 * HOUR, GapReason.PAUSED),
        waiting=(Watch(4 * HOUR, 20 * HOUR),),
    )
    assert told[1:4] == [
        Stretch(1 * HOUR, 3 * HOUR, Cover.WATCHED),
        Stretch(3 * HOUR, 4 * HOUR, GapReason.PAUSED),
        Stretch(4 * HOUR, 20 * HOUR, Cover.WATCHED, stored=False),
    ]


def test_what_was_seen_counts_before_what_was_not_and_what_was_forgotten_before_all() -> None:
    told = spans(
        Gap(1 * HOUR, 10 * HOUR, GapReason.STOPPED),  # found out only afterwards
        Gap(2 * HOUR, 5 * HOUR, GapReason.PAUSED),  # an hour that came again
        Watch(4 * HOUR, 8 * HOUR),
        Gap(7 * HOUR, 9 * HOUR, GapReason.FORGOTTEN),
    )
    assert [stretch.cover for stretch in told] == [
        Cover.BEFORE,
        GapReason.STOPPED,
        GapReason.PAUSED,
        Cover.WATCHED,
        GapReason.FORGOTTEN,
        GapReason.STOPPED,
        Cover.UNKNOWN,
        Cover.AHEAD,
    ]


times = st.integers(-5, 30).map(lambda hours: hours * HOUR)
records = st.tuples(times, st.integers(1, 9), st.sampled_from((None, *GapReason))).map(
    lambda r: Gap(r[0], r[0] + r[1] * HOUR, r[2]) if r[2] else Watch(r[0], r[0] + r[1] * HOUR)
)


@settings(max_examples=100, deadline=None)
@given(st.lists(records, max_size=12), st.lists(records, max_size=4), times, times)
def test_any_records_cut_the_day_into_stretches_that_touch(
    stored: list[Watch | Gap], waiting: list[Watch | Gap], born_ns: int, now_ns: int
) -> None:
    told = account(DAY, stored, waiting, born_ns, now_ns)
    edges = [DAY.start_ns, *(stretch.end_ns for stretch in told)]
    assert [stretch.start_ns for stretch in told] == edges[:-1]
    assert edges[-1] == DAY.end_ns


class Shelf:
    """Where records go; its disk may be full."""

    def __init__(self) -> None:
        self.records: set[Watch | Gap] = set()
        self.full = False

    def put(self, record: Watch | Gap) -> None:
        if self.full:
            raise DiskFull("No space is left.")
        self.records.add(record)


class Days(RuleBasedStateMachine):
    """A recorder's life around a night in which the clocks change."""

    @initialize(eve=st.sampled_from(EVES), zone=st.sampled_from(ZONES))
    def begin(self, eve: date, zone: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.profile = Profile.open(Path(self.folder.name) / "profile")
        self.zone, self.shelf = zone, Shelf()
        self.wall_ns = clock.day_span(eve, zone)[0] + 20 * HOUR
        self.steady_ns = 0
        created = clock.iso(self.wall_ns - 3 * HOUR)
        durable.write_json(self.profile.marker, {"format": 1, "created": created})
        self.last: RecorderStatus | None = None
        self.recorder: Ledger | None = None
        self.start()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @rule(minutes=st.integers(1, 40), state=st.sampled_from(STATES))
    def work(self, minutes: int, state: GapReason | None) -> None:
        for _ in range(minutes * 60 // TICK_S):
            self.pass_time(TICK_S)
            self.mark(state)

    @rule(minutes=st.integers(1, 600))
    def suspend(self, minutes: int) -> None:
        self.wall_ns += minutes * MINUTE
        self.mark(None)

    @rule(minutes=st.integers(-180, 180))
    def set_the_clock(self, minutes: int) -> None:
        self.wall_ns += minutes * MINUTE
        self.pass_time(1)
        self.mark(None)

    @rule(minutes=st.integers(0, 300))
    def crash(self, minutes: int) -> None:
        self.recorder, self.last = None, self.heartbeat("recording")
        self.pass_time(60 * minutes)
        self.start()

    @rule(minutes=st.integers(0, 300))
    def stop(self, minutes: int) -> None:
        if self.recorder and not self.shelf.full:
            self.recorder.close(self.wall_ns)
            self.recorder, self.last = None, self.heartbeat(STOPPED)
            self.pass_time(60 * minutes)
            self.start()

    @rule(full=st.booleans())
    def fill_the_disk(self, full: bool) -> None:
        self.shelf.full = full

    @rule(zone=st.sampled_from(ZONES))
    def travel(self, zone: str) -> None:
        self.zone = zone

    @invariant()
    def every_day_adds_up(self) -> None:
        if not hasattr(self, "folder"):
            return
        waiting = unfinished(
            self.profile, self.last, self.wall_ns, is_running=self.recorder is not None
        )
        today = clock.at(self.wall_ns, self.zone).date()
        for ago in range(3):
            day = Span(*clock.day_span(today - timedelta(days=ago), self.zone))
            told = account(day, self.shelf.records, waiting, self.profile.born_ns, self.wall_ns)
            assert sum(s.end_ns - s.start_ns for s in told) == day.end_ns - day.start_ns
            assert day.end_ns - day.start_ns in LENGTHS
            assert Cover.UNKNOWN not in {stretch.cover for stretch in told}

    def start(self) -> None:
        self.recorder = Ledger(self.profile, self.shelf.put)
        with contextlib.suppress(DiskFull):  # it is still owed, and stands in the recorder's file
            self.recorder.begin(self.last, self.wall_ns, self.steady_ns)

    def mark(self, state: GapReason | None) -> None:
        assert self.recorder is not None
        with contextlib.suppress(DiskFull):
            self.recorder.mark(state, self.wall_ns, self.steady_ns)
        self.last = self.heartbeat("recording")

    def pass_time(self, seconds: int) -> None:
        self.wall_ns += seconds * SECOND
        self.steady_ns += seconds * SECOND

    def heartbeat(self, state: str) -> RecorderStatus:
        return RecorderStatus(pid=1, state=state, updated_ns=self.wall_ns, started_ns=0)


Days.TestCase.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
TestEveryDayAddsUp = Days.TestCase


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2025, 3, 30), 23), (date(2025, 6, 1), 24), (date(2025, 10, 26), 25)],
)
def test_the_table_of_a_day_adds_up_to_its_hours(day: date, hours: int) -> None:
    span = Span(*clock.day_span(day, "Europe/Madrid"))
    seen = Watch(span.start_ns + 90 * MINUTE, span.start_ns + 200 * MINUTE + SECOND // 3)
    told = account(span, [seen], [], span.start_ns - 1, span.end_ns)
    lines = list(table.lines(DayAccount(day.isoformat(), "Europe/Madrid", told)))
    assert lines[-1] == f"{hours}:00:00  in all"
    assert any("1:50:00  Recorded, or seen that nothing changed" in line for line in lines)
    assert ("+0200" in lines[2]) == (hours == 25)


def test_a_desk_accounts_for_what_memory_holds_and_for_what_still_waits(profile: Profile) -> None:
    with Desk(profile) as desk:
        born, now = profile.born_ns, clock.now_ns()
        desk.store.add_watches([Watch(born - HOUR, born)])
        Spool(profile).put(Gap(born, now, GapReason.IDLE))
        today = clock.at(born - HOUR // 2).date()
        told = desk.account(today)
    assert told.length_ns == clock.day_span(today)[1] - clock.day_span(today)[0]
    by_state = {stretch.cover: stretch.stored for stretch in told.stretches}
    assert by_state[Cover.WATCHED]
    assert not by_state.get(GapReason.IDLE, False)
    assert Cover.UNKNOWN not in by_state
