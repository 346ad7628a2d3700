"""Times as they are said, most of which lie ahead."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.dates import calendar

ZONE = "Europe/Berlin"
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("text", "words", "iso"),
    [
        ("the call is on Thursday 14:00", "Thursday 14:00", "2026-11-19 14:00"),
        ("tomorrow at 3, then", "tomorrow at 3", "2026-11-19 15:00"),
        ("3pm on Friday", "3pm on Friday", "2026-11-20 15:00"),
        ("see you Friday", "Friday", "2026-11-20"),
        ("next Friday", "next Friday", "2026-11-27"),
        ("Wednesday next week", "Wednesday next week", "2026-11-25"),
        ("on 4 December at 9:30", "4 December at 9:30", "2026-12-04 09:30"),
        ("Dec 5, 2026", "Dec 5, 2026", "2026-12-05"),
        ("by 3 May", "3 May", "2027-05-03"),
        ("on the 5th", "the 5th", "2026-12-05"),
        ("in two weeks", "in two weeks", "2026-12-02"),
        ("Friday 14:00-15:00", "Friday 14:00-15:00", "2026-11-20 14:00"),
        ("from 18 March 11:15 to 28 March", "18 March 11:15", "2027-03-18 11:15"),
        ("half past two tomorrow", "half past two tomorrow", "2026-11-19 14:30"),
        ("1.12. at noon", "1.12. at noon", "2026-12-01 12:00"),
        ("the end of the month", "the end of the month", "2026-11-30"),
        ("at 15:00", "15:00", ""),
        ("Tuesdays at 10:00", "Tuesdays at 10:00", ""),
        ("next week", "next week", ""),
    ],
)
def test_a_time_is_read_as_of_when_it_was_said(text: str, words: str, iso: str) -> None:
    named = calendar.find(text, WEDNESDAY)[0]
    assert text[named.start : named.end] == words
    assert named.iso(ZONE) == iso


@pytest.mark.parametrize(
    "text", ["version 15.1.", "10.0.0.1", "it may be 3", "at 3.5 percent", "48,500", "25:00"]
)
def test_other_numbers_are_no_times(text: str) -> None:
    assert [named for named in calendar.find(text, WEDNESDAY) if named.span] == []


@settings(deadline=None)
@given(st.text("0123456789:.- aprilmondyMfitxs5th", max_size=40))
def test_whatever_is_written_is_read_without_overlaps(text: str) -> None:
    found = calendar.find(text, WEDNESDAY)
    assert all(one.end <= other.start for one, other in pairwise(found))
