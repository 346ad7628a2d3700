"""Evidence longer than the cells: what is kept, and what the cells then hold."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.errors import UsageError
from mirrordesk.llm import gguf
from mirrordesk.llm.attention import Head, Tap
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.eviction import By, Kept, Room, by_words, choose, fit
from mirrordesk.llm.native import Model
from mirrordesk.llm.prompt import Evidence, user_message
from mirrordesk.llm.sentences import Line, LongPrompt, cut
from mirrordesk.llm.tokenizer import Tokenizer
from tests.llm.open_cells import opened

HEADS = (Head(0, 1, 32), Head(1, 3, 1))
NEVER = threading.Event()
SIZES = (600, 1000)  # cells
RULES = "Keep to it."
WORDS = "red green blue house tree road river bread milk apple cold warm slow quick".split()  # noqa: SIM905
ANSWER = "Marigold lives in Lisbon."
QUESTION = "Where does Marigold live?"


@pytest.fixture(scope="module")
def tokenizer(model: Path) -> Iterator[Tokenizer]:
    loaded = Model(model, 0)
    yield Tokenizer(loaded, gguf.read(model).template)
    loaded.close()


def long_prompt(tokenizer: Tokenizer, lines: int, *, seed: int = 0) -> LongPrompt:
    chance = random.Random(seed)

    def sentence() -> str:
        return f"The {' '.join(chance.choices(WORDS, k=chance.randint(2, 6)))} is here."

    texts = [" ".join(sentence() for _ in range(chance.randint(1, 3))) for _ in range(lines)]
    texts[lines // 2] += f" {ANSWER}"
    evidence = [
        Evidence(f"E{n}", n * 10**15, "UTC", "mail", "", text) for n, text in enumerate(texts)
    ]
    user = user_message(QUESTION, evidence, 10**18)
    return cut(tokenizer.prompt(RULES, user), tokenizer.bytes_of)


@pytest.fixture(scope="module")
def prompt(tokenizer: Tokenizer) -> LongPrompt:
    return long_prompt(tokenizer, 14)


def fitted(
    model: Path, prompt: LongPrompt, room: Room, heads: tuple[Head, ...] = HEADS
) -> tuple[Kept, list[int]]:
    """What is kept in a context of no more cells than that, and what then lies in them."""
    tap = Tap()
    with opened(model, tap, size=room.cells) as cells:
        kept = fit(prompt, room, cells, tap, heads, NEVER)
        assert kept
        return kept, cells.tokens


# Choosing, by itself


@st.composite
def scored(draw: st.DrawFn) -> tuple[list[Line], dict[range, float]]:
    lines, scores, place = [], {}, 7
    for lengths in draw(st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=4), max_size=6)):
        start, place = place, place + draw(st.integers(0, 5))
        sentences = []
        for length in lengths:
            sentences.append(range(place, place + length))
            place += length
        scores |= {sentence: draw(st.floats(0, 1)) for sentence in sentences}
        place += draw(st.integers(0, 2))
        lines.append(Line(range(start, place), tuple(sentences)))
    return lines, scores


@given(case=scored(), budget=st.integers(0, 120))
def test_what_is_kept_is_whole_sentences_with_their_frames_within_the_budget(
    case: tuple[list[Line], dict[range, float]], budget: int
) -> None:
    lines, scores = case
    kept = choose(lines, scores, budget)
    assert len(kept) <= budget
    for line in lines:
        whole = [sentence for sentence in line.sentences if kept.issuperset(sentence)]
        touched = [sentence for sentence in line.sentences if not kept.isdisjoint(sentence)]
        assert whole == touched
        assert set(line.frame) <= kept if whole else kept.isdisjoint(line.frame)


@given(case=scored(), budget=st.integers(0, 100), more=st.integers(0, 50))
def test_a_larger_budget_keeps_all_that_a_smaller_one_does(
    case: tuple[list[Line], dict[range, float]], budget: int, more: int
) -> None:
    assert choose(*case, budget) <= choose(*case, budget + more)


@given(case=scored(), budget=st.integers(0, 100))
def test_no_sentence_left_out_scored_more_than_one_that_was_kept(
    case: tuple[list[Line], dict[range, float]], budget: int
) -> None:
    lines, scores = case
    kept = choose(lines, scores, budget)
    inside = [score for sentence, score in scores.items() if sentence.start in kept]
    outside = [score for sentence, score in scores.items() if sentence.start not in kept]
    assert not inside or not outside or min(inside) >= max(outside)


def test_the_frame_of_the_line_being_read_stays_without_its_sentences() -> None:
    line = Line(range(10, 20), (range(14, 18),))
    assert choose([line], {range(14, 18): 1.0}, 6, reading=line) == {10, 11, 12, 13, 18, 19}


def test_a_frame_without_room_is_an_error_that_names_the_setting() -> None:
    line = Line(range(10, 20), (range(14, 18),))
    with pytest.raises(UsageError, match=r"llm\.context"):
        choose([line], {}, 5, reading=line)


# With real cells; llama.cpp itself refuses to hold more than there are


@pytest.fixture(scope="module")
def fits(model: Path, prompt: LongPrompt) -> dict[int, tuple[Kept, list[int]]]:
    """What is kept, and what then lies in the cells, by the number of cells."""
    assert len(prompt.tokens) > 2 * max(SIZES)
    return {cells: fitted(model, prompt, Room(cells, answer=40)) for cells in SIZES}


@pytest.mark.parametrize("cells", SIZES)
def test_long_evidence_fits_cells_that_are_far_too_few(
    fits: dict[int, tuple[Kept, list[int]]], prompt: LongPrompt, cells: int
) -> None:
    kept, held = fits[cells]
    assert kept.by is By.ATTENTION
    assert len(kept.tokens) <= cells - 40
    assert 0 < kept.sentences < kept.of == len(prompt.sentences)
    assert list(kept.tokens[: len(held)]) == held


@pytest.mark.parametrize("cells", SIZES)
def test_the_rules_and_the_question_stay(
    fits: dict[int, tuple[Kept, list[int]]], prompt: LongPrompt, cells: int
) -> None:
    kept, held = fits[cells]
    question = prompt.tokens[prompt.end :]
    assert kept.tokens[: prompt.begin] == prompt.tokens[: prompt.begin]
    assert kept.tokens[-len(question) :] == question
    assert len(held) == len(kept.tokens) - len(question)


@pytest.mark.parametrize("cells", SIZES)
def test_what_is_kept_can_be_cut_again_into_whole_lines(
    fits: dict[int, tuple[Kept, list[int]]], prompt: LongPrompt, tokenizer: Tokenizer, cells: int
) -> None:
    kept, _held = fits[cells]
    again = cut(kept.tokens, tokenizer.bytes_of)
    before = {prompt.text(sentence) for sentence in prompt.sentences}
    assert {again.text(sentence) for sentence in again.sentences} <= before
    assert len(again.sentences) == kept.sentences
    assert all(again.text(line.tokens).endswith('"}\n') for line in again.lines)


@pytest.mark.parametrize("cells", SIZES)
def test_only_what_stands_before_the_first_gap_is_good_for_other_questions(
    fits: dict[int, tuple[Kept, list[int]]], prompt: LongPrompt, cells: int
) -> None:
    kept, _held = fits[cells]
    assert prompt.begin <= kept.exact < len(kept.tokens)
    assert kept.tokens[: kept.exact] == prompt.tokens[: kept.exact]


def test_more_room_keeps_more(fits: dict[int, tuple[Kept, list[int]]]) -> None:
    counts = [fits[cells][0].sentences for cells in SIZES]
    assert all(fewer < more for fewer, more in pairwise(counts))


def test_evidence_that_fits_stays_as_it_is(model: Path, tokenizer: Tokenizer) -> None:
    prompt = long_prompt(tokenizer, 3)
    kept, held = fitted(model, prompt, Room(1024, answer=50))
    assert kept.tokens == prompt.tokens
    assert held == list(prompt.tokens[: prompt.end])
    assert kept.sentences == kept.of


def test_what_was_kept_is_read_on_as_if_nothing_else_had_been_there(
    model: Path, tokenizer: Tokenizer
) -> None:
    """Where nothing that is gone was attended to, the cells hold what reading the rest gives."""
    prompt = long_prompt(tokenizer, 3)
    tap, alone = Tap(), prompt.tokens[prompt.end :]
    with opened(model, tap) as cells:
        fit(prompt, Room(1024, answer=50), cells, tap, HEADS, NEVER)
        cells.read(alone, NEVER)
        continued = cells.logits().copy()
        cells.keep(0)
        cells.read(prompt.tokens, NEVER)
        np.testing.assert_allclose(continued, cells.logits(), atol=0.05)


@pytest.mark.parametrize("heads", [(), (Head(9, 0, 1),)])
def test_without_attention_to_see_words_choose_and_it_is_said(
    model: Path, prompt: LongPrompt, tokenizer: Tokenizer, heads: tuple[Head, ...]
) -> None:
    kept, held = fitted(model, prompt, Room(600, answer=50), heads)
    assert kept.by is By.WORDS
    assert held == []
    assert len(kept.tokens) <= 550
    assert ANSWER in cut(kept.tokens, tokenizer.bytes_of).text(range(len(kept.tokens)))


def test_words_prefer_the_sentence_that_shares_rare_ones(prompt: LongPrompt) -> None:
    scores = by_words(prompt)
    assert ANSWER in prompt.text(max(scores, key=lambda sentence: scores[sentence]))


def test_no_room_for_any_evidence_is_an_error_with_the_numbers(
    model: Path, prompt: LongPrompt
) -> None:
    with pytest.raises(UsageError, match="room for 256"):
        fitted(model, prompt, Room(256, answer=200))


class _Impatient(threading.Event):
    """Set after it was asked a number of times, as by a person who stops a running answer."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self._patience = patience

    def is_set(self) -> bool:
        self._patience -= 1
        return self._patience < 0


@pytest.mark.parametrize("patience", [0, 1, 60, 300])
def test_cells_stay_usable_wherever_reading_is_cancelled(
    model: Path, prompt: LongPrompt, patience: int
) -> None:
    tap, short = Tap(), list(prompt.tokens[:100])
    with opened(model, tap, size=512) as cells:
        assert fit(prompt, Room(512, 50), cells, tap, HEADS, _Impatient(patience)) is None
        assert _in_step(cells)
        cells.keep(0)
        assert cells.read(short, NEVER)
        after = cells.logits().copy()
        cells.keep(0)
        cells.read(short, NEVER)
        np.testing.assert_array_equal(after, cells.logits())


def _in_step(cells: Cells) -> bool:
    """Whether llama.cpp holds as many positions as `cells` believes."""
    return cells.extent == ((0, len(cells.tokens) - 1) if cells.tokens else (-1, -1))
