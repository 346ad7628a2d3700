"""A budget of processor time holds over any span, however the work comes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.budget import Budget

WINDOW_S = 600.0

shares = st.sampled_from([0.05, 0.15, 1.0])
# seconds that pass, CPU seconds of the piece of work that comes then, and the share from then on
days = st.lists(st.tuples(st.floats(0, 300), st.floats(0.01, 40), shares), max_size=60)


def spent(day: list[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """When work was let through, and what it cost."""
    now_s, done = 0.0, []
    budget = Budget(day[0][2] if day else 1.0, now_s, WINDOW_S)
    for step_s, cost_s, share in day:
        now_s += step_s
        budget.allow(share, now_s)
        if budget.left(now_s) > 0:
            budget.spend(cost_s, now_s)
            done.append((now_s, cost_s))
    return done


@settings(deadline=None)
@given(day=days)
def test_over_any_window_no_more_is_spent_than_its_share_one_burst_and_one_piece_of_work(
    day: list[tuple[float, float, float]],
) -> None:
    done = spent(day)
    most = max((share for _, _, share in day), default=1.0)
    for first in range(len(done)):
        for last in range(first, len(done)):
            within = done[first : last + 1]
            span_s = within[-1][0] - within[0][0]
            largest = max(cost for _, cost in within)
            allowed = most * span_s + most * WINDOW_S + largest
            assert sum(cost for _, cost in within) <= allowed + 1e-6


@settings(deadline=None)
@given(day=days)
def test_what_is_not_used_up_comes_back_at_the_rate_of_the_share(
    day: list[tuple[float, float, float]],
) -> None:
    budget, now_s = Budget(0.15, 0.0, WINDOW_S), 0.0
    for step_s, cost_s, _ in day:
        now_s += step_s
        budget.spend(cost_s, now_s)
    left = budget.left(now_s)
    assert budget.left(now_s + 100) == pytest.approx(min(left + 15, 90))


def test_a_burst_is_allowed_at_first_and_again_after_a_rest() -> None:
    budget = Budget(0.15, 0.0, WINDOW_S)
    assert budget.left(0.0) == 90
    budget.spend(95, 10.0)
    assert budget.left(11.0) < 0
    assert budget.left(11.0 + WINDOW_S) > 80


def test_a_smaller_share_holds_at_once() -> None:
    budget = Budget(0.15, 0.0, WINDOW_S)
    budget.allow(0.05, 0.0)
    assert budget.left(0.0) == 30
