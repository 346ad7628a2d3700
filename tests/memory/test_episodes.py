"""Moments become episodes."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.memory.episodes import LASTS, PAUSE, segment
from mirrordesk.memory.store import Store
from mirrordesk.records import Episode, Moment
from tests.memory.made import NOON, draft, frame

MINUTE = clock.MINUTE


def at(minute: float, app: str = "editor", title: str = "notes", number: int = 0) -> Moment:
    start_ns = NOON + round(minute * MINUTE)
    return draft(number or round(minute * 10), start_ns, app=app, title=title)


def test_a_pause_cuts() -> None:
    first, second = segment([at(0), at(4), at(10), at(11)])
    assert first.moments == (at(0).id, at(4).id)
    assert second.moments == (at(10).id, at(11).id)
    assert second.id == f"episode-{at(10).id}"


def test_a_short_visit_to_another_app_does_not_cut() -> None:
    (episode,) = segment([at(0), at(3), at(3.5, "chat"), at(4, "chat"), at(4.5), at(7)])
    assert episode.apps == ("editor", "chat")


def test_an_app_that_lasts_cuts_where_it_begins() -> None:
    first, second = segment(
        [at(0), at(3), at(3.5, "browser"), at(4.5, "browser"), at(6, "browser")]
    )
    assert first.apps == ("editor",)
    assert second.start_ns == at(3.5).start_ns


def test_moments_without_an_app_belong_to_what_surrounds_them() -> None:
    (episode,) = segment([at(0), at(1, app="", title=""), at(2), at(3, app="", title=""), at(4)])
    assert len(episode.moments) == 5


def test_the_title_is_the_most_frequent_one_or_else_the_app() -> None:
    (named,) = segment([at(0, title="a"), at(1, title="b"), at(2, title="b")])
    assert named.title == "b"
    (unnamed,) = segment([at(0, title=""), at(1, title="")])
    assert unnamed.title == "editor"


def test_two_monitors_seen_at_once_are_not_torn_apart() -> None:
    both = [at(3, "editor", number=101), at(3, "player", number=102)]
    episodes = segment([at(0), at(1), *both, at(4, "player"), at(6, "player")])
    assert sorted(len(e.moments) for e in episodes) == [2, 4]
    assert {both[0].id, both[1].id} <= set(episodes[1].moments)


days = st.lists(
    st.tuples(
        st.sampled_from([0, 10, 60, 100, 130, 240, 299, 301, 900]),  # seconds since the last
        st.sampled_from(["editor", "editor", "browser", "chat", ""]),
        st.sampled_from([0, 0, 5, 200]),  # seconds it lasts
    ),
    max_size=30,
)


def moments_of(day: list[tuple[int, str, int]]) -> list[Moment]:
    moments, position = [], NOON
    for number, (step, app, length) in enumerate(day):
        position += step * clock.SECOND
        end_ns = position + length * clock.SECOND
        moments.append(draft(number, position, end_ns=end_ns, app=app))
    return moments


@given(day=days)
def test_every_moment_is_in_one_episode_and_order_does_not_matter(day) -> None:
    moments = moments_of(day)
    episodes = segment(moments)
    assert [key for e in episodes for key in e.moments] == [m.id for m in moments]
    assert segment(moments[::-1]) == episodes


@given(day=days, start=st.integers(0, 29))
def test_cutting_again_from_the_start_of_any_episode_gives_the_same(day, start: int) -> None:
    moments = moments_of(day)
    episodes = segment(moments)
    if start < len(episodes):
        later = [m for m in moments if m.start_ns >= episodes[start].start_ns]
        assert segment(later) == episodes[start:]


def all_of(store: Store) -> list[Episode]:
    return store.episodes_since(0)


def test_refreshing_piece_by_piece_gives_what_one_cut_gives(store: Store) -> None:
    moments = [at(0), at(3), at(3.5, "browser"), at(4.5, "browser"), at(6, "browser"), at(20)]
    for moment in moments:
        store.add([moment])
        store.refresh_episodes(moment.start_ns)
    assert all_of(store) == segment(moments)
    version = store.tables["episodes"].version()
    store.refresh_episodes(0)
    assert store.tables["episodes"].version() == version  # nothing was left to do


def test_a_moment_that_arrives_late_joins_the_episode_it_belongs_to(store: Store) -> None:
    store.add([at(2), at(3), at(30)])
    store.refresh_episodes(NOON)
    store.add([at(0)])
    store.refresh_episodes(at(0).start_ns)
    assert all_of(store) == segment([at(0), at(2), at(3), at(30)])
    store.add([at(7)])
    store.refresh_episodes(at(7).start_ns)
    assert [len(e.moments) for e in all_of(store)] == [4, 1]


def test_episodes_put_twice_are_there_once(store: Store) -> None:
    episodes = segment([at(0), at(1)])
    store.put_episodes(episodes)
    store.put_episodes(episodes)
    assert all_of(store) == episodes
    assert store.day(date(2026, 11, 21)).episodes == tuple(episodes)


def test_the_limits_are_those_of_the_design() -> None:
    assert PAUSE == 5 * MINUTE
    assert LASTS == 2 * MINUTE
    assert frame(1, "x").text == "x"
