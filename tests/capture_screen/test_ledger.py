"""Every nanosecond is accounted for exactly once, whatever happens to the recorder."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.capture.ledger import LONGEST_NS, SET_BACK_NS, STOPPED, Ledger, Span
from mirrordesk.clock import SECOND
from mirrordesk.errors import DiskFull
from mirrordesk.paths import Profile
from mirrordesk.records import Gap, GapReason, Watch
from mirrordesk.status import RecorderStatus

NOON = 1_700_000_000 * SECOND
REASONS = (None, GapReason.PAUSED, GapReason.IDLE, GapReason.EXCLUDED, GapReason.DISK_FULL)


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


class Shelf:
    """A spool whose disk may be full, and in whose midst the process may be killed."""

    def __init__(self) -> None:
        self.spans: set[Span] = set()
        self.full = False
        self.kill_after_put = False

    def put(self, span: Span) -> None:
        if self.full:
            raise DiskFull("No space is left.")
        self.spans.add(span)
        if self.kill_after_put:
            raise Killed

    def in_order(self) -> list[Span]:
        return sorted(self.spans, key=lambda span: span.start_ns)


def heartbeat(state: str, at_ns: int) -> RecorderStatus:
    return RecorderStatus(pid=1, state=state, updated_ns=at_ns, started_ns=NOON)


def assert_covers(spans: list[Span], start_ns: int, end_ns: int) -> None:
    assert spans[0].start_ns == start_ns
    assert spans[-1].end_ns == end_ns
    for one, following in itertools.pairwise(spans):
        assert one.start_ns < one.end_ns == following.start_ns


def assert_leaves_nothing_out(spans: list[Span], start_ns: int, end_ns: int) -> None:
    assert spans[0].start_ns <= start_ns
    reached = spans[0].end_ns
    for span in spans:
        assert span.start_ns <= reached
        reached = max(reached, span.end_ns)
    assert reached == end_ns


class Run:
    """A recorder's life: each tick is (state, seconds of the wall, seconds that truly pass)."""

    def __init__(
        self,
        profile: Profile,
        shelf: Shelf,
        last: RecorderStatus | None = None,
        now: float = 0.0,
    ) -> None:
        self.ledger = Ledger(profile, shelf.put)
        self.now, self.steady = now, 0.0
        self.ledger.begin(last, self.wall_ns, 0)

    @property
    def wall_ns(self) -> int:
        return NOON + int(self.now * SECOND)

    def tick(
        self, reason: GapReason | None, seconds: float = 1.0, steady: float | None = None
    ) -> None:
        self.now += seconds
        self.steady += seconds if steady is None else steady
        self.ledger.mark(reason, self.wall_ns, int(self.steady * SECOND))


def test_states_become_contiguous_spans(profile: Profile) -> None:
    shelf = Shelf()
    run = Run(profile, shelf)
    for reason in [None, None, GapReason.PAUSED, GapReason.PAUSED, None]:
        run.tick(reason)
    run.ledger.close(run.wall_ns + SECOND)
    second = [NOON + n * SECOND for n in range(7)]
    assert shelf.in_order() == [
        Watch(second[0], second[3]),
        Gap(second[3], second[5], GapReason.PAUSED),
        Watch(second[5], second[6]),
    ]


def test_a_long_watch_is_put_in_pieces(profile: Profile) -> None:
    shelf = Shelf()
    run = Run(profile, shelf)
    for _ in range(95):
        run.tick(None)
    assert len(shelf.spans) == 3
    assert all(span.end_ns - span.start_ns <= LONGEST_NS for span in shelf.spans)


def test_a_sleep_of_the_machine_is_a_gap(profile: Profile) -> None:
    shelf = Shelf()
    run = Run(profile, shelf)
    run.tick(None)
    run.tick(None, 3600, steady=2)
    run.ledger.close(run.wall_ns)
    gap = Gap(NOON + SECOND, NOON + 3601 * SECOND, GapReason.ASLEEP)
    assert shelf.in_order() == [Watch(NOON, NOON + SECOND), gap]


def test_an_hour_that_comes_twice_is_told_twice(profile: Profile) -> None:
    shelf = Shelf()
    run = Run(profile, shelf)
    run.tick(None, 10)
    run.tick(GapReason.PAUSED, -3600, steady=1)
    run.tick(GapReason.PAUSED, 5)
    run.ledger.close(run.wall_ns)
    hour_ago = NOON - 3590 * SECOND
    assert shelf.in_order() == [
        Gap(hour_ago, hour_ago + 5 * SECOND, GapReason.PAUSED),
        Watch(NOON, NOON + 10 * SECOND),
    ]


