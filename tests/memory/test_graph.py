"""Spreading from what a question names: mass is kept, and more of it stays near the seeds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.knowledge import Link, LinkKind
from mirrordesk.memory.graph import app_links, spread
from tests.memory.made import draft

NODES = st.sampled_from("abcdefgh")
weights = st.floats(0.01, 100)
some_links = st.lists(
    st.builds(Link, st.just(LinkKind.TOGETHER), NODES, NODES, st.just(0), weights), max_size=20
)
some_seeds = st.dictionaries(NODES, weights, min_size=1)


def link(one: str, other: str, weight: float = 1.0) -> Link:
    return Link(LinkKind.TOGETHER, one, other, 0, weight)


@given(some_seeds, some_links)
@settings(deadline=None, max_examples=60)
def test_all_mass_is_kept(seeds: dict[str, float], links: list[Link]) -> None:
    found = spread(seeds, links)
    assert sum(found.values()) == pytest.approx(1)
    assert all(mass > 0 for mass in found.values())


@given(some_seeds, some_links, NODES, weights)
@settings(deadline=None, max_examples=60)
def test_a_seed_with_more_weight_never_gets_less(
    seeds: dict[str, float], links: list[Link], node: str, more: float
) -> None:
    before = spread(seeds, links).get(node, 0.0)
    after = spread({**seeds, node: seeds.get(node, 0.0) + more}, links)[node]
    assert after >= before - 1e-6


@given(some_seeds, some_links)
@settings(deadline=None, max_examples=60)
def test_a_record_without_links_keeps_what_it_has(
    seeds: dict[str, float], links: list[Link]
) -> None:
    whole = {**seeds, "alone": 1.0}
    assert spread(whole, links)["alone"] == pytest.approx(1 / sum(whole.values()))


@given(some_seeds, some_links)
@settings(deadline=None, max_examples=60)
def test_only_the_proportions_of_seeds_and_weights_matter(
    seeds: dict[str, float], links: list[Link]
) -> None:
    scaled = [link(one.one, one.other, 8 * one.weight) for one in links]
    assert spread({key: 4 * weight for key, weight in seeds.items()}, scaled) == pytest.approx(
        spread(seeds, links)
    )


def test_what_is_nearer_and_what_more_links_lead_to_gets_more() -> None:
    chain = spread({"a": 1}, [link("a", "b"), link("b", "c"), link("c", "d")])
    assert chain["a"] > chain["b"] > chain["c"] > chain["d"]
    both = spread({"a": 1, "b": 1}, [link("a", "x"), link("b", "x"), link("b", "y")])
    assert both["x"] > both["y"]
    heavy = spread({"a": 1}, [link("a", "x", 3), link("a", "y", 1)])
    assert heavy["x"] == pytest.approx(3 * heavy["y"])


def test_two_steps_at_half_damping_are_as_worked_out_by_hand() -> None:
    found = spread({"a": 1}, [link("a", "b")])  # a = 1/2 + b/2, b = a/2
    assert found == pytest.approx({"a": 2 / 3, "b": 1 / 3}, abs=1e-6)


def test_nothing_comes_of_nothing() -> None:
    assert spread({}, [link("a", "b")]) == {}
    assert spread({"a": 0}, [link("a", "b")]) == {}
    assert spread({"a": 2}, []) == {"a": 1}
    assert "z" not in spread({"a": 1}, [link("y", "z")])


def test_moments_of_one_program_are_linked_by_it() -> None:
    one, other, none = draft(1, app="Firefox"), draft(2, app="firefox"), draft(3, app="")
    found = spread({one.id: 1}, app_links([one, other, none]))
    assert set(found) == {one.id, other.id, "app:firefox"}
