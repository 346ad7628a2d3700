"""Facts for questions: now, then, since when, and nothing for what nobody told."""

from __future__ import annotations

import pytest

from mirrordesk import clock
from mirrordesk.knowledge import Author, Fact
from mirrordesk.learning import facts, revision
from mirrordesk.memory.facts import FactFinder, Found
from mirrordesk.memory.store import Store
from tests.learning.told import NINE, heard

DAY = 24 * clock.HOUR
NOW = NINE + 20 * DAY  # Tuesday 8 December 2026


@pytest.fixture
def finder(store: Store) -> FactFinder:
    told = [
        heard("The budget for Falcon is 48,500 euros.", NINE),
        heard("The Falcon budget was raised to 50,000 euros.", NINE + 10 * DAY),
        heard("The budget for Osprey is 12,000.", NINE),
        heard("The budget meeting with Ana is on Friday 14:00.", NINE),
        heard("Ben owns the Falcon parser.", NINE),
        heard("The report is due on 15 December.", NINE),
    ]
    store.add(told)
    made = revision.revised(one for moment in told for one in facts.stated(moment))
    store.learn(made, (), Author.RULES)
    return FactFinder(store.notes)


def first(found: list[Found]) -> Fact:
    return found[0].fact


def test_what_holds_now_is_found(finder: FactFinder) -> None:
    assert first(finder.find("What is Falcon's budget?", NOW)).object == "50,000 euros"
    assert first(finder.find("Who is responsible for the Falcon parser?", NOW)).object == "Ben"
    assert first(finder.find("When is the report due?", NOW)).object.startswith("15 December")


def test_what_held_at_a_time_is_found(finder: FactFinder) -> None:
    found = finder.find("What was the budget for Falcon on 20 November?", NOW)
    assert first(found).object == "48,500 euros"


def test_since_when_it_holds_is_told(finder: FactFinder) -> None:
    [found] = finder.find("Since when is the Falcon budget at that level?", NOW)[:1]
    assert found.since_ns == NINE + 10 * DAY


def test_a_word_within_a_name_is_not_what_is_asked_for(finder: FactFinder) -> None:
    assert first(finder.find("When is the budget meeting with Ana?", NOW)).predicate == "is on"


def test_nothing_is_found_of_what_nobody_told(finder: FactFinder) -> None:
    assert finder.find("What is the budget for Heron?", NOW) == []
    assert finder.find("Who owns the Osprey crawler?", NOW) == []
    assert finder.find("What was the budget for Falcon on 3 May?", NOW) == []
