"""Rendered screens, and what can be said about them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from models.micro.clip import captions, evaluate, screens
from models.micro.clip.kinds import Kind
from models.micro.clip.pen import Rect

SEEDS = range(700, 712)


@pytest.fixture(scope="module")
def drawn() -> list[screens.Screen]:
    """Two screens of each kind."""
    return [screens.render(seed, kind) for kind in screens.KINDS for seed in (41, 42)]


def test_a_seed_always_gives_the_same_screen() -> None:
    for seed in SEEDS:
        one, other = screens.render(seed), screens.render(seed)
        assert (one.kind, one.facts) == (other.kind, other.facts)
        np.testing.assert_array_equal(one.pixels, other.pixels)


def test_the_processes_draw_what_one_process_draws() -> None:
    drawn = screens.renders(SEEDS)
    for seed, screen in zip(SEEDS, drawn, strict=True):
        np.testing.assert_array_equal(screen.pixels, screens.render(seed).pixels)


def test_other_seeds_give_other_screens() -> None:
    assert len({screens.render(seed).pixels.tobytes() for seed in SEEDS}) == len(SEEDS)


def test_a_screen_has_the_side_that_the_model_sees(drawn: list[screens.Screen]) -> None:
    assert {screen.pixels.shape for screen in drawn} == {(screens.SIDE, screens.SIDE, 3)}


def test_every_kind_is_drawn_with_the_facts_it_has_words_for(drawn: list[screens.Screen]) -> None:
    for screen in drawn:
        for attribute, value in screen.facts - {("kind", screen.kind)}:
            assert captions.words_for(screen.kind, attribute).said(value)


@pytest.mark.parametrize("frames", [captions.FRAMES, captions.HELD_OUT_FRAMES])
def test_every_kind_can_be_spoken_of_in_every_sentence(
    drawn: list[screens.Screen], frames: tuple[str, ...]
) -> None:
    for screen in drawn:
        for frame in frames:
            said = captions.caption(screen, random.Random(1), [frame])
            assert any(noun in said.text for noun in screens.KINDS[screen.kind].nouns)
            assert not set("{}") & set(said.text)
            assert said.text == said.text.strip()


@pytest.mark.parametrize("kind", screens.KINDS.values(), ids=lambda kind: kind.name)
def test_every_word_for_a_fact_is_used(kind: Kind) -> None:
    chance = random.Random(2)
    for attribute, words in kind.says.items():
        for value in words.values:
            said = {captions.sentence(kind.name, [(attribute, value)], chance) for _ in range(200)}
            told = " | ".join(said).replace("an ", "a ")
            assert all(word.replace("an ", "a ") in told for word in words.said(value))


def test_no_sentence_is_both_for_training_and_for_evaluation() -> None:
    assert not set(captions.FRAMES) & set(captions.HELD_OUT_FRAMES)


def test_a_caption_is_true_of_its_own_screen(drawn: list[screens.Screen]) -> None:
    chance = random.Random(3)
    for index, screen in enumerate(drawn):
        assert index in evaluate.true_of(captions.caption(screen, chance), drawn)


def test_a_question_is_true_of_one_screen_of_the_pool_only(drawn: list[screens.Screen]) -> None:
    asked = evaluate.questions(drawn, seed=4)
    assert len(asked) > len(drawn) * 0.8
    assert len({question.screen for question in asked}) == len(asked)


def test_screens_that_words_cannot_tell_apart_are_not_asked_for(
    drawn: list[screens.Screen],
) -> None:
    assert evaluate.questions([drawn[0], drawn[0]], seed=5) == []


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_cut_leaves_nothing_out(side: str) -> None:
    piece, rest = Rect(2, 3, 10, 20).cut(side, 4)
    assert piece.w * piece.h + rest.w * rest.h == pytest.approx(200)
    assert piece.w == 4 or piece.h == 4
