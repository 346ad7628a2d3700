"""What the speakers play is heard again by the microphone, in rooms of many kinds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.echo import Room, noise
from mirrordesk import clock
from mirrordesk.capture import echo
from mirrordesk.capture.base import SAMPLE_RATE, Samples
from mirrordesk.capture.sides import KEPT_NS, PATIENCE_NS, Mine, Played
from mirrordesk.capture.utterance import SAMPLE_NS, Utterance
from tests.capture_sound.conftest import samples_of, spoken

T0 = 1_700_000_000 * clock.SECOND
SECOND = SAMPLE_RATE
BLOCK = 1024
MINE_FROM, MINE_LONG = 2 * SECOND, 2 * SECOND

ROOMS = {
    "laptop": Room(delay_ms=40, level_db=-12, ring_s=0.2),
    "far speaker": Room(delay_ms=180, level_db=-20, ring_s=0.4),
    "slow bluetooth": Room(delay_ms=300, level_db=-6, ring_s=0.3),
    "loud speaker in a hall": Room(delay_ms=90, level_db=0, ring_s=0.6),
    "two clocks": Room(delay_ms=60, level_db=-10, ring_s=0.3, drift=1e-4),
    "rattling speaker": Room(delay_ms=25, level_db=-10, ring_s=0.3, rattle=0.4),
}
in_every_room = pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS.keys())


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Six seconds that the computer plays, and silence after it."""
    folder = tmp_path_factory.mktemp("theirs")
    sentences = ("The invoice of the printer was paid last Monday.", "Marta wants to meet at ten.")
    said = np.concatenate([samples_of(spoken(one, folder)) for one in sentences])
    return _long(said, 7 * SECOND)


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """What the person says in the midst of it."""
    folder = tmp_path_factory.mktemp("mine")
    said = samples_of(spoken("Please send me the budget tomorrow.", folder, "en+f4"))[:MINE_LONG]
    return _long(np.append(np.zeros(MINE_FROM, np.float32), 0.5 * said), 7 * SECOND)


def _long(samples: Samples, count: int) -> Samples:
    return np.pad(samples, (0, max(count - len(samples), 0)))[:count].astype(np.float32)


def hear(heard: Samples, played: Samples) -> list[Utterance]:
    """What becomes of a microphone's sound while `played` was played."""
    known = Played()
    for offset in range(0, len(played), BLOCK):
        known.feed(played[offset : offset + BLOCK], T0 + offset * SAMPLE_NS)
    mine, found = Mine(known), []
    for offset in range(0, len(heard), BLOCK):
        found += mine.feed(heard[offset : offset + BLOCK], T0 + offset * SAMPLE_NS)
    return found + mine.finish()


@in_every_room
def test_their_words_are_not_kept_as_mine(room: Room, theirs: Samples) -> None:
    chance = np.random.default_rng(3)
    heard = room.echo(theirs, chance) + noise(len(theirs), 0.001, chance)
    assert hear(heard, theirs) == []


def test_an_utterance_waits_for_a_busy_machine_to_tell_what_was_played(theirs: Samples) -> None:
    known = Played()
    known.nothing_until(T0)
    listening, late = Mine(known), 2 * SECOND
    for offset in range(0, len(theirs), BLOCK):
        assert listening.feed(theirs[offset : offset + BLOCK], T0 + offset * SAMPLE_NS) == []
        if offset >= late:
            known.feed(theirs[offset - late :][:BLOCK], T0 + (offset - late) * SAMPLE_NS)
    known.feed(theirs[-late:], T0 + (len(theirs) - late) * SAMPLE_NS)
    assert listening.feed(np.zeros(0, np.float32), T0 + len(theirs) * SAMPLE_NS) == []
    assert listening.finish() == []


def test_an_utterance_waits_no_longer_than_patience(mine: Samples) -> None:
    known = Played()
    known.nothing_until(T0)
    listening, found = Mine(known), []
    for offset in range(0, len(mine), BLOCK):
        found += listening.feed(mine[offset : offset + BLOCK], T0 + offset * SAMPLE_NS)
    assert found == []
    end_ns = T0 + len(mine) * SAMPLE_NS
    (utterance,) = listening.feed(np.zeros(0, np.float32), end_ns + PATIENCE_NS)
    assert utterance.end_ns < end_ns


