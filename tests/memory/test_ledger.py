"""Spans cut out of spans."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.control import Span
from mirrordesk.memory.ledger import joined, outside
from mirrordesk.records import Watch

spans = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda p: Span(min(p), max(p)))


def points(*pieces: Span | Watch) -> set[int]:
    return {n for piece in pieces for n in range(piece.start_ns, piece.end_ns)}


@given(whole=spans, cut=st.lists(spans))
def test_what_is_outside_is_the_whole_without_the_cuts(whole: Span, cut: list[Span]) -> None:
    left = outside(whole.start_ns, whole.end_ns, cut)
    assert points(*left) == points(whole) - points(*cut)
    assert all(piece.start_ns < piece.end_ns for piece in left)
    assert sum(p.end_ns - p.start_ns for p in left) == len(points(*left))


@given(watched=st.lists(spans))
def test_joined_watches_cover_the_same_time_without_touching(watched: list[Span]) -> None:
    watches = [Watch(span.start_ns, span.end_ns) for span in watched]
    result = joined(watches)
    assert points(*result) == points(*watches)
    assert all(a.end_ns < b.start_ns for a, b in pairwise(result))
