"""What a model may note: only what the evidence it cites bears out, word for word."""

from __future__ import annotations

import pytest

from mirrordesk.learning.revision import Statement
from mirrordesk.llm import checking
from mirrordesk.llm.checking import Reason, Told
from mirrordesk.llm.forms import Item
from mirrordesk.llm.material import Shown, material
from mirrordesk.llm.prompt import Evidence
from tests.learning.told import NINE, heard, seen

SAID = "The Falcon budget is 48,500 euros. Is the Falcon budget 60,000? It will not be 70,000."
MAIL = seen(SAID, title="Falcon")
OTHER = seen("Ana Lopez will lead the Heron team from Monday.", NINE + 60)
OWN = heard("I work as a structural engineer and I like green tea.", NINE + 120)


@pytest.fixture(scope="module")
def shown() -> dict[str, Shown]:
    pieces = material([MAIL, OTHER, OWN], 10_000, lambda texts: [len(t) for t in texts])
    assert [piece.evidence.id for piece in pieces] == ["E1", "E2", "E3"]
    return {piece.evidence.id: piece for piece in pieces}


def fact(subject: str, predicate: str, said: str, *evidence: str, when: str = "") -> Item:
    texts = {"subject": subject, "predicate": predicate, "object": said, "when": when}
    return Item(texts, evidence)


def stated(item: Item, shown: dict[str, Shown]) -> Statement:
    found = checking.fact(item, shown)
    assert not isinstance(found, Reason)
    (one,) = found
    return one


def test_a_fact_that_a_sentence_states_is_kept_with_that_sentence(shown: dict[str, Shown]) -> None:
    one = stated(fact("Falcon", "has budget", "48,500 euros", "E1"), shown)
    assert (one.subject, one.predicate, one.object) == ("falcon", "has budget", "48,500 euros")
    assert one.text == "Falcon has budget 48,500 euros."
    assert one.source.moment == MAIL.id
    assert one.source.quote == "The Falcon budget is 48,500 euros."
    assert one.from_ns == MAIL.start_ns


def test_a_fact_holds_from_the_day_it_names(shown: dict[str, Shown]) -> None:
    one = stated(fact("Heron team", "lead", "Ana Lopez", "E2", when="from Monday"), shown)
    assert one.dated
    assert one.from_ns > OTHER.start_ns


def test_a_cited_moment_that_does_not_state_the_fact_is_no_source(
    shown: dict[str, Shown],
) -> None:
    one = stated(fact("Falcon", "has budget", "48,500 euros", "E1", "E2"), shown)
    assert one.source.moment == MAIL.id


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (fact("Falcon", "has budget", "48,500 euros"), Reason.NOT_SHOWN),
        (fact("Falcon", "has budget", "48,500 euros", "E9"), Reason.NOT_SHOWN),
        (fact("Falcon", "has budget", "48,500 euros", "E1", "E9"), Reason.NOT_SHOWN),
        (fact("Osprey", "has budget", "48,500 euros", "E1"), Reason.SUBJECT),
        (fact("the", "has budget", "48,500 euros", "E1"), Reason.SUBJECT),
        (fact("Falcon", "embezzles", "48,500 euros", "E1"), Reason.PREDICATE),
        (fact("Falcon", "has budget", "8,500 euros", "E1"), Reason.OBJECT),
        (fact("Falcon", "has budget", "48,500 dollars", "E1"), Reason.OBJECT),
        (fact("Falcon", "has budget", "48,500 euros", "E2"), Reason.SUBJECT),
        (fact("Falcon", "has budget", "!", "E1"), Reason.OBJECT),
        (fact("Falcon", "has budget", "60,000", "E1"), Reason.NOT_STATED),
        (fact("Falcon", "has budget", "70,000", "E1"), Reason.NOT_STATED),
        (fact("Falcon", "has budget", "48,500 euros", "E1", when="from Monday"), Reason.TIME),
        (fact("Heron team", "lead", "Ana Lopez", "E2", when="team"), Reason.TIME),
    ],
)
def test_a_fact_that_is_not_borne_out_is_dropped_for_its_reason(
    item: Item, reason: Reason, shown: dict[str, Shown]
) -> None:
    assert checking.fact(item, shown) == reason


def test_a_sentence_needs_its_numbers_and_names_in_what_it_cites(
    shown: dict[str, Shown],
) -> None:
    told = checking.sentence(Item({"text": "Ana Lopez will lead Heron."}, ("E2",)), shown)
    assert isinstance(told, Told)
    assert [source.moment for source in told.sources] == [OTHER.id]
    for text in (
        "Bob will lead Heron.",
        "Ana Lopez leads 7 teams.",
        "Ana Lopez likes to sail far.",
    ):
        item = Item({"text": text}, ("E2",))
        assert checking.sentence(item, shown) == Reason.NOT_CARRIED
    item = Item({"text": "Ana Lopez will lead Heron."}, ("E1",))
    assert checking.sentence(item, shown) == Reason.NOT_CARRIED


def test_only_what_the_person_said_tells_who_they_are(shown: dict[str, Shown]) -> None:
    own = Item({"topic": "likes", "text": "Likes green tea."}, ("E3",))
    assert isinstance(checking.line(own, shown), Told)
    others = Item({"topic": "role", "text": "Will lead the Heron team."}, ("E2",))
    assert checking.line(others, shown) == Reason.NOT_OWN


def test_a_goal_is_in_words_of_the_steps() -> None:
    step = Evidence("E1", NINE, "UTC", "xterm", "", "make deploy shop")
    assert checking.goal(Item({"text": "deploy the shop"}, ("E1",)), {"E1": step})
    told = checking.goal(Item({"text": "Order 5 pizzas"}, ("E1",)), {"E1": step})
    assert told == Reason.NOT_CARRIED
    assert checking.goal(Item({"text": "deploy"}, ("E2",)), {"E1": step}) == Reason.NOT_SHOWN