@in_every_room
def test_what_i_say_while_they_speak_is_kept(room: Room, theirs: Samples, mine: Samples) -> None:
    chance = np.random.default_rng(4)
    heard = mine + room.echo(theirs, chance) + noise(len(mine), 0.001, chance)
    found = hear(heard, theirs)
    kept = _laid_out(found, len(mine))
    span = slice(MINE_FROM, MINE_FROM + MINE_LONG)
    assert _likeness(kept[span], mine[span]) > 0.8
    assert _likeness(kept[span], mine[span]) > _likeness(heard[span], mine[span])
    assert sum(one.end_ns - one.start_ns for one in found) < 3 * clock.SECOND


def test_with_a_headset_not_a_sample_of_mine_is_changed(theirs: Samples, mine: Samples) -> None:
    (one,) = hear(mine, theirs)
    first = (one.start_ns - T0) // SAMPLE_NS
    np.testing.assert_array_equal(one.samples, mine[first : first + len(one.samples)])


def test_my_words_over_music_that_has_no_speech_are_kept(mine: Samples) -> None:
    at = np.arange(len(mine)) / SAMPLE_RATE
    notes = [220.0, 277.18, 329.63, 440.0]
    music = sum(0.1 * np.sin(2 * np.pi * hertz * at) for hertz in notes).astype(np.float32)
    heard = mine + Room(50, -6, 0.2).echo(music, np.random.default_rng(1))
    (one,) = hear(heard.astype(np.float32), music)
    assert one.start_ns <= T0 + MINE_FROM * SAMPLE_NS
    assert one.end_ns >= T0 + (MINE_FROM + MINE_LONG) * SAMPLE_NS


@pytest.mark.parametrize("delay_ms", [10, 75, 300])
def test_the_delay_is_found_to_the_sample(delay_ms: int, theirs: Samples) -> None:
    chance = np.random.default_rng(2)
    heard = Room(delay_ms, -15, 0.3).echo(theirs, chance) + noise(len(theirs), 0.01, chance)
    played = np.pad(theirs, (echo.LATEST, echo.EARLIEST))
    found = echo.delay(heard, played)
    assert found is not None
    assert abs(found - delay_ms * SAMPLE_RATE / 1000) <= 2


def test_two_voices_at_once_are_no_echo_of_each_other(theirs: Samples, mine: Samples) -> None:
    assert echo.delay(mine, np.pad(theirs, (echo.LATEST, echo.EARLIEST))) is None


@settings(max_examples=30, deadline=None)
@given(
    blocks=st.lists(st.tuples(st.integers(1, 3000), st.integers(-200, 200)), min_size=1),
    before=st.integers(0, 5000),
    after=st.integers(0, 5000),
)
def test_what_was_played_is_given_back_whole_at_the_time_told_last(
    blocks: list[tuple[int, int]], before: int, after: int
) -> None:
    """The clock may have been up to 200 ms off before; around what was played is silence."""
    count = sum(length for length, _ in blocks)
    sound = np.arange(1, count + 1, dtype=np.float32)
    known, offset, wrong = Played(), 0, 0
    for length, wrong_ms in blocks:
        wrong = wrong_ms * SAMPLE_RATE // 1000
        known.feed(sound[offset : offset + length], T0 + (offset + wrong) * SAMPLE_NS)
        offset += length
    found = known.between(T0 + (wrong - before) * SAMPLE_NS, before + count + after)
    np.testing.assert_array_equal(found, np.pad(sound, (before, after)))


def test_a_silence_without_samples_is_given_back_as_long_as_it_was() -> None:
    known = Played()
    for start in (0, 5 * SECOND):
        known.feed(np.ones(SECOND, np.float32), T0 + start * SAMPLE_NS)
    found = known.between(T0, 6 * SECOND)
    assert np.flatnonzero(found).tolist() == [*range(SECOND), *range(5 * SECOND, 6 * SECOND)]


def test_what_was_played_long_ago_or_is_dropped_is_forgotten() -> None:
    known = Played()
    second = np.ones(SECOND, np.float32)
    for number in range(60):
        known.feed(second, T0 + number * clock.SECOND)
    assert known.between(T0, SECOND).sum() == 0
    assert known.between(T0 + 59 * clock.SECOND, SECOND).sum() == SECOND
    assert KEPT_NS > 30 * clock.SECOND
    known.drop()
    assert known.between(T0 + 59 * clock.SECOND, SECOND).sum() == 0


def _laid_out(found: list[Utterance], count: int) -> Samples:
    whole = np.zeros(count, np.float32)
    for one in found:
        first = (one.start_ns - T0) // SAMPLE_NS
        whole[first : first + len(one.samples)] = one.samples
    return whole


def _likeness(one: Samples, other: Samples) -> float:
    return float(one @ other / np.sqrt((one @ one) * (other @ other) + 1e-12))
