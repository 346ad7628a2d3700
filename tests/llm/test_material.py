"""What of an episode is read: every sentence once, within the budget, spread over all of it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.llm.material import MOST, material
from tests.learning.told import NINE, seen


def letters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def test_what_stays_on_the_screen_is_read_once() -> None:
    first = seen("The budget is settled.", NINE)
    second = seen("The budget is settled.\nAna sends it on Tuesday.", NINE + 1)
    again = seen("Ana sends it on Tuesday.", NINE + 2)
    found = material([first, second, again], 10_000, letters)
    assert [piece.evidence.text for piece in found] == [
        "The budget is settled.",
        "Ana sends it on Tuesday.",
    ]
    assert [piece.evidence.id for piece in found] == ["E1", "E2"]


def test_a_sentence_over_two_lines_is_quoted_as_it_stands() -> None:
    moment = seen("The budget for the whole of next year\nis settled.")
    (piece,) = material([moment], 10_000, letters)
    (sentence,) = piece.sentences
    assert piece.source(sentence).quote == moment.text


@given(st.integers(0, 4000), st.lists(st.integers(1, 60), max_size=400))
def test_no_more_than_the_budget_is_read(budget: int, sizes: list[int]) -> None:
    moments = [seen(f"Line {n} {'x' * size}", NINE + n) for n, size in enumerate(sizes)]
    found = material(moments, budget, letters)
    assert len(found) <= MOST
    assert sum(len(piece.evidence.line()) for piece in found) <= budget


def test_too_much_is_thinned_from_first_to_last() -> None:
    moments = [seen(f"Line {n} of very many lines.", NINE + n) for n in range(100)]
    found = material(moments, 20 * 120, letters)
    numbers = [int(piece.evidence.text.split()[1]) for piece in found]
    assert numbers[0] < 20
    assert numbers[-1] > 80
    assert material([], 100, letters) == []
