"""Looks are frequent while somebody types, rare when nothing happens, and rarer on battery."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.capture.pace import Activity, rest_s

seconds = st.floats(0, 1e6)
activities = st.builds(Activity, st.none() | seconds, seconds, st.booleans(), st.booleans())
chances = st.floats(0, 1)


@given(activities, chances)
def test_there_are_never_more_than_two_looks_a_second_nor_fewer_than_one_in_five(
    activity: Activity, chance: float
) -> None:
    assert 0.5 <= rest_s(activity, 1.0, chance) <= 5.0


@given(activities, st.floats(0.1, 60), chances)
def test_all_scales_with_the_ordinary_interval(
    activity: Activity, interval_s: float, chance: float
) -> None:
    expected = interval_s * rest_s(activity, 1.0, chance)
    assert rest_s(activity, interval_s, chance) == pytest.approx(expected)


@given(activities, seconds)
def test_more_quiet_never_makes_looks_more_frequent(activity: Activity, more: float) -> None:
    quieter = replace(activity, news_s=activity.news_s + more)
    if activity.input_s is not None:
        quieter = replace(quieter, input_s=activity.input_s + more)
    assert rest_s(quieter, 1.0) >= rest_s(activity, 1.0)


@given(activities, chances)
def test_battery_never_makes_looks_more_frequent(activity: Activity, chance: float) -> None:
    plugged, alone = (replace(activity, on_battery=on) for on in (False, True))
    assert rest_s(alone, 1.0, chance) >= 0.8 * rest_s(plugged, 1.0, chance)
    assert rest_s(alone, 1.0) >= rest_s(plugged, 1.0)


@pytest.mark.parametrize(
    ("activity", "rest"),
    [
        (Activity(input_s=0.2, news_s=500), 0.5),  # typing
        (Activity(input_s=8, news_s=500), 1.0),  # reading
        (Activity(input_s=500, news_s=2), 1.0),  # a talk with slides, which nobody touches
        (Activity(input_s=None, news_s=2), 1.0),  # no telling whether somebody types
        (Activity(input_s=500, news_s=500), 5.0),  # nothing at all
        (Activity(input_s=500, news_s=500, is_away=True), 1.0),  # is somebody back?
        (Activity(input_s=0.2, news_s=0.2, on_battery=True), 1.0),
        (Activity(input_s=8, news_s=8, on_battery=True), 2.0),
    ],
)
def test_the_pace_follows_what_goes_on(activity: Activity, rest: float) -> None:
    assert rest_s(activity, 1.0) == rest
