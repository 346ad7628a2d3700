"""Cutting sound into utterances, with a voice detector that reads the answer from the samples."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.capture.base import Samples
from mirrordesk.capture.utterance import (
    CHUNK_NS,
    LEAST,
    LONGEST,
    ONSET,
    PADDING,
    SAMPLE_NS,
    SHORTEST,
    SILENCE,
    Utterance,
    Utterances,
)
from mirrordesk.capture.vad import CHUNK

T0 = 1_700_000_000 * clock.SECOND


class Plain:
    """Takes the loudness of a chunk for the probability of speech."""

    def probability(self, chunk: Samples) -> float:
        return float(np.abs(chunk).max())

    def reset(self) -> None:
        pass


def sound(*runs: tuple[float, int]) -> Samples:
    """Runs of chunks, each of one loudness."""
    return np.concatenate([np.full(n * CHUNK, loud, np.float32) for loud, n in runs])


def cut(samples: Samples, block: int = 1024) -> list[Utterance]:
    utterances = Utterances(Plain())
    done = []
    for offset in range(0, len(samples), block):
        piece = samples[offset : offset + block]
        done += utterances.feed(piece, T0 + offset * SAMPLE_NS)
    return done + utterances.finish()


def check(samples: Samples, found: list[Utterance]) -> None:
    """Spans are in order, apart, as long as their samples, and those are the ones heard then."""
    end = 0
    for one in found:
        first = (one.start_ns - T0) // SAMPLE_NS
        assert one.start_ns >= end
        assert one.end_ns - one.start_ns == len(one.samples) * SAMPLE_NS
        assert len(one.samples) <= LONGEST * CHUNK
        np.testing.assert_array_equal(one.samples, samples[first : first + len(one.samples)])
        end = one.end_ns


RUNS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.01, 0.4, 0.6, 0.9]), st.integers(1, 60)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(RUNS, st.integers(1, 5000))
def test_every_stretch_of_speech_lies_in_exactly_one_utterance(
    runs: list[tuple[float, int]], block: int
) -> None:
    samples = sound(*runs)
    found = cut(samples, block)
    check(samples, found)
    at = T0
    for loud, count in runs:
        end = at + count * CHUNK_NS
        if loud >= ONSET and count >= SHORTEST:
            assert any(one.start_ns <= at and end <= one.end_ns for one in found)
        at = end


@settings(max_examples=15, deadline=None)
@given(st.integers(LONGEST, 3 * LONGEST))
def test_a_long_speech_is_cut_without_losing_any_of_it(length: int) -> None:
    rng = np.random.default_rng(length)
    samples = np.repeat(rng.uniform(0.5, 1.0, length), CHUNK).astype(np.float32)
    found = cut(samples)
    check(samples, found)
    assert found[0].start_ns == T0
    assert found[-1].end_ns == T0 + len(samples) * SAMPLE_NS
    assert all(a.end_ns == b.start_ns for a, b in itertools.pairwise(found))


def test_a_long_speech_is_cut_where_it_is_quietest() -> None:
    pause = LONGEST - 40
    samples = sound((0.9, pause), (0.4, 1), (0.9, 100))
    first, second = cut(samples)
    assert first.end_ns == T0 + (pause + 1) * CHUNK_NS
    assert second.start_ns == first.end_ns


def test_an_utterance_has_a_little_silence_around_it() -> None:
    (one,) = cut(sound((0.01, 40), (0.9, 80), (0.01, 40)))
    assert one.start_ns == T0 + (40 - PADDING) * CHUNK_NS
    assert one.end_ns == T0 + (120 + PADDING) * CHUNK_NS


def test_a_short_answer_is_kept_with_what_follows_it_within_two_seconds() -> None:
    (alone,) = cut(sound((0.01, 40), (0.9, 10), (0.01, 80)))
    assert alone.end_ns - alone.start_ns == LEAST * CHUNK_NS
    (joined,) = cut(sound((0.01, 40), (0.9, 10), (0.01, 30), (0.9, 80), (0.01, 80)))
    assert joined.end_ns == T0 + (160 + PADDING) * CHUNK_NS


def test_what_follows_a_click_has_its_silence_before_it() -> None:
    (one,) = cut(sound((0.9, SHORTEST - 1), (0.01, LEAST - SHORTEST + 1), (0.9, 80)))
    assert one.start_ns == T0 + (LEAST - PADDING) * CHUNK_NS


def test_a_pause_within_a_sentence_does_not_end_it() -> None:
    speech = sound((0.9, 20), (0.01, SILENCE - 1), (0.9, 20), (0.01, SILENCE))
    assert len(cut(speech)) == 1


def test_a_click_is_no_utterance() -> None:
    assert cut(sound((0.01, 40), (0.9, SHORTEST - 1), (0.01, 40))) == []


def test_a_break_in_the_stream_ends_the_utterance_under_way() -> None:
    utterances = Utterances(Plain())
    speech = sound((0.9, 20))
    assert utterances.feed(speech, T0) == []
    (first,) = utterances.feed(speech, T0 + clock.MINUTE)
    (second,) = utterances.finish()
    assert (first.start_ns, second.start_ns) == (T0, T0 + clock.MINUTE)


def test_a_source_that_falls_silent_without_samples_ends_the_utterance() -> None:
    utterances = Utterances(Plain())
    utterances.feed(sound((0.9, 20)), T0)
    (one,) = utterances.feed(np.empty(0, np.float32), T0 + 20 * CHUNK_NS + clock.SECOND)
    assert one.end_ns == T0 + 20 * CHUNK_NS


def test_a_clock_that_drifts_a_little_splits_nothing() -> None:
    utterances = Utterances(Plain())
    for n in range(20):
        assert utterances.feed(sound((0.9, 2)), T0 + n * (2 * CHUNK_NS + 100_000)) == []
    assert len(utterances.finish()) == 1


def test_what_is_dropped_does_not_come_back() -> None:
    utterances = Utterances(Plain())
    utterances.feed(sound((0.9, 20)), T0)
    utterances.drop()
    assert utterances.feed(sound((0.01, 40)), T0 + 20 * CHUNK_NS) == []
    assert utterances.finish() == []
