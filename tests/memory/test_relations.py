"""Questions that lean on something else that happened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.memory.relations import (
    Comparison,
    How,
    Nth,
    anchored,
    comparison,
    nth,
)
from mirrordesk.records import Kind


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which came first, the demo or lunch?", Comparison("the demo", "lunch")),
        ("which came first: 'a b' or 'c d'?", Comparison("a b", "c d")),
        ("What happened later, X or Y", Comparison("X", "Y", last=True)),
        ("Did the call come before the mail?", Comparison("the call", "the mail")),
        ("Was the call after the mail?", Comparison("the call", "the mail", last=True)),
        ("What came in the mail?", None),
        ("Where did I see the demo or the slides?", None),
    ],
)
def test_two_things_are_compared(question: str, expected: Comparison | None) -> None:
    assert comparison(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what was said in the third call on Tuesday", Nth(3, "what was said in on Tuesday")),
        ("who was in my last meeting?", Nth(-1, "who was in ?")),
        ("what happened in the 2nd call", Nth(2, "what happened in")),
        ("who wants to call first?", None),
    ],
)
def test_a_call_is_counted(question: str, expected: Nth | None) -> None:
    assert nth(question) == expected


@pytest.mark.parametrize(
    ("question", "rest", "how", "anchor"),
    [
        ("What invoice came before the demo?", "What invoice came", How.BEFORE, "the demo"),
        ("what was on screen when she said yes", "", How.DURING, "yes"),
        ("who spoke right after lunch with Ada?", "who spoke", How.AFTER, "lunch with Ada"),
    ],
)
def test_a_question_leans_on_something(question: str, rest: str, how: How, anchor: str) -> None:
    found = anchored(question)
    assert found is not None
    assert (found.rest, found.how, found.anchor) == (rest, how, anchor)


@pytest.mark.parametrize("question", ["When did I pay?", "before", "the budget after taxes"])
def test_other_questions_lean_on_nothing(question: str) -> None:
    assert anchored(question) is None


def test_the_time_asked_for_lies_on_the_right_side_of_the_anchor() -> None:
    start_ns, end_ns = 100 * clock.HOUR, 100 * clock.HOUR + clock.SECOND
    before, after, during = (
        found.when(start_ns, end_ns)
        for how in ("before", "after", "during")
        if (found := anchored(f"what did I see {how} the demo")) is not None
    )
    assert before.padded.end_ns == before.span.end_ns == start_ns
    assert after.padded.start_ns == after.span.start_ns == end_ns
    assert during.span.overlaps(start_ns, end_ns)


def test_what_is_asked_for_and_what_is_leant_on_may_be_of_other_kinds() -> None:
    found = anchored("what was on my screen when they talked about the roof?")
    assert found is not None
    assert (found.kinds, found.anchor_kinds) == ({Kind.FRAME}, {Kind.SPEECH})


@given(question=st.text(max_size=80))
def test_any_text_is_read_without_an_error(question: str) -> None:
    comparison(question)
    nth(question)
    anchored(question)
