"""When samples were heard."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.capture.sampleclock import SampleClock

WALL = 1_700_000_000 * clock.SECOND
BLOCK = 1024
LENGTH_NS = BLOCK * clock.SECOND // 16_000
MILLISECOND = clock.SECOND // 1000


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 900), min_size=60, max_size=90))
def test_late_blocks_are_dated_when_they_were_heard(delays: list[int]) -> None:
    """A block that was on time once sets the pace; busy moments do not move it."""
    samples, errors = SampleClock(), []
    for n, delay in enumerate([*delays[:50], 0, *delays[50:]]):
        heard = n * LENGTH_NS
        arrived = heard + LENGTH_NS + delay * MILLISECOND
        errors.append(samples.start(BLOCK, WALL + arrived, arrived) - WALL - heard)
    assert errors[50] == 0
    assert min(errors) >= 0
    assert max(errors) <= 900 * MILLISECOND


def test_jitter_does_not_move_a_steady_stream() -> None:
    samples = SampleClock()
    for n in range(200):
        arrived = (n + 1) * LENGTH_NS + (40 * MILLISECOND if n % 3 else 0)
        assert samples.start(BLOCK, WALL + arrived, arrived) == WALL + n * LENGTH_NS


def test_after_a_sleep_of_the_machine_sound_has_the_time_of_waking() -> None:
    samples = SampleClock()
    samples.start(BLOCK, WALL + LENGTH_NS, LENGTH_NS)
    woken = WALL + clock.HOUR + 2 * LENGTH_NS
    assert samples.start(BLOCK, woken, 2 * LENGTH_NS) == woken - LENGTH_NS


def test_after_a_pause_of_the_source_sound_has_the_time_of_its_return() -> None:
    samples = SampleClock()
    samples.start(BLOCK, WALL + LENGTH_NS, LENGTH_NS)
    later = LENGTH_NS + clock.MINUTE
    assert samples.start(0, WALL + later, later) == WALL + later
    back = later + LENGTH_NS
    assert samples.start(BLOCK, WALL + back, back) == WALL + later


def test_lost_samples_are_noticed_within_seconds() -> None:
    samples = SampleClock()
    samples.start(BLOCK, WALL + LENGTH_NS, LENGTH_NS)
    lost = 5 * clock.SECOND
    for n in range(1, 80):
        arrived = (n + 1) * LENGTH_NS + lost
        start = samples.start(BLOCK, WALL + arrived, arrived)
    assert start == WALL + 79 * LENGTH_NS + lost
