"""The desk in its own process, over a real store: what the window and the notebook talk to."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk import clock, config
from mirrordesk.client import DeskClient
from mirrordesk.errors import StoreError, WorkerError
from mirrordesk.notebook import MirrorDesk
from mirrordesk.paths import Profile
from mirrordesk.records import Box
from tests.llm import tiny_gguf
from tests.remembering import ID, LINE, NOW, remember

QUESTION = "What is the Falcon budget?"


@pytest.fixture
def profile(profile: Profile) -> Profile:
    """A profile without a language model, until a test sets one: answers quote found text."""
    config.change(profile, "llm.model", "")
    return profile


@pytest.fixture
def desk(profile: Profile) -> Iterator[DeskClient]:
    remember(profile)
    desk = DeskClient(profile)
    yield desk
    desk.close()


def test_a_question_is_answered_step_by_step(desk: DeskClient) -> None:
    pending = desk.ask(QUESTION)
    stages = [step.stage for step in pending.events()]
    assert stages[0] == "recall"
    answer = pending.result()
    assert answer.text == LINE
    assert answer.citations[0].boxes == (Box(10, 20, 300, 18),)


def test_the_timeline_search_and_report_come_through(desk: DeskClient) -> None:
    today = clock.at(NOW).date().isoformat()
    assert desk.days() == [today]
    day = desk.day(today)
    assert [m.id for m in day.moments] == [ID]
    assert day.episodes[0].title == "notes"
    assert desk.search("budget")[0].moment.text == LINE
    assert desk.moment(ID).lines[0].text == LINE
    assert desk.report().moments == 1
    assert any(check.part == "text" for check in desk.doctor())


def test_what_is_forgotten_is_gone_for_every_surface(desk: DeskClient) -> None:
    assert desk.forget(NOW - 1, NOW + 1).moments == 1
    with pytest.raises(StoreError):
        desk.moment(ID)
    assert desk.ask(QUESTION).result().abstained


def test_a_killed_desk_fails_its_call_and_answers_the_next(desk: DeskClient) -> None:
    assert desk.report().moments == 1
    assert desk.pid is not None
    pending = desk.ask(QUESTION)
    os.kill(desk.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match="desk"):
        pending.result()
    assert desk.ask(QUESTION).result().text == LINE


def test_a_language_model_answers_in_its_own_process(profile: Profile, tmp_path: Path) -> None:
    """Its weights are random: whatever it writes, nothing unsupported may come through."""
    remember(profile)
    config.change(profile, "llm.model", str(tiny_gguf.make(tmp_path / "tiny.gguf", context=2048)))
    config.change(profile, "llm.answer_tokens", "48")
    desk = DeskClient(profile)
    try:
        answer = desk.ask(QUESTION).result()
    finally:
        desk.close()
    assert answer.engine != "extractive"
    assert "first_token_s" in answer.timings
    assert {s for claim in answer.claims for s in claim.sources} <= {ID}


def test_a_broken_language_model_leaves_quoting(profile: Profile, tmp_path: Path) -> None:
    remember(profile)
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    config.change(profile, "llm.model", str(broken))
    desk = DeskClient(profile)
    try:
        answer = desk.ask(QUESTION).result()
    finally:
        desk.close()
    assert answer.engine == "extractive"
    assert answer.text == LINE
    assert "broken.gguf" in answer.note


def test_the_notebook_widget_asks_a_real_desk(profile: Profile) -> None:
    remember(profile)
    widget = MirrorDesk(profile.root)
    try:
        widget.ask(QUESTION)
        assert widget.wait(120).text == LINE
    finally:
        widget.close()
