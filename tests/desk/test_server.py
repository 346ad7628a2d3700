"""Answers by another machine: chosen by a setting, marked wherever they are shown, never else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mirrordesk import clock, config, doctor, words
from mirrordesk.cli import main
from mirrordesk.config import LlmSettings, Settings
from mirrordesk.control import Span
from mirrordesk.desk import Desk
from mirrordesk.notebook import messages
from mirrordesk.paths import Profile
from mirrordesk.records import Check
from tests.llm.answer_server import MODEL, AnswerServer, serving
from tests.remembering import ID, LINE, remember

MARK = words.leaving("127.0.0.1")
QUESTION = "What is the Falcon budget?"


@pytest.fixture
def server(profile: Profile) -> Iterator[AnswerServer]:
    """A server that the profile's settings name."""
    with serving() as found:
        config.change(profile, "llm.server", found.url)
        config.change(profile, "llm.server_model", MODEL)
        config.change(profile, "text.model", "")
        remember(profile)
        yield found


def test_an_answer_from_elsewhere_says_so_in_every_surface(
    profile: Profile, server: AnswerServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.pieces = [f"- {LINE}. [E1]"]
    with Desk(profile) as desk:
        answer = desk.ask(QUESTION)
    assert [citation.id for citation in answer.citations] == [ID]
    assert answer.engine == f"{MODEL} at 127.0.0.1"
    assert MARK in answer.note
    assert MARK in str(messages.answered(answer, stopped=False))
    assert main(["ask", "--profile", str(profile.root), QUESTION]) == 0
    assert MARK in capsys.readouterr().out


def test_when_the_server_fails_the_answer_is_found_text_and_says_why(
    profile: Profile, server: AnswerServer
) -> None:
    server.manner = "garbage"
    with Desk(profile) as desk:
        answer = desk.ask(QUESTION)
    assert answer.engine == "extractive"
    assert "does not speak" in answer.note
    assert MARK in answer.note


def test_where_nothing_was_found_nothing_is_sent(profile: Profile, server: AnswerServer) -> None:
    with Desk(profile) as desk:
        desk.forget(Span(0, clock.now_ns()))
        answer = desk.ask("Who won the regatta?")
    assert answer.abstained
    assert server.paths == []
    assert MARK not in answer.note


def test_without_the_setting_nothing_connects(profile: Profile, server: AnswerServer) -> None:
    config.change(profile, "llm.server", "")
    config.change(profile, "llm.model", "")
    with Desk(profile) as desk:
        answer = desk.ask(QUESTION)
        assert not desk.answering.connects
    assert answer.claims
    assert server.paths == []
    assert MARK not in answer.note


def test_doctor_says_where_answers_come_from(profile: Profile) -> None:
    def answers(address: str) -> Check:
        llm = LlmSettings(server=address, server_model=MODEL)
        (found,) = doctor._language_model(profile, Settings(llm=llm))
        return found

    assert "evidence leaves this machine" in answers("https://nas.local/v1").detail
    wrong = answers("http://8.8.8.8/v1")
    assert wrong.state == doctor.PROBLEM
    assert "https://" in wrong.detail


def test_the_key_of_a_server_is_typed_and_sent(
    profile: Profile,
    server: AnswerServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.key = "sesame"
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    monkeypatch.setattr("sys.stdin.readline", lambda: "sesame\n")
    assert main(["--profile", str(profile.root), "--json", "key", "server"]) == 0
    assert json.loads(capsys.readouterr().out) == {"place": "sealed in the profile"}
    with Desk(profile) as desk:
        desk.ask(QUESTION)
    assert server.keys[-1] == "Bearer sesame"


def test_a_key_without_a_server_is_refused(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--profile", str(profile.root), "key", "server"]) == 2
    assert "llm.server" in capsys.readouterr().err
