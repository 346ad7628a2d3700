"""Questions that lean on the one before, and what is kept of a talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.llm import conversation
from mirrordesk.llm.conversation import Conversation, Talks
from mirrordesk.records import Answer, Claim

BOILER = ("Who fixed the boiler?", "Marek Novak fixed the boiler in the cellar on Friday.")
BUDGET = ("What is the budget of Falcon?", "The budget of Falcon is 48,500 euros.")


def talk(question: str, *claims: str) -> Conversation:
    said = tuple(Claim(claim, (f"m{n}",)) for n, claim in enumerate(claims))
    return Conversation().after(question, Answer(question, said, (), "model", not said), ())


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        (BOILER, "and when was that?", "when was that: fixed boiler Marek Novak?"),
        (BOILER, "Who said it?", "Who said it: fixed boiler Marek Novak?"),
        (BOILER, "Why?", "Why: fixed boiler Marek Novak?"),
        (BUDGET, "and Aurora?", "What is the budget of Aurora?"),
        (BUDGET, "What about the Aurora project?", "What is the budget of Aurora project?"),
        (BUDGET, "And yesterday?", "What is the budget of Falcon yesterday?"),
    ],
)
def test_a_question_that_leans_takes_the_words_it_needs_from_the_one_before(
    before: tuple[str, str], question: str, understood: str
) -> None:
    assert talk(*before).understood(question) == understood


@pytest.mark.parametrize(
    "question",
    [
        "When is the demo with Priya?",
        "Which port does the staging server use?",
        "Did they agree that Ana brings the laptops?",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    assert talk(*BOILER).understood(question) == question


def test_the_first_question_has_nothing_to_lean_on() -> None:
    assert Conversation().understood("and when was that?") == "and when was that?"


def test_a_question_may_lean_on_one_that_leant_itself() -> None:
    first = talk(*BUDGET)
    second = first.after("and Aurora?", Answer("", (), (), "model", True), ())
    assert second.understood("and who set it?") == "who set it: budget Aurora?"


@given(
    turns=st.lists(st.tuples(st.text(), st.lists(st.text(), max_size=3)), max_size=12),
    question=st.text(),
)
def test_what_is_kept_of_a_talk_does_not_grow(
    turns: list[tuple[str, list[str]]], question: str
) -> None:
    kept = Conversation()
    for asked, said in turns:
        claims = tuple(Claim(text * 40, ("m",)) for text in said)
        kept = kept.after(asked * 40, Answer(asked, claims, (), "model", not claims), ())
        kept.understood(question)
    earlier = kept.earlier()
    assert len(earlier) <= conversation.TURNS
    assert sum(len(e.asked) + len(e.answered) for e in earlier) <= (
        2 * conversation.TURNS * conversation.LONGEST_TURN
    )


def test_what_rests_on_a_forgotten_moment_goes() -> None:
    kept = talk(BUDGET[0], BUDGET[1], "Priya wrote it.").without({"m1"})
    assert kept.sources == frozenset()
    assert kept.earlier()[0].answered == "unknown"
    whole = talk(*BUDGET)
    assert whole.without({"m7"}) is whole


def test_a_desk_keeps_the_talks_that_were_held_last() -> None:
    talks, kept = Talks(), talk(*BUDGET)
    for n in range(conversation.TALKS + 1):
        talks.put(f"{n}", kept)
    assert talks.get("0") == Conversation()
    assert talks.get("1") is kept
    talks.put(None, kept)
    assert talks.get(None) == Conversation()
    talks.clear()
    assert talks.get("1") == Conversation()
