"""Channels are put on one scale and summed; neighbours and episodes lend to one another."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mirrordesk import clock
from mirrordesk.memory import fusion
from mirrordesk.memory.fusion import Channels, Weights
from mirrordesk.memory.order import NOWHERE, Order
from mirrordesk.memory.snapshot import Snapshots
from mirrordesk.memory.store import Store
from tests.memory.made import NOON, frame

SECOND = clock.SECOND


def order(
    starts: list[int],
    *,
    spoken: bool = True,
    episodes: list[int] | None = None,
    scenes: list[str | None] | None = None,
) -> Order:
    """Moments of a second each, in one stream, with the episodes that begin at these times."""
    start = np.array(starts, np.int64) * SECOND
    begin = np.array(episodes or [], np.int64) * SECOND
    return Order(
        keys=pa.array([f"m{number}" for number in range(len(starts))], pa.string()),
        start_ns=start,
        end_ns=start + SECOND,
        spoken=np.full(len(starts), spoken),
        sources=["loopback"],
        source=np.zeros(len(starts), np.int64),
        app=np.zeros(len(starts), np.int64),
        scenes=pa.array(scenes or [None] * len(starts), pa.string()),
        episodes=[f"e{number}" for number in range(len(begin))],
        episode_start_ns=begin,
        episode_end_ns=np.append(begin[1:], 10**15)[: len(begin)],
    )


def test_neighbours_are_near_in_time_and_of_one_stream() -> None:
    four = order([0, 10, 200, 250])
    assert four.before.tolist() == [NOWHERE, 0, NOWHERE, 2]
    assert four.after.tolist() == [1, NOWHERE, 3, NOWHERE]
    none = order([])
    assert none.before.tolist() == none.episode.tolist() == []


def test_every_moment_knows_its_episode() -> None:
    assert order([0, 10, 200, 250], episodes=[5, 200]).episode.tolist() == [NOWHERE, 0, 1, 1]


def test_an_episode_means_what_its_best_moments_mean() -> None:
    four = order([0, 10, 200, 250], episodes=[5, 200])
    best = four.best_of_episodes(np.array([9.0, 0.6, 0.2, 0.4]), 2)
    assert best == pytest.approx([0.0, 0.3, 0.3, 0.3])


def test_what_came_before_lends_its_words_and_less_between_frames() -> None:
    words = Channels(words=np.array([0.0, 2.0, 0.0]))
    one, two, three = fusion.fuse(order([0, 10, 20]), words, Weights(), firm=True)
    assert two > three > one
    still = fusion.fuse(order([0, 10, 20], spoken=False), words, Weights(), firm=True)
    assert 0 < still[2] < three


@given(
    scores=arrays(float, 6, elements=st.floats(0, 50)),
    better=st.integers(0, 5),
    by=st.floats(0.1, 9),
)
def test_more_of_what_is_asked_for_never_ranks_lower(
    scores: np.ndarray, better: int, by: float
) -> None:
    """Of moments far from one another, so that none lends to another."""
    six = order([n * 1000 for n in range(6)])
    before = fusion.fuse(six, Channels(words=scores), Weights(), firm=False)
    raised = scores.copy()
    raised[better] += by
    after = fusion.fuse(six, Channels(words=raised), Weights(), firm=False)
    assert (after > after[better]).sum() <= (before > before[better]).sum()


def test_a_meaning_that_is_not_known_counts_as_the_usual_one() -> None:
    meaning = Channels(meaning=np.array([0.9, 0.1, np.nan, 0.2]))
    far = order([n * 1000 for n in range(4)])
    fused = fusion.fuse(far, meaning, Weights(), firm=True)
    assert fused[0] > fused[2] > fused[3] > fused[1]


def test_a_frame_shows_what_began_its_scene_shows_unless_its_own_is_nearer() -> None:
    six = order([n * 1000 for n in range(6)], scenes=["m0", "m0", "m0", "gone", None, None])
    assert six.began.tolist() == [0, 0, 0, NOWHERE, NOWHERE, NOWHERE]
    cosines = np.array([0.3, np.nan, 0.5, np.nan, 0.1, 0.1])
    fused = fusion.fuse(six, Channels(pictures=cosines), Weights(), firm=True)
    assert fused[2] > fused[0] > fused[1] > fused[3] == fused[4] == 0


def test_words_that_are_there_outweigh_the_likeliest_picture() -> None:
    three = order([0, 1000, 2000], spoken=False)
    both = Channels(words=np.array([3.0, 0, 0]), pictures=np.array([0.1, 0.2, 0.3]))
    fused = fusion.fuse(three, both, Weights(), firm=True)
    assert fused[0] > fused[2] > fused[1]


def test_the_order_of_a_store_is_read_again_when_it_changes(store: Store) -> None:
    snapshots = Snapshots(store.tables)
    assert snapshots.now().order.ids == []
    store.add([frame(2, "b"), frame(1, "a"), frame(3, "c", app="other")])
    known = snapshots.now()
    assert known.order.ids == [frame(n, "").id for n in (1, 2, 3)]
    assert known.order.before.tolist() == [NOWHERE, 0, NOWHERE]
    assert snapshots.now() is known
    store.add([frame(9, "d", NOON - SECOND)])
    assert len(snapshots.now().order) == 4


def test_a_moment_is_known_by_its_place_and_a_place_by_its_moment() -> None:
    three = order([0, 10, 20])
    assert three.places_of(["m2", "gone", "m0"]) == {"m0": 0, "m2": 2}
    assert three.places_of([]) == {}
    assert [three.at(place) for place in range(3)] == three.ids == ["m0", "m1", "m2"]


@given(
    scores=arrays(float, 12, elements=st.sampled_from([0.0, 0.0, 0.2, 0.5, 0.5, 1.0])),
    episodes=st.lists(st.integers(0, 120), max_size=4, unique=True),
    count=st.integers(1, 4),
)
def test_what_counts_nothing_changes_no_episode(
    scores: np.ndarray, episodes: list[int], count: int
) -> None:
    """The mean of the best is the same as when every moment is looked at."""
    twelve = order([n * 10 for n in range(12)], episodes=sorted(episodes))
    told = twelve.best_of_episodes(scores, count)
    for place, episode in enumerate(twelve.episode):
        inside = np.sort(scores[twelve.episode == episode])[::-1][:count]
        wanted = 0.0 if episode == NOWHERE else inside.sum() / count
        assert told[place] == pytest.approx(wanted)
