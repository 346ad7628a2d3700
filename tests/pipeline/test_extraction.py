"""Learning from episodes with a language model: what is kept, what yields, what is not doubled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mirrordesk import clock, config
from mirrordesk.consolidation import Consolidation
from mirrordesk.control import Span
from mirrordesk.extraction import Extraction
from mirrordesk.governor import Governor
from mirrordesk.knowledge import Author, Block, Digest, Fact, NoteKind, Procedure, Source, Step
from mirrordesk.memory import forget
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.pipeline import Pipeline
from mirrordesk.records import Moment
from mirrordesk.worker import Worker
from tests.learning.told import NINE, heard, seen

DAY = 24 * clock.HOUR
FIRST = heard("Hannah keeps the keys of the boathouse.", NINE - 40 * DAY)
SECOND = heard("From now on Marco keeps the keys of the boathouse.", NINE - 30 * DAY)
OWN = heard("I work as a structural engineer.", NINE - 20 * DAY)


def keeps(who: str, evidence: str = "E1") -> dict[str, object]:
    about = {"subject": "boathouse", "predicate": "keys", "when": "", "evidence": [evidence]}
    return {"facts": [{**about, "object": who}]}


SCRIPT = [
    ["Hannah", "facts", keeps("Hannah")],
    ["Marco", "facts", keeps("Marco")],
    [
        "Hannah",
        "summary",
        {
            "summary": [
                {"text": "Hannah keeps the boathouse keys.", "evidence": ["E1"]},
                {"text": "Everybody drank 3 beers.", "evidence": ["E1"]},
            ]
        },
    ],
    [
        "structural",
        "profile",
        {"profile": [{"topic": "role", "text": "A structural engineer.", "evidence": ["E1"]}]},
    ],
    ["make deploy", "goal", {"goal": [{"text": "Deploy the shop", "evidence": ["E1"]}]}],
]

Made = Callable[[], Extraction]


@pytest.fixture
def store(profile: Profile) -> Store:
    return Store(profile)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    found = Worker(["tests.llm.noting_host"], name="language model", log=tmp_path / "llm.log")
    yield found
    found.close()


@pytest.fixture
def make(profile: Profile, store: Store, worker: Worker, tmp_path: Path) -> Made:
    """A fresh start of the process that learns, with a model that is no micro model."""
    path = tmp_path / "noter.gguf"
    path.write_bytes(b"GGUF and more")
    config.change(profile, "llm.model", str(path))
    tell(tmp_path, SCRIPT)
    return lambda: Extraction(profile, store, worker, settled_ns=0)


def tell(tmp_path: Path, script: object) -> None:
    (tmp_path / "noter.json").write_text(json.dumps(script))


def put(store: Store, *moments: Moment) -> None:
    store.add(moments)
    store.refresh_episodes(min(moment.start_ns for moment in moments))


def facts(store: Store) -> list[tuple[str, int | None, int | None]]:
    held = [n.learned for n in store.notes.each(NoteKind.FACT) if n.author is Author.MODEL]
    return [(f.object, f.valid_from_ns, f.valid_to_ns) for f in held if isinstance(f, Fact)]


BOTH = [("Hannah", FIRST.start_ns, SECOND.start_ns), ("Marco", SECOND.start_ns, None)]


def test_what_is_borne_out_is_kept_with_the_models_name(store: Store, make: Made) -> None:
    put(store, FIRST, SECOND, OWN)
    assert make().run() > 0
    assert facts(store) == BOTH
    notes = store.notes.each()
    assert {note.author for note in notes} == {Author.MODEL}
    assert {getattr(note.learned, "origin", "") for note in notes} == {"noter"}
    (digest,) = [n.learned for n in notes if isinstance(n.learned, Digest)]
    assert (digest.span, digest.text) == ("episode", "Hannah keeps the boathouse keys.")
    (block,) = [n.learned for n in notes if isinstance(n.learned, Block)]
    assert (block.topic, block.text) == ("role", "A structural engineer.")


def test_what_was_dropped_is_counted_in_the_log_without_its_words(
    store: Store, make: Made, profile: Profile
) -> None:
    put(store, FIRST)
    make().run()
    log = (profile.logs / "consolidation.jsonl").read_text()
    (line,) = map(json.loads, log.splitlines())
    assert line["rejects"] == {"not carried by the evidence": 1}
    assert line["model"].startswith("noter@")
    assert line["changed"] == 2
    assert "Hannah" not in log


def test_an_episode_is_read_once(store: Store, make: Made, tmp_path: Path) -> None:
    put(store, FIRST)
    make().run()
    asked = (tmp_path / "noter.asked").read_text()
    assert make().run() == 0
    assert (tmp_path / "noter.asked").read_text() == asked


def test_killed_before_it_was_noted_as_read_nothing_is_doubled(store: Store, make: Made) -> None:
    put(store, FIRST, SECOND, OWN)
    make().run()
    before = [(note.id, note.version) for note in store.notes.each()]
    for name in store.tables.meta("read by a model:"):
        store.tables.note(name, "{}")
    assert make().run() > 0
    assert [(note.id, note.version) for note in store.notes.each()] == before


def test_a_model_that_dies_leaves_what_was_read_and_goes_on_at_the_next_start(
    store: Store, make: Made, tmp_path: Path
) -> None:
    put(store, FIRST, SECOND)
    tell(tmp_path, [["Hannah", "summary", "{die}"], *SCRIPT])
    work = make()
    assert work.run() == 0
    assert "language model" in work.trouble
    assert facts(store) == [("Marco", SECOND.start_ns, None)]
    assert work.step(lambda: True) == 0
    tell(tmp_path, SCRIPT)
    make().run()
    assert facts(store) == BOTH


def test_it_rests_while_somebody_is_there(store: Store, make: Made, tmp_path: Path) -> None:
    put(store, FIRST)
    tell(tmp_path, [["Hannah", "facts", "{stall}"], *SCRIPT])
    looks = iter([True, True, False, False])
    work = make()
    assert work.step(lambda: next(looks)) == 0
    assert store.notes.each() == []
    assert make().step(lambda: False) == 0


def _falcon(value: str) -> dict[str, object]:
    about = {"subject": "Falcon", "predicate": "has budget", "when": "", "evidence": ["E1"]}
    return {"facts": [{**about, "object": value}]}


def test_of_what_rules_have_told_nothing_is_learnt(
    store: Store, make: Made, profile: Profile, tmp_path: Path
) -> None:
    tell(tmp_path, [["60,000", "facts", _falcon("60,000")]])
    put(store, heard("The budget for Falcon is 48,500.", NINE - 10 * DAY))
    put(store, heard("For the Falcon budget they say 60,000.", NINE - 5 * DAY))
    Consolidation(store, profile.logs / "log").run()
    make().run()
    assert facts(store) == []
    log = (profile.logs / "consolidation.jsonl").read_text()
    assert "already told by rules or the person" in log


def test_what_rules_tell_later_takes_the_place_of_what_a_model_read(
    store: Store, make: Made, profile: Profile, tmp_path: Path
) -> None:
    tell(tmp_path, [["60,000", "facts", _falcon("60,000")], ["48,500", "facts", _falcon("48,500")]])
    put(store, heard("For the Falcon budget they say 60,000.", NINE - 9 * DAY))
    make().run()
    assert [value for value, _, _ in facts(store)] == ["60,000"]
    put(store, heard("The budget for Falcon is 48,500.", NINE - 5 * DAY))
    Consolidation(store, profile.logs / "log").run()
    make().run()
    assert facts(store) == []
    held = [n.learned for n in store.notes.each(NoteKind.FACT)]
    assert [fact.object for fact in held if isinstance(fact, Fact)] == ["48,500"]


def test_what_a_person_changed_stays(store: Store, make: Made) -> None:
    put(store, FIRST)
    make().run()
    (note,) = store.notes.each(NoteKind.FACT)
    store.notes.lock(note.id)
    put(store, SECOND)
    make().run()
    (kept,) = store.notes.each(NoteKind.FACT)
    assert kept.learned == note.learned


def test_forgetting_takes_what_was_read_and_what_it_ended_holds_again(
    store: Store, make: Made, profile: Profile
) -> None:
    put(store, FIRST, SECOND)
    make().run()
    forget.forget(store, Media(profile), profile, Span(SECOND.start_ns, SECOND.end_ns))
    make().run()
    assert facts(store) == [("Hannah", FIRST.start_ns, None)]
    forget.forget(store, Media(profile), profile, Span(FIRST.start_ns, FIRST.end_ns))
    make().run()
    assert store.notes.each() == []


def test_a_dry_run_tells_what_would_be_read_and_writes_nothing(store: Store, make: Made) -> None:
    put(store, FIRST, SECOND, OWN)
    planned = {one.id: one for one in make().plan()}
    assert store.notes.each() == []
    make().run()
    assert planned == {note.id: note.learned for note in store.notes.each()}


def test_a_procedure_that_rules_found_gets_a_name_once(
    store: Store, make: Made, tmp_path: Path
) -> None:
    shown = seen("ana@desk:~$ make deploy shop", NINE - 9 * DAY, "xterm", "")
    put(store, shown)
    source = Source(shown.id, shown.start_ns, shown.end_ns)
    step = Step("xterm", "make deploy shop", shown.id)
    found = Procedure("procedure-1", "make deploy", (step,), (shown.start_ns,), (source,))
    store.learn([found], [], Author.RULES)
    make().run()
    (note,) = store.notes.each(NoteKind.PROCEDURE)
    assert isinstance(note.learned, Procedure)
    assert (note.learned.goal, note.learned.origin) == ("Deploy the shop", "noter")
    assert [one.author for one in store.notes.history(note.id)] == [Author.RULES, Author.MODEL]
    asked = (tmp_path / "noter.asked").read_text()
    make().run()
    assert (tmp_path / "noter.asked").read_text() == asked


@pytest.mark.parametrize(
    ("model", "learn"), [("", "idle"), ("reader-micro", "idle"), (None, "never")]
)
def test_without_a_real_model_or_when_switched_off_nothing_is_read(
    store: Store, make: Made, profile: Profile, model: str | None, learn: str
) -> None:
    put(store, FIRST)
    config.change(profile, "llm.learn", learn)
    if model is not None:
        config.change(profile, "llm.model", model)
    assert make().run() == 0
    assert store.notes.each() == []


def test_while_nobody_is_there_a_micro_model_can_be_made_to_learn_and_nothing_false_is_kept(
    store: Store, profile: Profile
) -> None:
    config.change(profile, "llm.learn", "always")
    config.change(profile, "llm.answer_tokens", "64")
    put(store, FIRST)
    pipeline = Pipeline(profile, Governor())
    while pipeline.step():
        pass
    lines = (profile.logs / "consolidation.jsonl").read_text().splitlines()
    (line,) = [line for line in map(json.loads, lines) if line["about"] == "reading"]
    assert "failed" not in line
    for note in store.notes.each(NoteKind.FACT):
        assert isinstance(note.learned, Fact)
        assert note.learned.object.casefold() in FIRST.text.casefold()


def test_draining_the_spool_does_not_wait_for_a_model(store: Store, profile: Profile) -> None:
    config.change(profile, "llm.learn", "always")
    put(store, FIRST)
    pipeline = Pipeline(profile)
    while pipeline.step():
        pass
    assert "reading" not in (profile.logs / "consolidation.jsonl").read_text()
