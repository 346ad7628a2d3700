"""What was learnt: versions, locks, undoing, merging, splitting and forgetting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mirrordesk import clock, control
from mirrordesk.control import Span
from mirrordesk.errors import UsageError
from mirrordesk.knowledge import (
    Author,
    Block,
    Digest,
    Fact,
    Link,
    LinkKind,
    NoteKind,
    Resource,
    Source,
    Visit,
    note_id,
)
from mirrordesk.memory.media import Media
from mirrordesk.memory.notes import NoteBook
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.terms import content_terms
from tests.memory.made import NOON, frame
from tests.memory.test_forget import assert_gone, texts

RULES = Author.RULES
FIRST = Span(NOON + clock.SECOND, NOON + 2 * clock.SECOND)  # in which source 1 lies


def source(number: int, quote: str = "") -> Source:
    at_ns = NOON + number * clock.SECOND
    return Source(f"{number:032x}", at_ns, at_ns, quote)


def fact(value: str, *sources: Source, subject: str = "budget") -> Fact:
    return Fact(
        note_id(NoteKind.FACT, subject, "is", value),
        subject,
        "is",
        value,
        f"The {subject} is {value}.",
        NOON,
        sources or (source(1),),
    )


@pytest.fixture
def store(profile: Profile) -> Store:
    return Store(profile)


@pytest.fixture
def book(store: Store) -> NoteBook:
    return store.notes


def test_a_note_is_found_again_by_its_words(book: NoteBook) -> None:
    budget = fact("48,500 euros")
    book.put([budget, fact("green", subject="logo")], RULES)
    assert list(book.match(content_terms("What is the budget?"), 5)) == [budget.id]
    assert book.get([budget.id])[budget.id].learned == budget
    assert [note.learned for note in book.each(NoteKind.FACT)] == book_order(
        [budget, fact("green", subject="logo")]
    )


def book_order(facts: list[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda one: one.id)


def test_the_same_twice_is_one_version(book: NoteBook) -> None:
    assert len(book.put([fact("10")], RULES)) == 1
    assert book.put([fact("10")], RULES) == []
    assert len(book.history(fact("10").id)) == 1


def test_every_change_leaves_a_version_and_can_be_undone(book: NoteBook) -> None:
    first = fact("10")
    book.put([first], RULES)
    book.edit(first.id, lambda one: replace(one, text="The budget is ten."))
    book.edit(first.id, lambda one: replace(one, text="The budget is 10 euros."))
    assert [note.version for note in book.history(first.id)] == [1, 2, 3]
    assert book.undo(first.id).learned == replace(first, text="The budget is ten.")
    assert book.undo(first.id).learned == first
    with pytest.raises(UsageError, match="no earlier version"):
        book.undo(first.id)


def test_what_the_person_wrote_is_changed_by_nobody_else(book: NoteBook) -> None:
    block = Block("profile-1", "works as", "Designer", (source(1),))
    book.put([block], RULES)
    book.edit(block.id, lambda one: replace(one, text="Lead designer"))
    book.put([replace(block, text="Plumber", sources=(source(2),))], Author.MODEL)
    (note,) = book.each(NoteKind.PROFILE)
    assert isinstance(note.learned, Block)
    assert note.learned.text == "Lead designer"
    assert note.learned.sources == (source(1), source(2))
    assert (note.author, note.locked) == (Author.PERSON, True)
    book.lock(block.id, False)
    book.put([replace(block, text="Engineer")], RULES)
    assert book.get([block.id])[block.id].learned == replace(block, text="Engineer")


def test_two_notes_become_one_with_the_sources_of_both(book: NoteBook) -> None:
    one, other = fact("10", source(1)), fact("ten", source(2))
    book.put([one, other], RULES)
    merged = book.merge([one.id, other.id], one)
    assert merged.learned.sources == (source(1), source(2))
    assert [note.id for note in book.each()] == [one.id]
    with pytest.raises(UsageError, match="at least two"):
        book.merge([one.id, other.id], one)


def test_a_note_is_split_into_parts_that_share_its_sources(book: NoteBook) -> None:
    whole = fact("10 and green", source(1), source(2))
    book.put([whole], RULES)
    parts = [fact("10", source(1)), fact("green", source(2), subject="logo")]
    assert {note.id for note in book.split(whole.id, parts)} == {one.id for one in parts}
    assert {note.id for note in book.each()} == {one.id for one in parts}
    with pytest.raises(UsageError, match="share out its sources"):
        book.split(parts[0].id, [parts[0], fact("11", source(7))])


def test_a_fact_lives_on_by_the_sources_that_are_left(book: NoteBook) -> None:
    known = fact("10", source(1), source(5))
    gone = fact("12", source(1))
    page = Resource(
        "r", "page", "https://x.example", "X", (Visit(NOON, NOON + 1, "m1"),), known.sources
    )
    book.put([known, gone, page], RULES)
    book.link([Link(LinkKind.MENTIONS, source(1).moment, known.id, FIRST.start_ns)])
    book.forget(FIRST)
    (left,) = book.each()
    assert left.learned == replace(known, sources=(source(5),))
    assert len(book.history(known.id)) == 1
    assert book.history(gone.id) == book.history(page.id) == book.links() == []


def test_a_fact_holds_on_when_what_ended_it_is_forgotten(book: NoteBook) -> None:
    new = fact("12", source(5))
    old = replace(fact("10", source(1)), valid_to_ns=NOON + 50, superseded_by=new.id)
    book.put([old, new], RULES)
    book.forget_moments({source(5).moment})
    (left,) = book.each()
    assert left.learned == replace(old, valid_to_ns=None, superseded_by=None)


def test_what_rules_find_anew_takes_the_place_of_what_they_found(book: NoteBook) -> None:
    for sources in ((source(1),), (source(1), source(2)), (source(2),)):
        book.put([fact("10", *sources)], RULES)
    assert [note.learned.sources for note in book.history(fact("10").id)] == [(source(2),)]


def test_a_version_that_rested_on_what_is_forgotten_goes_with_it(book: NoteBook) -> None:
    block = Block("profile-1", "works as", "Spy", (source(1),))
    book.put([block], RULES)
    book.edit(block.id, lambda one: replace(one, text="Designer", sources=(source(5),)))
    book.forget(FIRST)
    (note,) = book.history(block.id)
    assert note == book.get([block.id])[block.id]
    assert note.learned == replace(block, text="Designer", sources=(source(5),))


def test_days_are_summed_up_anew_when_a_moment_is_forgotten(book: NoteBook) -> None:
    whole = Source(source(1).moment, NOON, NOON + clock.HOUR)
    day = Digest("digest-1", "day", NOON, NOON + clock.HOUR, "Saturday", "09:00 Spying", (whole,))
    book.put([day, fact("10", source(1))], RULES)
    book.forget_moments({source(9).moment})
    assert [note.id for note in book.each()] == [fact("10").id]


def test_only_what_rests_on_stored_moments_is_learnt(store: Store) -> None:
    store.add([frame(1, "The budget is 10.")])
    assert store.learn([fact("10", source(1)), fact("11", source(9))], [], RULES) == 1
    assert [note.id for note in store.notes.each()] == [fact("10").id]


def test_forgetting_takes_the_bytes_of_what_was_learnt(store: Store, profile: Profile) -> None:
    store.add([frame(number, "The budget is 10.") for number in (1, 5)])
    secret = "Zanzibarquartz"
    store.learn([fact(secret, source(1, secret))], [], RULES)
    assert any(secret in text for text in texts(profile))
    control.remember_forgetting(profile, FIRST)
    store.carry_out_forgetting(Media(profile))
    assert not any(secret in text for text in texts(profile))
    assert_gone(profile, secret)
    assert store.notes.each() == []
