"""Consolidation: what stored moments teach, in any order, again and again, and after forgetting."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mirrordesk import clock
from mirrordesk.consolidation import Consolidation
from mirrordesk.control import Span
from mirrordesk.knowledge import Block, Entity, Fact, NoteKind
from mirrordesk.memory import forget
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Moment, State
from tests.learning.told import NINE, heard, seen

DAY = 24 * clock.HOUR
FIRST = heard("The budget for Falcon is 48,500.", NINE - 400 * DAY)
SECOND = heard("The Falcon budget was raised to 50,000.", NINE - 390 * DAY)


@pytest.fixture
def store(profile: Profile) -> Store:
    return Store(profile)


@pytest.fixture
def work(profile: Profile, store: Store) -> Consolidation:
    return Consolidation(store, profile.logs / "consolidation.jsonl")


def put(store: Store, *moments: Moment) -> None:
    store.add(moments)
    store.refresh_episodes(min(moment.start_ns for moment in moments))


def held(store: Store) -> list[tuple[str, int | None, int | None]]:
    facts = [note.learned for note in store.notes.each(NoteKind.FACT)]
    return [(f.object, f.valid_from_ns, f.valid_to_ns) for f in facts if isinstance(f, Fact)]


BOTH = [
    ("48,500", FIRST.start_ns, SECOND.start_ns),
    ("50,000", SECOND.start_ns, None),
]


def test_what_was_said_is_learnt_once(store: Store, work: Consolidation) -> None:
    put(store, FIRST, SECOND)
    assert work.run() > 0
    assert held(store) == BOTH
    assert work.run() == 0


def test_what_comes_late_takes_its_place(store: Store, profile: Profile) -> None:
    for moment in (SECOND, FIRST):
        put(store, moment)
        Consolidation(store, profile.logs / "log").run()
    assert held(store) == BOTH


def test_looking_again_at_everything_changes_nothing(store: Store, work: Consolidation) -> None:
    put(store, FIRST, SECOND)
    work.run()
    versions = [(note.id, note.version) for note in store.notes.each()]
    work._looked.mark([])
    for day in store.tables.meta("consolidated:"):
        store.tables.note(day, "{}")
    work._seen, work._look_at_s = None, 0.0
    assert work.run() > 0
    assert [(note.id, note.version) for note in store.notes.each()] == versions


def test_what_is_not_read_yet_is_looked_at_once_it_is(store: Store, profile: Profile) -> None:
    unheard = heard("", SECOND.start_ns)
    waiting = Moment(**{**_fields(unheard), "speech": State.PENDING})
    put(store, FIRST, waiting)
    Consolidation(store, profile.logs / "log").run()
    assert [value for value, _, _ in held(store)] == ["48,500"]
    store.complete([Moment(**{**_fields(waiting), "text": SECOND.text, "speech": State.DONE})])
    Consolidation(store, profile.logs / "log").run()
    assert held(store) == BOTH


def test_a_provisional_reading_teaches_nothing(store: Store, work: Consolidation) -> None:
    put(store, Moment(**{**_fields(FIRST), "speech": State.PROVISIONAL}))
    work.run()
    assert held(store) == []


def _fields(moment: Moment) -> dict[str, object]:
    return {name: getattr(moment, name) for name in moment.__dataclass_fields__}


def test_a_dry_run_tells_what_would_be_learnt_and_writes_nothing(
    store: Store, work: Consolidation
) -> None:
    put(store, FIRST, SECOND)
    planned = [one for one in work.plan() if isinstance(one, Fact)]
    assert {fact.object for fact in planned} == {"48,500", "50,000"}
    assert store.notes.each() == []
    assert [episode.summary for episode in store.episodes_since(0)] == ["", ""]
    work.run()
    assert {note.learned for note in store.notes.each(NoteKind.FACT)} == set(planned)


def test_what_was_forgotten_does_not_come_back_and_what_it_ended_holds_again(
    store: Store, profile: Profile
) -> None:
    put(store, FIRST, SECOND)
    Consolidation(store, profile.logs / "log").run()
    span = Span(SECOND.start_ns, SECOND.end_ns)
    forget.forget(store, Media(profile), profile, span)
    Consolidation(store, profile.logs / "log").run()
    assert held(store) == [("48,500", FIRST.start_ns, None)]


def test_facts_that_lost_their_first_source_begin_with_the_next(
    store: Store, profile: Profile
) -> None:
    again = heard("The budget for Falcon is 48,500 euros.", NINE - 395 * DAY)
    put(store, FIRST, again, SECOND)
    Consolidation(store, profile.logs / "log").run()
    forget.forget(store, Media(profile), profile, Span(FIRST.start_ns, FIRST.end_ns))
    Consolidation(store, profile.logs / "log").run()
    assert [span[1:] for span in held(store)] == [
        (again.start_ns, SECOND.start_ns),
        (SECOND.start_ns, None),
    ]


def test_an_episode_that_may_go_on_is_left_alone(store: Store, profile: Profile) -> None:
    put(store, seen("The budget for Falcon is 48,500.", clock.now_ns() - clock.MINUTE))
    Consolidation(store, profile.logs / "log").run()
    assert held(store) == []


def test_the_log_tells_of_notes_and_of_no_words(
    store: Store, work: Consolidation, profile: Profile
) -> None:
    put(store, FIRST)
    work.run()
    log = (profile.logs / "consolidation.jsonl").read_text()
    first = json.loads(log.splitlines()[0])
    assert (first["about"], first["changed"], len(first["notes"])) == ("episodes", 1, 1)
    assert "48,500" not in log


def test_an_episode_is_summarised_and_stays_so_when_it_is_cut_again(
    store: Store, work: Consolidation
) -> None:
    put(store, FIRST)
    work.run()
    [told] = store.episodes_since(0)
    assert FIRST.text in told.summary
    store.refresh_episodes(FIRST.start_ns)
    assert store.episodes_since(0) == [told]


def test_an_episode_that_goes_on_is_summarised_anew(store: Store, profile: Profile) -> None:
    put(store, FIRST)
    Consolidation(store, profile.logs / "log").run()
    more = heard("Ben will tell the board about the Falcon budget.", FIRST.end_ns + clock.SECOND)
    put(store, more)
    assert [episode.summary for episode in store.episodes_since(0)] == [""]
    Consolidation(store, profile.logs / "log").run()
    [told] = store.episodes_since(0)
    assert more.text in told.summary


def test_people_are_learnt_as_entities(store: Store, work: Consolidation) -> None:
    put(store, heard("Ben owns the Falcon parser.", FIRST.start_ns))
    work.run()
    [ben] = [note.learned for note in store.notes.each(NoteKind.ENTITY)]
    assert isinstance(ben, Entity)
    assert (ben.form, ben.name) == ("person", "Ben")


def test_whom_the_person_works_with_is_told_and_a_locked_block_is_left_alone(
    store: Store, profile: Profile
) -> None:
    for day in range(3):
        put(store, heard(f"Ben owns the parser number {day}.", FIRST.start_ns + day * DAY))
    Consolidation(store, profile.logs / "log").run()
    [block] = [n.learned for n in store.notes.each(NoteKind.PROFILE)]
    assert isinstance(block, Block)
    assert (block.topic, block.text, len(block.sources)) == ("works with", "Ben", 3)
    mine = replace(block, text="Ben, at times")
    store.notes.edit(block.id, lambda _old: mine)
    put(store, heard("Ben owns the parser number 9.", FIRST.start_ns + 9 * DAY))
    Consolidation(store, profile.logs / "log").run()
    [kept] = [n.learned for n in store.notes.each(NoteKind.PROFILE)]
    assert isinstance(kept, Block)
    assert kept.text == mine.text


def test_no_history_tells_of_a_source_that_went_to_another_fact(
    store: Store, profile: Profile
) -> None:
    again = heard("Falcon's budget is set at 48,500.", SECOND.start_ns + DAY)
    put(store, FIRST, again)
    Consolidation(store, profile.logs / "log").run()
    put(store, SECOND)  # between the two
    Consolidation(store, profile.logs / "log").run()
    assert len(held(store)) == 3
    forget.forget(store, Media(profile), profile, Span(again.start_ns, again.end_ns))
    told = [old for note in store.notes.each() for old in store.notes.history(note.id)]
    assert told
    assert not any(s.moment == again.id for old in told for s in old.learned.sources)


def test_a_summary_goes_with_a_moment_that_is_forgotten(store: Store, profile: Profile) -> None:
    secret = heard("Nobody may ever hear about the surprise party.", FIRST.end_ns + clock.SECOND)
    put(store, FIRST, secret)
    Consolidation(store, profile.logs / "log").run()
    assert any("party" in episode.summary for episode in store.episodes_since(0))
    forget.forget(store, Media(profile), profile, Span(secret.start_ns, secret.end_ns))
    Consolidation(store, profile.logs / "log").run()
    [told] = store.episodes_since(0)
    assert FIRST.text in told.summary
    assert "party" not in told.summary + told.title
