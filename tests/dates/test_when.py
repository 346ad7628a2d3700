"""What the words of a question say about time, as seen on Saturday 21 November 2026, 15:40."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.dates.when import When, parse
from tests.memory.made import ZONE


def ns(text: str) -> int:
    return clock.to_ns(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)))


NOW = ns("2026-11-21 15:40")

TABLE = [
    ("what did I read yesterday", "2026-11-20 00:00", "2026-11-21 00:00"),
    ("the day before yesterday in the evening", "2026-11-19 17:00", "2026-11-20 00:00"),
    ("last Tuesday afternoon", "2026-11-17 12:00", "2026-11-17 18:00"),
    ("last Saturday", "2026-11-14 00:00", "2026-11-15 00:00"),
    ("on Fri", "2026-11-20 00:00", "2026-11-21 00:00"),
    ("Tuesday of last week", "2026-11-10 00:00", "2026-11-11 00:00"),
    ("on 3 March", "2026-03-03 00:00", "2026-03-04 00:00"),
    ("March 3rd, 2025", "2025-03-03 00:00", "2025-03-04 00:00"),
    ("the 3rd of March", "2026-03-03 00:00", "2026-03-04 00:00"),
    ("on the 30th", "2026-10-30 00:00", "2026-10-31 00:00"),
    ("2026-11-20", "2026-11-20 00:00", "2026-11-21 00:00"),
    ("20.11.2026", "2026-11-20 00:00", "2026-11-21 00:00"),
    ("this morning", "2026-11-21 05:00", "2026-11-21 12:00"),
    ("late afternoon", "2026-11-21 15:00", "2026-11-21 18:00"),
    ("in the evening", "2026-11-20 17:00", "2026-11-21 00:00"),  # today's is still to come
    ("last night", "2026-11-20 18:00", "2026-11-21 05:00"),
    ("10 minutes ago", "2026-11-21 15:27", "2026-11-21 15:33"),
    ("half an hour ago", "2026-11-21 15:01", "2026-11-21 15:19"),
    ("in the last two hours", "2026-11-21 13:40", "2026-11-21 15:40"),
    ("the past hour", "2026-11-21 14:40", "2026-11-21 15:40"),
    ("just now", "2026-11-21 15:30", "2026-11-21 15:40"),
    ("between 2 and 3 pm today", "2026-11-21 14:00", "2026-11-21 15:00"),
    ("from 11 to 1 pm", "2026-11-21 11:00", "2026-11-21 13:00"),
    ("from 14:00 to 14:30 yesterday", "2026-11-20 14:00", "2026-11-20 14:30"),
    ("at 3 pm", "2026-11-21 14:45", "2026-11-21 15:15"),
    ("at 16:30", "2026-11-20 16:15", "2026-11-20 16:45"),
    ("around 9:15 yesterday", "2026-11-20 08:45", "2026-11-20 09:45"),
    ("after 5pm yesterday", "2026-11-20 17:00", "2026-11-21 00:00"),
    ("3 days ago at noon", "2026-11-18 11:30", "2026-11-18 12:30"),
    ("two weeks ago", "2026-11-04 00:00", "2026-11-11 00:00"),
    ("last week", "2026-11-09 00:00", "2026-11-16 00:00"),
    ("last weekend", "2026-11-14 00:00", "2026-11-16 00:00"),
    ("last month", "2026-10-01 00:00", "2026-11-01 00:00"),
    ("in May", "2026-05-01 00:00", "2026-06-01 00:00"),
    ("in December", "2025-12-01 00:00", "2026-01-01 00:00"),
    ("November 2026", "2026-11-01 00:00", "2026-12-01 00:00"),
    ("in 2025", "2025-01-01 00:00", "2026-01-01 00:00"),
    ("since Monday", "2026-11-16 00:00", "2026-11-21 15:40"),
    ("from Monday to Wednesday", "2026-11-16 00:00", "2026-11-19 00:00"),
    ("between 3 March and 5 March", "2026-03-03 00:00", "2026-03-06 00:00"),
]


@pytest.mark.parametrize(("question", "start", "end"), TABLE)
def test_the_words_are_read_as_a_person_means_them(question: str, start: str, end: str) -> None:
    when = parse(question, NOW, ZONE)
    assert when is not None
    assert (when.span.start_ns, when.span.end_ns) == (ns(start), ns(end))
    assert when.padded.start_ns < when.span.start_ns
    assert when.padded.end_ns > when.span.end_ns


@pytest.mark.parametrize(
    "question",
    [
        "what is the invoice number",
        "may I ask what the march was about",
        "tomorrow",
        "the dentist on 3 December",  # ahead: the date stands in a text
        "the trip on 12 May 2027",
        "how many between 2 and 3 items",
        "version 3.14 of the tool",
        "step 10 of 12",
        "the second point",
        "",
    ],
)
def test_words_that_name_no_past_time_are_left_alone(question: str) -> None:
    assert parse(question, NOW, ZONE) is None


@pytest.mark.parametrize(
    ("question", "firm"),
    [
        ("yesterday", True),
        ("at 3 pm", True),
        ("around 3 pm", False),
        ("recently", False),
        ("the other day", False),
        ("two weeks ago", False),
        ("a couple of days ago", False),
        ("10 minutes ago", True),
        ("a few minutes ago", False),
    ],
)
def test_exact_words_are_told_from_vague_ones(question: str, firm: bool) -> None:
    when = parse(question, NOW, ZONE)
    assert when is not None
    assert when.firm is firm


def test_the_words_of_the_date_are_taken_out_of_the_question() -> None:
    when = parse("what did Anna say last Tuesday afternoon about the budget", NOW, ZONE)
    assert when is not None
    assert when.words == ("last Tuesday", "afternoon")
    assert when.rest == "what did Anna say about the budget"


def test_days_on_which_the_clocks_change_have_23_and_25_hours() -> None:
    spring = parse("yesterday", ns("2026-03-30 12:00"), ZONE)
    autumn = parse("yesterday", ns("2026-10-26 12:00"), ZONE)
    assert spring is not None
    assert autumn is not None
    assert spring.span.end_ns - spring.span.start_ns == 23 * clock.HOUR
    assert autumn.span.end_ns - autumn.span.start_ns == 25 * clock.HOUR


def test_a_clock_time_on_such_a_day_is_what_the_wall_showed() -> None:
    when = parse("at 15:00 yesterday", ns("2026-10-26 12:00"), ZONE)
    assert when is not None
    assert when.span.start_ns == ns("2026-10-25 14:45")
    back = parse("6 hours ago", ns("2026-10-25 06:00"), ZONE)  # across the change
    assert back is not None
    assert back.span.overlaps(ns("2026-10-25 06:00") - 6 * clock.HOUR, 0)


def test_closeness_falls_from_one_within_to_nothing_beyond_the_padding() -> None:
    when = parse("at 3 pm", NOW, ZONE)
    assert when is not None
    times = ("15:00", "15:20", "15:25", "18:00", "09:00")
    at_ns = np.array([ns(f"2026-11-21 {time}") for time in times])
    inside, nearer, near, later, earlier = when.closeness(at_ns, at_ns)
    assert inside == 1.0
    assert 0 < near < nearer < 1
    assert later == earlier == 0.0


@given(
    starts=st.lists(st.integers(-40, 80), min_size=1),
    lengths=st.lists(st.integers(0, 5), min_size=1),
)
def test_what_overlaps_the_span_is_near_and_what_lies_beyond_the_padding_is_far(
    starts: list[int], lengths: list[int]
) -> None:
    when = When(Span(0, 20), Span(-10, 40), True, (), "")
    start = np.array([n for n, _ in zip(starts, lengths, strict=False)])
    end = start + np.array([n for _, n in zip(starts, lengths, strict=False)])
    near = when.closeness(start, end)
    for one_start, one_end, one in zip(start.tolist(), end.tolist(), near, strict=True):
        assert (one == 1.0) == when.span.overlaps(one_start, one_end)
        assert (one > 0.0) == (one_start < 39 and one_end > -9) or one == 0.0
        assert 0.0 <= one <= 1.0


PHRASES = [question for question, _, _ in TABLE]


@given(
    now_ns=st.integers(ns("2000-01-01 00:00"), ns("2100-01-01 00:00")),
    phrase=st.sampled_from(PHRASES),
    zone=st.sampled_from([ZONE, "UTC", "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe"]),
)
def test_whenever_it_is_asked_the_span_is_in_order_and_no_day_lies_ahead(
    now_ns: int, phrase: str, zone: str
) -> None:
    if when := parse(phrase, now_ns, zone):
        assert when.padded.start_ns < when.span.start_ns < when.span.end_ns < when.padded.end_ns
        assert when.span.start_ns < now_ns + 24 * clock.HOUR  # "at noon today" may lie ahead


@given(question=st.text(max_size=80))
def test_any_text_is_read_without_an_error(question: str) -> None:
    parse(question, NOW, ZONE)
