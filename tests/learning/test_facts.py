"""Facts by patterns: what a sentence states, what it does not, and the words that bear it out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.learning import facts
from tests.learning.told import NINE, ZONE, heard, seen

STATED = {
    "The budget is 48,500.": ("budget", "has budget", "48,500"),
    "Deadline for the report: Friday": ("report", "is due", "Friday (2026-11-20)"),
    "Marta's phone number is +49 30 1234567.": ("marta", "has phone number", "+49 30 1234567"),
    "The call with Ana moved from Tuesday to Thursday 14:00.": (
        "ana call",
        "is on",
        "Thursday 14:00 (2026-11-19 14:00)",
    ),
    "Let's do the design review tomorrow at 3.": (
        "design review",
        "is on",
        "tomorrow at 3 (2026-11-19 15:00)",
    ),
    "We pushed the launch to next Friday.": ("launch", "is on", "next Friday (2026-11-27)"),
    "The weekly sync is now Tuesdays at 10:00.": ("sync week", "is on", "Tuesdays at 10:00"),
    "Falcon's budget has been cut from 48,500 to 42,000 euros.": (
        "falcon",
        "has budget",
        "42,000 euros",
    ),
    "Ben takes over the parser from Ana.": ("parser", "has owner", "Ben"),
    "The importer's owner changed from Carla to Ben.": ("import", "has owner", "Ben"),
    "The server was upgraded to 3.2.1.": ("server", "has version", "3.2.1"),
    "The kickoff is in room 4.12.": ("kickoff", "is in", "room 4.12"),
    "Status of the migration: on hold": ("migrat", "is", "on hold"),
    "You can reach Ana at ana@mail.example.": ("ana", "has mail address", "ana@mail.example"),
    "The notes are in ~/falcon/notes.md": ("note", "has file", "~/falcon/notes.md"),
    "The call is moved to Thursday, not Friday.": ("call", "is on", "Thursday (2026-11-19)"),
    "The demo cannot happen then, it is going to be Friday.": (
        "demo",
        "is on",
        "Friday (2026-11-20)",
    ),
    "Copper has a budget of 18500.": ("copper", "has budget", "18500"),
    "[10:32] Ana: heads up, the standup is now at 9:30": ("standup", "is on", "9:30"),
}


@pytest.mark.parametrize("sentence", STATED)
def test_a_statement_is_learnt(sentence: str) -> None:
    [found] = facts.stated(heard(sentence))
    assert (found.subject, found.predicate, found.object) == STATED[sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "Is the budget 48,500?",
        "When is the call with Ana",
        "Maybe we should move the call to Friday 9:00.",
        "If the launch slips to Monday we lose the room.",
        "What if the budget was 99,000?",
        "The call was not moved to Tuesday.",
        "The launch isn't on Friday.",
        "Last year the budget was 12,000.",
        "The parser used to be owned by Ben.",
        "It moved to Thursday.",
        "It is now 10:30.",
        "Ana: Friday 14:00",
        "Version: 2.4.1",
        "File   Edit   View   Go   Bookmarks   Help",
        "def close(self): return self.state == 'closed'",
        "status = open; version: 1.2.3 }",
        "git commit -m 'Move the call to Friday'",
        "We're on version 3.2.1",
        "1.20.8 is live",
        "The meeting room is in building 4",
        "Ana had lunch with Ben at noon.",
        "The office is open from 9:00 to 17:00",
    ],
)
def test_what_states_nothing_teaches_nothing(sentence: str) -> None:
    assert facts.stated(seen(sentence)) == []


def test_different_ways_to_say_it_are_about_the_same_subject() -> None:
    said = [
        "The new deadline for our report is Friday.",
        "The report's deadline is Friday.",
        "Report deadline: Friday",
        "The report is due on Friday.",
        "Please submit the report by Friday.",
    ]
    found = [one for text in said for one in facts.stated(heard(text))]
    assert len(found) == len(said)
    assert {(one.subject, one.predicate, one.value) for one in found} == {
        ("report", "is due", "2026-11-20")
    }


def iso(ns: int | None) -> str:
    return "" if ns is None else clock.at(ns, ZONE).strftime("%Y-%m-%d")


def test_words_tell_from_when_and_until_when_it_holds() -> None:
    [ahead] = facts.stated(heard("As of next Monday, the budget is 50,000."))
    assert iso(ahead.from_ns) == "2026-11-23"
    [bounded] = facts.stated(heard("Ben covers the billing service until Friday."))
    assert (iso(bounded.from_ns), iso(bounded.to_ns)) == ("2026-11-18", "2026-11-21")
    [postponed] = facts.stated(heard("The call was postponed until Friday."))
    assert postponed.to_ns is None


def test_what_holds_since_then_holds_as_it_is_said_too() -> None:
    past, now = facts.stated(heard("Ben owns the parser since Monday."))
    assert iso(past.from_ns) == "2026-11-16"
    assert now.from_ns == NINE


def test_a_day_is_that_of_where_it_was_said() -> None:
    late = clock.to_ns(clock.at(NINE, ZONE).replace(hour=0, minute=30))  # still Tuesday in UTC
    [found] = facts.stated(heard("The demo is tomorrow.", late))
    assert found.object == "tomorrow (2026-11-19)"


def test_a_decision_is_kept_in_its_own_words() -> None:
    [found] = facts.stated(heard("Ok, we decided to drop the old parser."))
    assert (found.predicate, found.object) == ("decided", "drop the old parser")


def test_of_many_frames_that_show_a_line_the_first_and_the_last_bear_it_out() -> None:
    frames = [seen("The budget is 48,500.", NINE + n * clock.SECOND) for n in range(30)]
    kept = facts.thinned([one for frame in frames for one in facts.stated(frame)])
    assert [one.source.start_ns for one in kept] == [NINE, NINE + 29 * clock.SECOND]


words = st.sampled_from(
    [*STATED, "File  Edit", "\n", " ", "Budget:", "Ana", "is", "Friday", "12.5", "é", "\t", "and,"]
)


@settings(deadline=None)
@given(st.lists(words, max_size=12))
def test_every_quote_is_a_part_of_its_moment(parts: list[str]) -> None:
    text = "\n".join(parts)
    for one in facts.stated(seen(text)):
        assert one.source.quote in text
        assert one.object.partition(" (20")[0] in one.source.quote.replace("\n", " ")


def test_a_sentence_may_go_on_in_the_next_line() -> None:
    text = "Thanks!\nJust to confirm, the launch was moved\nto Friday at 14:00."
    [found] = facts.stated(seen(text))
    assert found.object == "Friday at 14:00 (2026-11-20 14:00)"
    assert found.source.quote == text.partition("\n")[2]
