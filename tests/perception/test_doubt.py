"""Words that nobody said are doubted; those of people are not."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.perception.doubt import Written, repeats_itself

SAID = Written("Please send me the budget tomorrow.", 3.0, -0.2, 0.01, 0.9)


def test_what_was_said_is_believed() -> None:
    assert not SAID.is_doubtful(provisional=False)
    assert not SAID.is_doubtful(provisional=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"likely": -1.1},
        {"likely": -0.5, "no_speech": 0.7},
        {"shrinks": 2.5},
        {"seconds": 0.3, "text": "A whole long sentence that nobody says in a third of a second."},
        {"seconds": 20.0, "text": "Anna, how"},
        {"text": "Thank you. Thank you. Thank you."},
        {"text": "Subtitles by the Amara.org community"},
    ],
    ids=["unsure", "no speech", "shrinks", "too fast", "too slow", "repeated", "credits"],
)
def test_every_sign_of_invention_is_enough(changed: dict[str, object]) -> None:
    assert dataclasses.replace(SAID, **changed).is_doubtful(provisional=False)


def test_a_provisional_model_must_be_surer() -> None:
    hesitant = dataclasses.replace(SAID, likely=-0.9)
    assert hesitant.is_doubtful(provisional=True)
    assert not hesitant.is_doubtful(provisional=False)
    scant = dataclasses.replace(SAID, seconds=5.0, text="Anna, how")
    assert scant.is_doubtful(provisional=True)
    assert not scant.is_doubtful(provisional=False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No, no, no, no.",
        "The budget, the whole budget and nothing but the budget.",
        "He said that she said that it was fine.",
        "Twenty, twenty one, twenty two.",
        "Bye bye. Bye bye.",
    ],
)
def test_people_repeat_themselves_a_little(text: str) -> None:
    assert not repeats_itself(text)


@given(
    phrase=st.lists(
        st.sampled_from(["the", "meeting", "is", "at", "ten", "again"]), min_size=2, max_size=8
    ),
    times=st.integers(3, 6),
    before=st.lists(st.sampled_from(["so", "well"]), max_size=3),
)
def test_a_phrase_three_times_in_a_row_is_a_loop_wherever_it_stands(
    phrase: list[str], times: int, before: list[str]
) -> None:
    assert repeats_itself(" ".join([*before, *(phrase * times)]))
