"""What lies in llama.cpp's cells is what `tokens` says, whatever was done to them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.errors import WorkerError
from mirrordesk.llm.cells import Cells, Logits
from mirrordesk.llm.kv import cache_type
from mirrordesk.llm.native import BATCH, Model, open_context

ROOM = 512
WORDS = 250  # of the tiny model's vocabulary that are ordinary


@pytest.fixture(scope="module")
def weights(model: Path) -> Iterator[Model]:
    opened = Model(model, 0)
    yield opened
    opened.close()


def opened(weights: Model, keys: str = "f16", values: str = "f16", room: int = ROOM) -> Cells:
    kinds = cache_type(keys), cache_type(values)
    context = open_context(
        weights,
        cells=room,
        type_k=kinds[0].number,
        type_v=kinds[1].number,
        flash_attention=kinds[1].quantised,
    )
    return Cells(weights, context)


@pytest.fixture(scope="module")
def cells(weights: Model) -> Iterator[Cells]:
    made = opened(weights)
    yield made
    made.close()


@pytest.fixture(scope="module")
def fresh(weights: Model) -> Iterator[Cells]:
    """Other cells, to compare with."""
    made = opened(weights)
    yield made
    made.close()


def read(cells: Cells, tokens: list[int]) -> None:
    assert cells.read(tokens, threading.Event())


def recomputed(fresh: Cells, tokens: list[int]) -> Logits:
    fresh.keep(0)
    read(fresh, tokens)
    return fresh.logits().copy()


def agree(one: Logits, other: Logits) -> bool:
    """Two computations of the same, in other portions: they differ by roundings."""
    return bool(np.allclose(one, other, atol=0.02 * float(np.abs(other).max())))


TOKENS = st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=24)
STEP = st.one_of(
    st.tuples(st.just("read"), TOKENS),
    st.tuples(st.just("keep"), st.floats(0, 1)),
    st.tuples(st.just("drop"), st.tuples(st.floats(0, 1), st.floats(0, 1))),
    st.tuples(st.just("splice"), st.tuples(st.floats(0, 1), st.floats(0, 1))),
)


@given(steps=st.lists(STEP, max_size=8))
@settings(max_examples=60, deadline=None)
def test_after_any_steps_the_tokens_are_those_that_llama_cpp_holds(
    cells: Cells, steps: list[tuple[str, object]]
) -> None:
    cells.keep(0)
    for name, value in steps:
        held = len(cells.tokens)
        if name == "read":
            read(cells, value)  # type: ignore[arg-type]
        elif name == "keep":
            assert cells.keep(int(value * held)) == int(value * held)  # type: ignore[operator]
        elif held:
            first, last = sorted(int(share * held) for share in value)  # type: ignore[attr-defined]
            if first == last:
                continue
            span = cells.tokens[first:last]
            if name == "drop":
                cells.drop(first, last)
            else:
                state = cells.save(first, last)
                assert not cells.splice(state, span)  # it stood elsewhere
                cells.keep(first)
                assert cells.splice(state, span)
        count = len(cells.tokens)
        assert cells.extent == ((0, count - 1) if count else (-1, -1))
    read(cells, [1])
    assert np.isfinite(cells.logits()).all()


@given(first=TOKENS, second=TOKENS, last=st.integers(0, WORDS - 1))
@settings(max_examples=30, deadline=None)
def test_spans_that_come_back_to_their_place_read_as_if_read_anew(
    cells: Cells, fresh: Cells, first: list[int], second: list[int], last: int
) -> None:
    cells.keep(0)
    read(cells, first + second)
    saved = [cells.save(0, len(first)), cells.save(len(first), len(cells.tokens))]
    cells.keep(0)
    assert cells.splice(saved[0], first)
    assert cells.splice(saved[1], second)
    read(cells, [last])
    assert agree(cells.logits(), recomputed(fresh, [*first, *second, last]))


@pytest.mark.parametrize("types", [("f16", "f16"), ("q8_0", "q8_0"), ("q8_0", "q4_0")])
def test_a_saved_state_is_the_same_in_other_cells(weights: Model, types: tuple[str, str]) -> None:
    one, other = opened(weights, *types), opened(weights, *types)
    tokens = list(range(40, 140))
    read(one, tokens)
    assert other.splice(one.save(0, 100), tokens)
    read(one, [7])
    read(other, [7])
    np.testing.assert_array_equal(one.logits(), other.logits())
    one.close()
    other.close()


def test_keeping_and_reading_on_reads_as_if_read_anew(cells: Cells, fresh: Cells) -> None:
    cells.keep(0)
    read(cells, list(range(60)))
    cells.keep(30)
    read(cells, [5, 6])
    assert agree(cells.logits(), recomputed(fresh, [*range(30), 5, 6]))


def test_what_was_moved_is_saved_where_it_stands_now(cells: Cells, fresh: Cells) -> None:
    """Dropping the end of the beginning changes no key but by its turn."""
    cells.keep(0)
    read(cells, list(range(50)))
    cells.drop(10, 20)
    state = cells.save(0, 40)
    read(cells, [3])
    expected = cells.logits().copy()
    fresh.keep(0)
    assert fresh.splice(state, cells.tokens[:40])
    read(fresh, [3])
    assert agree(fresh.logits(), expected)


def test_a_state_of_other_types_or_torn_bytes_is_refused_and_nothing_changes(
    weights: Model, cells: Cells
) -> None:
    other = opened(weights, "q8_0", "q8_0")
    read(other, [1, 2, 3])
    cells.keep(0)
    read(cells, [9, 8])
    state = cells.save(0, 2)
    for bytes_ in (other.save(0, 3), state[:-1], state[:20], b"", b"nonsense" * 20):
        assert not cells.splice(bytes_, [1, 2, 3])
    assert not cells.splice(state, [9, 8, 7])  # another number of tokens than it holds
    assert cells.tokens == [9, 8]
    assert cells.extent == (0, 1)
    other.close()


def test_cancelling_while_reading_leaves_the_cells_usable(cells: Cells, fresh: Cells) -> None:
    cells.keep(0)
    read(cells, [1, 2, 3])
    cancelled = threading.Event()
    cancelled.set()
    assert not cells.read([4] * 100, cancelled)
    assert cells.tokens == [1, 2, 3]
    assert cells.extent == (0, 2)
    read(cells, [5])
    assert agree(cells.logits(), recomputed(fresh, [1, 2, 3, 5]))


@pytest.mark.parametrize("delay_s", [0.0, 0.003, 0.01])
def test_cancelling_between_two_operations_keeps_whole_batches(
    weights: Model, delay_s: float
) -> None:
    roomy = opened(weights, room=4 * BATCH)
    cancelled = threading.Event()
    timer = threading.Timer(delay_s, cancelled.set)
    timer.start()
    tokens = [n % WORDS for n in range(3 * BATCH)]
    done = roomy.read(tokens, cancelled)
    timer.join()
    assert done or len(roomy.tokens) % BATCH == 0
    assert roomy.tokens == tokens[: len(roomy.tokens)]
    assert roomy.extent[1] == len(roomy.tokens) - 1
    read(roomy, [1])
    roomy.close()


def test_full_cells_are_told_and_stay_as_they_were(weights: Model) -> None:
    small = opened(weights, room=256)
    read(small, list(range(200)))
    with pytest.raises(WorkerError, match=r"256 cells .* are full"):
        read(small, list(range(100)))
    assert small.tokens == list(range(200))
    assert small.extent == (0, 199)
    roomy = opened(weights)
    read(roomy, list(range(200)) + list(range(100)))
    assert not small.splice(roomy.save(200, 300), list(range(100)))
    roomy.close()
    assert small.extent == (0, 199)
    small.close()
