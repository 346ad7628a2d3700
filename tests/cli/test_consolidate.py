"""`mirrordesk consolidate`: what would be learnt, and learning it."""

from __future__ import annotations

import json

import pytest

from mirrordesk.cli import main
from mirrordesk.desk import Desk
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from tests.learning.told import heard

SAID = heard("The budget for Falcon is 48,500.")


def run(capsys: pytest.CaptureFixture[str], profile: Profile, *words: str) -> str:
    assert main(["consolidate", "--profile", str(profile.root), *words]) == 0
    return capsys.readouterr().out


def test_a_dry_run_shows_what_consolidation_then_learns(
    profile: Profile, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirrordesk.clock.now_ns", lambda: SAID.end_ns + 10**15)
    store = Store(profile)
    store.add([SAID])
    store.refresh_episodes(SAID.start_ns)
    assert "Budget for Falcon is 48,500." in run(capsys, profile, "--dry-run")
    assert store.notes.each() == []
    planned, *rest = json.loads(run(capsys, profile, "--dry-run", "--json"))["notes"]
    assert (planned["kind"], planned["subject"]) == ("fact", "falcon")
    assert [note["span"] for note in rest] == ["day", "week"]
    assert json.loads(run(capsys, profile, "--json"))["steps"] > 0
    learnt = {note.id for note in store.notes.each()}
    assert learnt == {note["id"] for note in (planned, *rest)}
    assert "nothing new" in run(capsys, profile)
    with Desk(profile) as desk:
        assert [found.fact.id for found in desk.facts("What is Falcon's budget?")] == [
            planned["id"]
        ]
