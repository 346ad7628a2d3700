"""Moments become episodes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.memory.episodes import LASTS, PAUSE, STAYS, segment
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Episode, Kind, Moment
from tests.memory.made import NOON, draft, frame

MINUTE, SECOND = clock.MINUTE, clock.SECOND


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


def opened(minute: float, title: str) -> Moment:
    """A document that comes to the front: it begins a scene."""
    moment = at(minute, title=title)
    return replace(moment, scene=moment.id)


def said(minute: float) -> Moment:
    """Ten seconds of speech."""
    start_ns = NOON + round(minute * MINUTE)
    sound = {"kind": Kind.SPEECH, "source": "loopback", "app": "", "title": ""}
    return draft(90_000 + round(minute * 10), start_ns, end_ns=start_ns + 10 * SECOND, **sound)


def starts(moments: list[Moment]) -> list[float]:
    """The minutes at which episodes begin."""
    return [(e.start_ns - NOON) / MINUTE for e in segment(moments)]


def test_a_document_that_stays_is_an_episode_of_its_own() -> None:
    read = [opened(0, "herons"), at(2, title="herons"), opened(4, "kites")]
    assert starts([*read, at(7, title="kites")]) == [0]
    assert starts([*read, at(7, title="kites"), at(9, title="kites")]) == [0, 4]


def test_a_title_that_changes_above_the_same_picture_cuts_nothing() -> None:
    assert starts([opened(0, "draft"), at(3), *(at(n, title="saved") for n in range(4, 12))]) == [0]


def test_marks_and_numbers_in_a_title_make_no_other_document() -> None:
    assert starts([opened(n, f"● inbox ({n})") for n in range(12)]) == [0]


def test_a_document_that_comes_as_it_falls_silent_need_not_stay_as_long() -> None:
    read = [opened(0, "film"), at(3, title="film"), opened(4, "notes"), at(6.5, title="notes")]
    assert starts(read) == [0]
    assert starts([*read, said(3.5)]) == [0, 4]
    assert starts([*read, said(3.5), said(5)]) == [0]


days = st.lists(
    st.tuples(
        st.sampled_from([0, 10, 60, 100, 130, 240, 299, 301, 900]),  # seconds since the last
        st.sampled_from(["editor", "editor", "browser", "chat", ""]),
        st.sampled_from([0, 0, 5, 200]),  # seconds it lasts
        st.sampled_from(["a", "a", "b"]),  # the document
        st.sampled_from(["begins", "begins", "goes on", "untold", "speech"]),
    ),
    max_size=40,
)


def moments_of(day: list[tuple[int, str, int, str, str]]) -> list[Moment]:
    moments, position = [], NOON
    for number, (step, app, length, title, scene) in enumerate(day):
        position += step * clock.SECOND
        if scene == "speech":
            moments.append(replace(said(0), id=f"{number:032x}", start_ns=position))
            moments[-1] = replace(moments[-1], end_ns=position + 10 * SECOND)
            continue
        end_ns = position + length * clock.SECOND
        moment = draft(number, position, end_ns=end_ns, app=app, title=title)
        began = {"begins": moment.id, "goes on": "another", "untold": None}[scene]
        moments.append(replace(moment, scene=began))
    return moments


@settings(deadline=None)
@given(day=days)
def test_every_moment_is_in_one_episode_and_order_does_not_matter(day) -> None:
    moments = moments_of(day)
    episodes = segment(moments)
    assert [key for e in episodes for key in e.moments] == [m.id for m in moments]
    assert segment(moments[::-1]) == episodes


@settings(deadline=None)
@given(day=days, start=st.integers(0, 29))
def test_cutting_again_from_the_start_of_any_episode_gives_the_same(day, start: int) -> None:
    moments = moments_of(day)
    episodes = segment(moments)
    if start < len(episodes):
        later = [m for m in moments if m.start_ns >= episodes[start].start_ns]
        assert segment(later) == episodes[start:]


@settings(deadline=None)
@given(day=days)
def test_no_episode_is_shorter_than_the_least_unless_a_pause_bounds_it(day) -> None:
    moments = moments_of(day)
    episodes = segment(moments)
    ends = {m.id: m.end_ns for m in moments}
    for before, after in pairwise(episodes):
        if after.start_ns - ends[before.moments[-1]] <= PAUSE:
            assert after.start_ns - before.start_ns >= LASTS


@settings(deadline=None)
@given(
    visits=st.lists(
        st.tuples(st.integers(1, 119), st.sampled_from(["editor", "chat"]), st.booleans()),
        min_size=1,
        max_size=60,
    )
)
def test_flicker_between_two_apps_never_cuts(visits) -> None:
    moments, position, last = [], NOON, ""
    for number, (seconds, app, begins) in enumerate(visits):
        if app == last:
            continue  # else the visits would add up
        moment = draft(number, position, app=app, title=app)
        moments.append(replace(moment, scene=moment.id if begins else None))
        position, last = position + seconds * SECOND, app
    assert len(segment(moments)) == 1


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(day=st.permutations(range(8)), steps=st.lists(st.sampled_from([60, 130, 299]), min_size=8))
def test_whatever_order_they_arrive_in_the_episodes_are_those_of_one_cut(
    tmp_path_factory: pytest.TempPathFactory, day: list[int], steps: list[int]
) -> None:
    store = Store(Profile.open(tmp_path_factory.mktemp("episodes") / "profile"))
    rows = [(step, ("editor", "browser")[n // 4], 5, "ab"[n % 2], "begins")
            for n, step in enumerate(steps[:8])]  # fmt: skip
    moments = moments_of(rows)
    for number in day:
        store.add([moments[number]])
        store.refresh_episodes(moments[number].start_ns)
    assert all_of(store) == segment(moments)


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
    assert STAYS == 5 * MINUTE
    assert frame(1, "x").text == "x"
