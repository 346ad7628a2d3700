"""Calls among moments: an episode each, with who spoke when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.memory.episodes import PAUSE, segment
from mirrordesk.memory.meetings import HOLD, ONSET, is_call_window
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.records import Episode, Kind, Moment, Speaker, Spoken
from tests.memory.made import NOON, draft

SECOND = clock.SECOND
ZOOM = "Zoom Meeting"


def seen(second: float, title: str = "notes", app: str = "editor", monitor: str = "one") -> Moment:
    start_ns = NOON + round(second * SECOND)
    return draft(round(second * 10), start_ns, app=app, title=title, source=monitor)


def said(second: float, by: str, lasts: float = 3) -> Moment:
    start_ns = NOON + round(second * SECOND)
    end_ns = start_ns + round(lasts * SECOND)
    source = {"me": "microphone", "them": "loopback"}[by]
    moment = draft(round(second * 10) + 5, start_ns, end_ns=end_ns, app="", title="")
    return replace(moment, kind=Kind.SPEECH, source=source)


def talk(first: float, turns: int, every: float = 5) -> list[Moment]:
    return [said(first + every * n, ("me", "them")[n % 2]) for n in range(turns)]


def calls(moments: list[Moment]) -> list[Episode]:
    return [episode for episode in segment(moments) if episode.is_call]


def test_both_sides_in_turns_are_a_call_and_tell_who_spoke_when() -> None:
    moments = [seen(0), *talk(60, 6), seen(200), seen(320)]
    before, call, after = segment(moments)
    assert (before.is_call, call.is_call, after.is_call) == (False, True, False)
    assert call.spoken[0] == Spoken(Speaker.ME, NOON + 60 * SECOND, NOON + 63 * SECOND)
    assert [one.speaker for one in call.spoken] == [Speaker.ME, Speaker.THEM] * 3
    assert call.moments == tuple(m.id for m in talk(60, 6))


def test_a_call_is_named_after_its_own_window_and_holds_what_was_shown_in_it() -> None:
    shared = [seen(s, "plan.ods", "calc") for s in (70, 80, 90)]
    moments = [seen(0), seen(50, ZOOM, "zoom"), said(60, "them"), *shared, said(100, "me")]
    (call,) = calls(moments)
    assert call.title == ZOOM
    assert set(call.apps) == {"zoom", "calc"}
    assert {m.id for m in shared} <= set(call.moments)


def test_a_long_talk_of_one_side_holds_while_the_call_is_in_front() -> None:
    lecture = [said(10 + 20 * n, "them", 18) for n in range(60)]
    (call,) = segment([seen(0, ZOOM, "zoom"), *lecture])
    assert call.spoken == (Spoken(Speaker.THEM, lecture[0].start_ns, lecture[-1].end_ns),)


def test_a_call_outlasts_a_silence_and_ends_when_nobody_takes_turns_any_more() -> None:
    silence = HOLD // SECOND - 30
    (one,) = calls([*talk(0, 6), *talk(30 + silence, 6)])
    assert len(one.moments) == 12
    radio = [said(60 + 20 * n, "them", 18) for n in range(60)]
    call, *rest = segment([*talk(0, 6), *radio])
    assert call.end_ns <= NOON + 60 * SECOND + HOLD + 20 * SECOND
    assert not any(episode.is_call for episode in rest)


@pytest.mark.parametrize(
    "moments",
    [
        [said(20 * n, "them", 18) for n in range(30)],  # a film
        [said(20 * n, "me") for n in range(30)],  # dictation
        [said(0, "me"), *[said(20 * n, "them", 18) for n in range(1, 30)]],  # a word to a film
        talk(0, 10, every=60),  # now and then somebody says something while something plays
        [seen(0, ZOOM, "zoom"), seen(200)],  # nobody came
        [seen(0, "Zoom Workplace", "zoom"), said(10, "them")],
    ],
    ids=["film", "dictation", "a word to a film", "now and then", "nobody came", "its main window"],
)
def test_what_is_no_call_is_none(moments: list[Moment]) -> None:
    assert calls(moments) == []


@pytest.mark.parametrize(
    "title",
    [
        "Zoom Meeting",
        "Zoom Meeting 40-Minutes",
        "Meet - Weekly planning - Chromium",
        "Meet – abc-defg-hij",
        "Weekly sync | Microsoft Teams",
        "Falcon standup | Jitsi Meet",
        "Slack - Huddle in #falcon",
        "Marta Meier's Meeting - Webex",
    ],
)
def test_the_windows_of_calls_are_known(title: str) -> None:
    assert is_call_window(seen(0, title))


@pytest.mark.parametrize(
    "title",
    [
        "Chat | Marta | Microsoft Teams",
        "Calendar | Microsoft Teams",
        "general | Falcon | Slack",
        "How to join a Zoom meeting - Firefox",
        "Meeting notes.odt",
        "",
    ],
)
def test_the_other_windows_of_such_programs_are_no_calls(title: str) -> None:
    assert not is_call_window(seen(0, title))


def test_what_was_seen_on_another_monitor_at_the_same_time_belongs_to_the_call() -> None:
    both = [seen(10, "notes", monitor="two"), replace(seen(10, ZOOM), id="f" * 32)]
    first, call = segment([seen(0), *both, said(12, "them")])
    assert {m.id for m in both} <= set(call.moments)
    assert len(first.moments) == 1


steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 3, 5, 5, 20, 50, 130, 239, 241, 301]),  # seconds since the last
        st.sampled_from(["me", "them", "me", "them", ZOOM, "notes", "mail"]),
    ),
    max_size=40,
)


def moments_of(steps: list[tuple[int, str]]) -> list[Moment]:
    moments, second = [], 0
    for number, (step, what) in enumerate(steps):
        second += step
        made = said(second, what) if what in ("me", "them") else seen(second, what, what)
        moments.append(replace(made, id=f"{number:032x}"))
    return moments


@settings(deadline=None)
@given(steps=steps)
def test_every_moment_is_in_one_episode_and_cutting_again_from_any_gives_the_same(
    steps: list[tuple[int, str]],
) -> None:
    moments = moments_of(steps)
    episodes = segment(moments)
    assert [key for e in episodes for key in e.moments] == [m.id for m in moments]
    for number, episode in enumerate(episodes):
        later = [m for m in moments if m.start_ns >= episode.start_ns]
        assert segment(later) == episodes[number:]


def test_a_call_stored_piece_by_piece_is_the_call_stored_at_once(store: Store) -> None:
    moments = [seen(0), *talk(60, 6), seen(70), said(200, "them"), said(420, "me"), seen(700)]
    moments.sort(key=lambda m: m.start_ns)
    for moment in moments:
        store.add([moment])
        store.refresh_episodes(moment.start_ns)
    stored = store.episodes_since(0)
    assert stored == segment(moments)
    assert any(episode.spoken for episode in stored)


def test_what_was_said_in_a_call_is_found_with_its_side_and_the_calls_title(store: Store) -> None:
    answer = replace(said(64, "them"), text="the budget is forty eight thousand")
    outside = replace(said(900, "them"), text="the budget of the film was small")
    store.add([seen(60, ZOOM, "zoom"), said(61, "me"), answer, outside])
    store.refresh_episodes(NOON)
    found = {hit.moment.id: hit.moment for hit in Recall(store).search("budget")}
    assert found[answer.id].app == "The others, in a call"
    assert found[answer.id].title == ZOOM
    assert found[outside.id] == outside


def test_what_decides_lies_within_what_is_cut_anew() -> None:
    assert max(HOLD, ONSET) < PAUSE
