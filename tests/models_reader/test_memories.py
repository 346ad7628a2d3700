"""What Reader-micro is trained and measured on: two worlds apart, and answers that are true."""

from __future__ import annotations

import random
import re

import pytest

from mirrordesk.llm.support import supported
from models.micro.reader.facts import KINDS
from models.micro.reader.memories import Memory, memory
from models.micro.reader.scenery import SCENES
from models.micro.reader.words import COMMON, HELD_OUT, TRAINING, Lists, Words, is_held_out


def some(*, held_out: bool, count: int = 40) -> list[Memory]:
    chance = random.Random(7)
    return [memory(chance, chance.randint(2, 20), 8, held_out=held_out) for _ in range(count)]


def text_of(memories: list[Memory]) -> str:
    lines = [f"{e.title} {e.text}" for made in memories for e in made.evidence]
    return "\n".join([*lines, *(asked.question for made in memories for asked in made.asked)])


def words_in(text: str) -> set[str]:
    return set(re.findall("[A-Za-z]+", text))


def test_training_holds_no_name_or_word_of_the_held_out_world() -> None:
    frame = words_in(" ".join(say for kind in KINDS for say in (*kind.says, *kind.asks)))
    frame |= words_in(" ".join(text for scene in SCENES for text in (*scene.titles, *scene.lines)))
    listed = {word for name in Lists.__slots__ for word in getattr(TRAINING, name)}
    theirs = {word for name in Lists.__slots__ for word in getattr(HELD_OUT, name)}
    theirs |= {word for word in COMMON if is_held_out(word)} - listed - frame
    assert len(theirs) > 100
    assert not words_in(text_of(some(held_out=False))) & theirs


@pytest.mark.parametrize("held_out", [False, True])
def test_made_up_words_numbers_and_codes_belong_to_one_world(held_out: bool) -> None:
    words = Words(random.Random(3), held_out)
    drawn = [draw() for _ in range(200) for draw in (words.made_up, words.number, words.code)]
    assert {is_held_out(one) for one in drawn} == {held_out}


@pytest.mark.parametrize("held_out", [False, True])
def test_the_cited_line_holds_the_answer_and_carries_it(held_out: bool) -> None:
    answered = 0
    for made in some(held_out=held_out):
        evidence = {item.id: item for item in made.evidence}
        for asked in made.asked:
            if asked.sentence and asked.source:
                assert asked.sentence in evidence[asked.source].text.split("\n")
                assert supported(asked.sentence, [evidence[asked.source]])
                answered += 1
    assert answered > 100


def test_evidence_is_numbered_from_the_oldest_on() -> None:
    for made in some(held_out=False, count=10):
        assert [item.id for item in made.evidence] == [
            f"E{number}" for number in range(1, len(made.evidence) + 1)
        ]
        starts = [item.start_ns for item in made.evidence]
        assert starts == sorted(starts)
        assert starts[-1] <= made.now_ns


def test_about_a_third_of_the_questions_have_no_answer() -> None:
    asked = [one for made in some(held_out=True) for one in made.asked]
    assert 0.25 < sum(one.source is None for one in asked) / len(asked) < 0.5
