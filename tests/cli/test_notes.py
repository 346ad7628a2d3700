"""`mirrordesk notes`: what was learnt is shown with its sources, and put right by the person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirrordesk.cli import main
from mirrordesk.knowledge import (
    Author,
    Entity,
    Fact,
    Learned,
    NoteKind,
    Procedure,
    Resource,
    Source,
    Step,
    Visit,
    note_id,
)
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from tests.remembering import ID, LINE, NOW, remember

SOURCE = Source(ID, NOW, NOW, LINE)
BUDGET = Fact(
    note_id(NoteKind.FACT, "budget"),
    *("budget", "is", "48500 euros", "The Falcon budget is 48500 euros."),
    NOW,
    (SOURCE,),
)
ANA = Entity(
    note_id(NoteKind.ENTITY, "ana"), "person", "Ana Lim", ("ana@mail.example", "Bo"), (SOURCE,)
)
CARL = Entity(note_id(NoteKind.ENTITY, "carl"), "person", "Carl", (), (SOURCE,))
STEPS = tuple(Step("xterm", f"$ make {word}", ID) for word in ("test", "build", "deploy"))
DEPLOY = Procedure(
    note_id(NoteKind.PROCEDURE, "deploy"),
    "make deploy",
    STEPS,
    (NOW - 2, NOW - 1, NOW),
    (SOURCE,),
    (STEPS[1:],),
)
GUIDE = Resource(
    note_id(NoteKind.RESOURCE, "guide"),
    *("page", "https://docs.example/guide", "Guide"),
    (Visit(NOW, NOW + 5, ID),),
    (SOURCE,),
)


class Shell:
    """`mirrordesk notes` over a memory that holds what is above."""

    def __init__(self, profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
        self._root = str(profile.root)
        self._capsys = capsys

    def __call__(self, *words: str) -> str:
        """The output of a command that works."""
        status, out, err = self.tried(*words)
        assert (status, err) == (0, "")
        return out

    def told(self, *words: str) -> Any:
        """What it prints for another program."""
        return json.loads(self(*words, "--json"))

    def tried(self, *words: str) -> tuple[int, str, str]:
        status = main(["notes", *words, "--profile", self._root])
        out, err = self._capsys.readouterr()
        return status, out, err


@pytest.fixture
def notes(profile: Profile, capsys: pytest.CaptureFixture[str]) -> Shell:
    remember(profile)
    learned: list[Learned] = [BUDGET, ANA, CARL, DEPLOY, GUIDE]
    Store(profile).learn(learned, [], Author.RULES)
    return Shell(profile, capsys)


def test_an_empty_memory_has_learnt_nothing(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Shell(profile, capsys)("list") == "Nothing was learnt yet.\n"


def test_notes_are_listed_by_kind_and_searched(notes: Shell) -> None:
    assert len(notes.told("list")) == 5
    assert [row["id"] for row in notes.told("list", "--kind", "fact")] == [BUDGET.id]
    assert f"{DEPLOY.id}  make deploy (3 steps, seen 3 times)" in notes("list")
    assert notes.told("search", "what", "budget")[0]["learned"]["object"] == "48500 euros"
    assert notes("search", "submarine") == "Nothing fits.\n"


def test_a_note_is_shown_with_steps_sources_and_history(notes: Shell) -> None:
    out = notes("show", DEPLOY.id)
    assert "  3. xterm: $ make deploy\n" in out
    assert LINE in out
    assert "by rules: make deploy" in out
    assert [one["version"] for one in notes.told("show", DEPLOY.id)["history"]] == [1]


def test_how_it_was_done_last_time_is_told_step_by_step(notes: Shell) -> None:
    head, *steps = notes("how", "did", "I", "deploy", "last", "time?").splitlines()
    assert head.startswith("make deploy, last time ")
    assert steps == [f"  {n}. xterm: {step.action}" for n, step in enumerate(STEPS, 1)]
    assert notes.told("how", "to", "deploy")[0]["goal"] == "make deploy"
    assert notes("how", "to", "bake") == "Nothing fits that came three times.\n"


def test_a_note_is_edited_locked_and_undone(notes: Shell) -> None:
    edited = notes.told("edit", BUDGET.id, "The", "budget", "was", "cut.")
    assert (edited["learned"]["text"], edited["locked"]) == ("The budget was cut.", True)
    assert "by you: The budget was cut." in notes("show", BUDGET.id)
    assert notes.told("undo", BUDGET.id)["learned"]["text"] == BUDGET.text
    assert notes.told("lock", BUDGET.id)["locked"]
    assert "(locked)" in notes("list", "--kind", "fact")
    assert not notes.told("unlock", BUDGET.id)["locked"]


def test_an_id_may_be_cut_short_while_it_is_clear(notes: Shell) -> None:
    assert notes.told("show", BUDGET.id[:12])["id"] == BUDGET.id
    status, _, err = notes.tried("show", "entity-")
    assert (status, err.count("\n")) == (2, 1)
    assert "2 notes begin with entity-" in err


def test_entities_are_merged_and_split_again(notes: Shell) -> None:
    merged = notes.told("merge", ANA.id, CARL.id)["learned"]
    assert merged["aliases"] == ["ana@mail.example", "Bo", "Carl"]
    assert [r["id"] for r in notes.told("list", "--kind", "entity")] == [ANA.id]
    parts = notes.told("split", ANA.id, "carl", "Bo")
    assert {(one["learned"]["name"], *one["learned"]["aliases"]) for one in parts} == {
        ("Ana Lim", "ana@mail.example"),
        ("Bo", "Carl"),
    }


def test_the_ways_of_a_procedure_become_procedures(notes: Shell) -> None:
    parts = notes.told("split", DEPLOY.id)
    assert sorted(len(one["learned"]["steps"]) for one in parts) == [2, 3]


def test_removed_notes_leave_no_word(notes: Shell, profile: Profile) -> None:
    status, _, err = notes.tried("remove", BUDGET.id)
    assert (status, "--yes" in err) == (2, True)
    assert "Removed: " in notes("remove", BUDGET.id, GUIDE.id, "--yes")
    assert len(notes.told("list")) == 3
    assert notes("search", "Falcon") == "Nothing fits.\n"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("show", "fact-0"), 7),
        (("edit", BUDGET.id, " "), 2),
        (("undo", BUDGET.id), 2),
        (("merge", BUDGET.id), 2),
        (("merge", BUDGET.id, ANA.id), 2),
        (("split", BUDGET.id), 2),
        (("split", ANA.id, "Ana Lim", "ana@mail.example", "Bo"), 2),
        (("list", "--kind", "dream"), 2),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence_and_changes_nothing(
    notes: Shell, words: tuple[str, ...], status: int
) -> None:
    before = notes.told("list")
    tried, _, err = notes.tried(*words)
    assert (tried, err.count("\n")) == (status, 1)
    assert err.startswith("mirrordesk: ")
    assert notes.told("list") == before
