"""Pause marks and forgotten spans: what outlives the processes, and how damage is read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk import control
from mirrordesk.control import Pause, Span
from mirrordesk.paths import Profile


def test_a_pause_lasts_until_resume(profile: Profile) -> None:
    assert control.paused(profile) is None
    mark = control.pause(profile)
    assert control.paused(profile) == mark
    control.resume(profile)
    control.resume(profile)
    assert control.paused(profile) is None


def test_a_timed_pause_ends_by_itself(profile: Profile) -> None:
    mark = control.pause(profile, until_ns=1_000)
    assert control.paused(profile, now_ns=999) == mark
    assert control.paused(profile, now_ns=1_000) is None


@pytest.mark.parametrize(
    "mark",
    ["", "{", "[]", "{}", '{"since_ns": "x"}', '{"since_ns": 1, "until_ns": "soon"}', "\xff"],
)
def test_a_damaged_mark_counts_as_a_pause(profile: Profile, mark: str) -> None:
    profile.pause_mark.write_text(mark, encoding="latin-1")
    assert control.paused(profile) == Pause(0)


def test_forgotten_spans_read_back_in_order(profile: Profile) -> None:
    assert control.forgotten_spans(profile) == ()
    spans = (Span(1, 2), Span(5, 9), Span(1, 2))
    for span in spans:
        control.remember_forgetting(profile, span)
    assert control.forgotten_spans(profile) == spans


@pytest.mark.parametrize("kept", range(0, 32, 5))
def test_a_line_torn_by_a_crash_spoils_only_itself(profile: Profile, kept: int) -> None:
    control.remember_forgetting(profile, Span(1, 2))
    torn = json.dumps({"start_ns": 3, "end_ns": 4})[:kept]
    with profile.forgotten.open("a") as file:
        file.write(torn)
    control.remember_forgetting(profile, Span(5, 6))
    spans = control.forgotten_spans(profile)
    assert spans[0] == Span(1, 2)
    assert spans[-1] == Span(5, 6)


def test_single_moments_are_listed_beside_the_spans_and_told_apart(profile: Profile) -> None:
    assert control.forgotten_moments(profile) == frozenset()
    control.remember_forgetting_moments(profile, ["a", "b"])
    control.remember_forgetting(profile, Span(1, 2))
    assert control.forgotten_moments(profile) == {"a", "b"}
    control.remember_forgetting_moments(profile, ["c"])
    assert control.forgotten_moments(profile) == {"a", "b", "c"}
    assert control.forgotten_spans(profile) == (Span(1, 2),)


instants = st.integers(0, 20)


@given(instants, instants, instants, instants)
def test_a_span_touches_a_moment_that_shares_an_instant_with_it(
    start: int, length: int, moment: int, lasts: int
) -> None:
    of_span = set(range(start, start + length))
    of_moment = set(range(moment, moment + max(lasts, 1)))
    touches = Span(start, start + length).overlaps(moment, moment + lasts)
    assert touches == bool(of_span & of_moment)
