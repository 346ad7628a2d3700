"""What is shown while the answer is being written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.llm.stream import Shown


def shown(text: str, cuts: list[int] | None = None) -> str:
    """`text` through Shown, in pieces of the given lengths and then by single characters."""
    stream, out = Shown(), []
    for length in [*(cuts or []), *[1] * len(text)]:
        out.append(stream.take(text[:length]))
        text = text[length:]
    return "".join(out)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("- Tea at four. [E1][E2]", "Tea at four."),
        ("- Tea. [E1]\n- Coffee. [E2]", "Tea.\nCoffee."),
        ("NO MEMORY", ""),
        ("NO MEM", ""),
        ("- NO MEMORY of it", "NO MEMORY of it"),
        ("- well-known fact [E", "well-known fact"),
    ],
)
def test_bullets_and_citations_are_left_out(written: str, seen: str) -> None:
    assert shown(written) == seen


@given(cuts=st.lists(st.integers(0, 9), max_size=20))
def test_how_the_text_is_cut_into_pieces_does_not_matter(cuts: list[int]) -> None:
    written = "- The  tea was green. [E1]\n- Nobody said NO MEMORY. [E2][E3]"
    assert shown(written, cuts) == shown(written)


@pytest.mark.parametrize("notes", ["none", "E1: relevant because Answer: is in it\nE2: relevant"])
def test_notes_are_not_shown(notes: str) -> None:
    stream = Shown(notes=True)
    written = f"{notes}\nAnswer:\n- Tea at four. [E1]\n- Coffee. [E2]"
    assert "".join(map(stream.take, written)) == "Tea at four.\nCoffee."
    assert Shown(notes=True).take("none\nAnswer:\nNO MEMORY") == ""
