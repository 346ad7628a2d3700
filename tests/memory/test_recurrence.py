"""What was met again on other days comes to mind more easily."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.knowledge import Link, LinkKind
from mirrordesk.memory.order import Scores
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.recurrence import Meetings
from mirrordesk.memory.snapshot import Snapshots
from mirrordesk.memory.store import Store
from mirrordesk.memory.strength import Strength
from tests.memory.made import NOON, frame

DAY = 24 * clock.HOUR
NOW = NOON + DAY


def drawn(note: str, *moments: int) -> list[Link]:
    """Links as consolidation draws them from moments to what they bear out."""
    return [Link(LinkKind.MENTIONS, frame(n, "").id, note, NOON) for n in moments]


def strengths(store: Store, now_ns: int = NOW) -> Scores:
    return Strength(store.tables).of(Snapshots(store.tables).now().order, now_ns)


def on_days(store: Store, *days: float) -> None:
    """A moment so many days before noon each, numbered in this order."""
    store.add([frame(n, f"page {n}", NOON - round(day * DAY)) for n, day in enumerate(days)])


def test_what_came_again_on_other_days_is_stronger_than_what_came_once(store: Store) -> None:
    on_days(store, 9, 8.99, 6, 3)
    alone = strengths(store)
    store.notes.link(drawn("resource-plan", 1, 2, 3))
    again = strengths(store)  # by time: 0, 1, 2, 3
    assert again[0] == alone[0]
    assert (again[1:] > alone[1:]).all()
    assert again[1] > again[0]


def test_the_same_day_counts_once_and_another_day_more(store: Store) -> None:
    on_days(store, 9, 8.9, 8.8, 3)
    alone = strengths(store)
    store.notes.link(drawn("resource-plan", 0, 1, 2))
    assert strengths(store) == pytest.approx(alone)
    store.notes.link(drawn("resource-plan", 3))
    assert (strengths(store) > alone).all()


def test_later_days_count_more_than_earlier_ones(store: Store) -> None:
    on_days(store, 30, 29.99, 20, 2)
    store.notes.link([*drawn("resource-old", 0, 2), *drawn("resource-new", 1, 3)])
    found = strengths(store)
    assert found[1] > found[0]


def test_a_moment_that_bears_out_many_things_counts_by_the_one_met_most(store: Store) -> None:
    on_days(store, 9, 8.99, 6, 3)
    store.notes.link([*drawn("a", 0, 2), *drawn("b", 0, 3), *drawn("b", 1, 3)])
    found = strengths(store)
    assert found[0] == pytest.approx(found[1], abs=1e-3)


def test_links_to_what_is_gone_count_for_nothing(store: Store) -> None:
    on_days(store, 9, 3)
    alone = strengths(store)
    store.notes.link(drawn("resource-plan", 0, 77))
    assert strengths(store) == pytest.approx(alone)


def test_of_two_pages_that_read_alike_the_one_seen_on_other_days_comes_first(store: Store) -> None:
    east, west = "plan of the roof, east", "plan of the roof, west"
    store.add([frame(0, east), frame(1, west, NOON - clock.HOUR)])
    store.add([frame(2, "something else", NOON - 2 * DAY)])
    recall = Recall(store)
    assert recall.search("roof plan", now_ns=NOW)[0].moment.text == east
    store.notes.link(drawn("resource-plan", 1, 2))
    assert recall.search("roof plan", now_ns=NOW)[0].moment.text == west


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mentions=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 4)), max_size=20
    )
)
def test_meeting_again_never_makes_weaker(mentions: list[tuple[int, int, int]]) -> None:
    """Of notes met by moments on days: what is added is what the other days of one note say."""
    pairs = sorted({(note, day) for note, _place, day in mentions})
    latest = np.array([NOON + day * DAY for _note, day in pairs], np.int64)
    meetings = Meetings(
        np.array([note for note, _day in pairs], np.int64),
        latest,
        np.array([place for _note, place, _day in mentions], np.int64),
        np.array([pairs.index((note, day)) for note, _place, day in mentions], np.int64),
    )
    met = np.ones(6)
    meetings.count(met, NOON + 9 * DAY)
    for place in range(6):
        others = [
            sum((86_400.0 * (9 - d)) ** -0.5 for n, d in pairs if n == note and d != day)
            for note, at, day in mentions
            if at == place
        ]
        assert met[place] == pytest.approx(1 + max(others, default=0))
