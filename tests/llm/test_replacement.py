"""What goes when the room is full: the cheapest by the byte, the longest unused, ends of chains."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.llm.replacement import GreedyDual


def test_of_equal_size_the_cheaper_goes() -> None:
    room = GreedyDual(20)
    room.add("dear", size=10, cost=5.0)
    room.add("cheap", size=10, cost=1.0)
    assert room.add("fair", size=10, cost=3.0) == ["cheap"]


def test_of_equal_cost_the_larger_goes() -> None:
    room = GreedyDual(30)
    room.add("large", size=20, cost=1.0)
    room.add("small", size=5, cost=1.0)
    assert room.add("next", size=10, cost=1.0) == ["large"]


def test_what_is_asked_for_stays() -> None:
    room = GreedyDual(20)
    room.add("one", size=10, cost=1.0)
    room.add("two", size=10, cost=1.1)
    room.use("one")
    assert room.add("three", size=10, cost=1.2) == ["two"]


def test_what_was_asked_for_long_ago_goes_in_the_end() -> None:
    room = GreedyDual(20)
    room.add("old", size=10, cost=1.0)
    for _ in range(5):
        room.use("old")
    gone = [name for n in range(20) for name in room.add(f"new{n}", size=10, cost=1.0)]
    assert "old" in gone


def test_what_something_builds_on_stays_while_that_is_there() -> None:
    room = GreedyDual(30)
    room.add("head", size=10, cost=0.1)
    room.add("middle", size=10, cost=0.2, parent="head")
    room.add("end", size=10, cost=9.0, parent="middle")
    assert room.add("other", size=10, cost=20.0) == ["end"]
    assert room.add("another", size=10, cost=20.0) == ["middle"]


def test_what_exceeds_the_room_is_not_taken_in() -> None:
    room = GreedyDual(10)
    assert room.add("huge", size=11, cost=1.0) == ["huge"]
    assert room.used == 0
    assert "huge" not in room


NAMES = st.sampled_from("ABcdefgh")


@given(
    st.lists(
        st.tuples(NAMES, st.integers(0, 9), st.floats(0, 10), st.sampled_from(["", "A", "B"])),
        max_size=40,
    )
)
def test_the_room_is_never_exceeded_and_its_sum_is_right(
    steps: list[tuple[str, int, float, str]],
) -> None:
    room, sizes = GreedyDual(16), {}
    for name, size, cost, parent in steps:
        sizes[name] = size
        for gone in room.add(name, size=size, cost=cost, parent=parent if name.islower() else ""):
            del sizes[gone]
        assert room.used == sum(sizes.values()) <= 16
        assert all(one in room for one in sizes)
