"""The yardstick of what came first, on texts of made-up words."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.__main__ import main
from benchmarks.order import cut, questions


def long_text(seed: int, sentences: int = 40) -> str:
    """Sentences in which a word seldom comes again."""
    chance = random.Random(seed)
    syllables = "ba de fi go lu ma ne pi ro su ta ve zi ko".split()  # noqa: SIM905
    words = ["".join(chance.choices(syllables, k=3)) for _ in range(2_000)]
    return "\n".join(
        " ".join(chance.choices(words, k=chance.randint(5, 12))).capitalize() + "."
        for _ in range(sentences)
    )


def test_what_came_first_is_asked_within_and_across_texts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text(long_text(number))
    assert main(["order", str(tmp_path), "--questions", "12", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == 12
    assert told["accuracy"] == 1.0
    assert 2 * told["accuracy"] == pytest.approx(
        told["accuracy_within"] + told["accuracy_across"], abs=2e-4
    )
    assert told["passages"] == 20
    assert told["p95_ms"] > 0


@pytest.mark.parametrize("text", [None, "", "Too short to ask about."])
def test_a_folder_of_which_nothing_can_be_asked_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    if text is not None:
        (tmp_path / "one.txt").write_text(text)
    assert main(["order", str(tmp_path), "--json"]) == 2
    assert "text" in capsys.readouterr().err


@given(st.text("ab.! \n", max_size=400))
def test_passages_hold_every_word_once_and_follow_one_another(text: str) -> None:
    passages = list(cut(3, text))
    assert [word for one in passages for word in one.words] == text.split()
    assert all(a.start_ns + a.length_ns == b.start_ns for a, b in pairwise(passages))
    assert all(one.words for one in passages)


def test_words_that_stand_in_several_places_are_not_asked_about() -> None:
    said = "these eight words are said in both texts"
    texts = (f"{said}! one two three four five six seven eight.", f"{said}. nine ten.")
    passages = [passage for number, text in enumerate(texts) for passage in cut(number, text)]
    for asked in questions(passages, 20, random.Random(1)):
        assert said not in asked.text
        assert not asked.within
        assert asked.first.text == 0