def test_the_time_before_the_first_recorder_is_told_from_the_birth_of_the_profile(
    profile: Profile,
) -> None:
    shelf, later = Shelf(), profile.born_ns + 5 * SECOND
    Ledger(profile, shelf.put).begin(None, later, 0)
    assert shelf.in_order() == [Gap(profile.born_ns, later, GapReason.STOPPED)]


def test_a_look_that_took_very_long_is_no_watch(profile: Profile) -> None:
    shelf = Shelf()
    run = Run(profile, shelf)
    run.tick(None)
    run.tick(None, 40)
    assert GapReason.ASLEEP in {span.reason for span in shelf.spans if isinstance(span, Gap)}


def test_the_time_since_a_clean_end_is_stopped_and_since_any_other_crashed(
    profile: Profile,
) -> None:
    for state, reason in ((STOPPED, GapReason.STOPPED), ("recording", GapReason.CRASHED)):
        shelf = Shelf()
        Ledger(profile, shelf.put).begin(heartbeat(state, NOON), NOON + SECOND, 0)
        assert shelf.in_order() == [Gap(NOON, NOON + SECOND, reason)]
        (profile.state / "ledger.json").unlink()


def test_a_killed_recorder_leaves_its_open_span_to_the_next(profile: Profile) -> None:
    shelf = Shelf()
    run = Run(profile, shelf)
    for _ in range(5):
        run.tick(None)
    later = Ledger(profile, shelf.put)
    later.begin(heartbeat("recording", NOON + 5 * SECOND), NOON + 60 * SECOND, 0)
    assert shelf.in_order() == [
        Watch(NOON, NOON + 5 * SECOND),
        Gap(NOON + 5 * SECOND, NOON + 60 * SECOND, GapReason.CRASHED),
    ]


def test_what_a_full_disk_refused_is_put_when_there_is_space(profile: Profile) -> None:
    shelf = Shelf()
    run = Run(profile, shelf)
    run.tick(None)
    shelf.full = True
    for _ in range(3):
        try:
            run.tick(GapReason.DISK_FULL)
        except DiskFull:
            continue
    shelf.full = False
    run.tick(None)
    run.ledger.close(run.wall_ns)
    assert shelf.in_order() == [
        Watch(NOON, NOON + 2 * SECOND),
        Gap(NOON + 2 * SECOND, NOON + 5 * SECOND, GapReason.DISK_FULL),
    ]


steps = st.tuples(
    st.sampled_from(REASONS),
    st.sampled_from((0.0, 0.3, 1.0, 1.0, 5.0, 31.0, 4000.0, -0.5, -700.0)),  # the wall clock
    st.sampled_from((None, 1.0, 35.0)),  # what truly passed
    st.sampled_from(("", "", "", "kill", "kill after put", "stop", "full", "space")),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(steps, max_size=40))
def test_time_is_covered_through_jumps_kills_and_full_disks_and_only_time_that_came_twice_is_twice(
    story: list[tuple[GapReason | None, float, float | None, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        profile, shelf = Profile.open(Path(folder) / "p"), Shelf()
        run, latest, earliest, set_back = Run(profile, shelf), NOON, NOON, False
        for reason, wall, steady, event in story:
            shelf.full = event == "full" or (shelf.full and event != "space")
            shelf.kill_after_put = event == "kill after put"
            died = event == "kill"
            try:
                run.tick(reason, wall, abs(wall) if steady is None else steady)
                if event == "stop":
                    run.ledger.close(run.wall_ns)
                    died = True
            except DiskFull:
                died = event == "stop"
            except Killed:
                died = True
            latest = max(latest, run.wall_ns)
            if wall * SECOND < -SET_BACK_NS:
                earliest, set_back = min(earliest, run.wall_ns), True
            if died:
                shelf.full = shelf.kill_after_put = False
                state = STOPPED if event == "stop" else "recording"
                run = Run(profile, shelf, heartbeat(state, run.wall_ns), run.now + 3)
                latest = max(latest, run.wall_ns)
        shelf.full = shelf.kill_after_put = False
        end = max(latest, run.wall_ns) + 1
        run.ledger.close(end)
        if set_back:
            assert_leaves_nothing_out(shelf.in_order(), earliest, end)
        else:
            assert_covers(shelf.in_order(), NOON, end)


def test_a_heartbeat_alone_tells_the_end_of_a_recorder_without_a_ledger(profile: Profile) -> None:
    shelf = Shelf()
    last = replace(heartbeat("paused", NOON), acknowledged=3)
    Ledger(profile, shelf.put).begin(last, NOON + 9, 0)
    assert shelf.in_order() == [Gap(NOON, NOON + 9, GapReason.CRASHED)]
