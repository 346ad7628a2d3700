"""Sequential patterns: what PrefixSpan finds is what trying everything finds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.learning.sequences import Run, frequent, occurrences

GAP = 2
LETTERS = "abcdef"
any_runs = st.lists(st.text(LETTERS, max_size=7), max_size=5)
runs_without_repetition = st.lists(
    st.lists(st.sampled_from(LETTERS), unique=True, max_size=6).map("".join), max_size=5
)


def whole(texts: Sequence[str]) -> list[Run]:
    return [Run(list(text), len(text)) for text in texts]


def within(text: str) -> set[tuple[str, ...]]:
    """Every pattern of different items in a text, by trying all."""
    return {
        tuple(text[p] for p in places)
        for length in range(1, len(text) + 1)
        for places in combinations(range(len(text)), length)
        if all(b - a <= GAP + 1 for a, b in pairwise(places))
        and len({text[p] for p in places}) == length
    }


def counted(texts: Sequence[str]) -> dict[tuple[str, ...], int]:
    every = [within(text) for text in texts]
    return {p: n for p in set().union(*every) if (n := sum(p in some for some in every)) >= 2}


def is_part(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    rest = iter(long)
    return short != long and all(item in rest for item in short)


def longest(patterns: dict[tuple[str, ...], int]) -> set[tuple[str, ...]]:
    return {p for p in patterns if not any(is_part(p, other) for other in patterns)}


@given(any_runs)
@settings(deadline=None, max_examples=50)
def test_every_pattern_that_is_found_is_there_as_often_as_told(texts: list[str]) -> None:
    assert frequent(whole(texts), least=2, gap=GAP).items() <= counted(texts).items()


@given(runs_without_repetition)
@settings(deadline=None, max_examples=50)
def test_no_longest_pattern_is_missed(texts: list[str]) -> None:
    found = frequent(whole(texts), least=2, gap=GAP)
    assert longest(found) == longest(counted(texts))


@given(st.text(LETTERS, max_size=12), st.text(LETTERS, min_size=1, max_size=3))
@settings(deadline=None, max_examples=50)
def test_occurrences_stand_apart_in_order_and_within_reach(text: str, pattern: str) -> None:
    found = occurrences(text, pattern, GAP)
    for places in found:
        assert "".join(text[p] for p in places) == pattern
        assert all(0 < b - a <= GAP + 1 for a, b in pairwise(places))
    assert all(one[-1] < other[0] for one, other in pairwise(found))
    if len(set(pattern)) == len(pattern):
        assert bool(found) == (tuple(pattern) in within(text))


def test_a_pattern_counts_where_it_begins_and_may_end_later() -> None:
    runs = [Run("abc", 1), Run("bc", 2), Run("abc", 1), Run("bc", 2)]
    found = frequent(runs, least=2, gap=0)
    assert found["a", "b", "c"] == 2
    assert found["b", "c"] == 2


def test_long_runs_that_are_all_the_same_give_one_pattern_and_its_beginnings() -> None:
    items = [f"step {number:02}" for number in range(60)]
    found = frequent([Run(items, 60)] * 3, least=3, gap=3)
    assert set(found) == {tuple(items[:length]) for length in range(1, 61)}
