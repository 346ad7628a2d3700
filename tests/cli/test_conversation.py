"""`mirrordesk ask` without a question: a conversation at a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from mirrordesk import clock, config
from mirrordesk.cli import main
from mirrordesk.cli.ask import BEGUN, GREETING, NEW, PROMPT, Talk
from mirrordesk.desk import Desk
from mirrordesk.errors import StoreError
from mirrordesk.llm.reader import Emit
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Answer, Kind, Moment, Progress

PATIENCE_S = 120.0
NOW = clock.now_ns() - clock.HOUR
FALCON, AURORA = "The budget of Falcon is 48500 euros.", "The budget of Aurora is 91200 euros."
_STYLE = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]")


@pytest.fixture
def talkative(profile: Profile) -> Profile:
    """A profile that knows two budgets, and answers without a language model."""
    Store(profile).add(
        [
            Moment(f"{n}" * 32, Kind.NOTE, NOW + n, NOW + n, "UTC", "note", text=text)
            for n, text in enumerate((FALCON, AURORA))
        ]
    )
    config.change(profile, "llm.model", "")
    return profile


class Terminal:
    """`mirrordesk ask` behind a real terminal."""

    def __init__(self, profile: Profile) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mirrordesk", "ask", "--profile", str(profile.root)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def wait_for(self, text: str, times: int = 1) -> None:
        """Until `text` was shown so many times."""
        deadline = time.monotonic() + PATIENCE_S
        while _STYLE.sub("", self.shown).count(text) < times:
            assert time.monotonic() < deadline, self.shown
            if select.select([self._ours], [], [], 0.2)[0]:
                self.shown += os.read(self._ours, 4096).decode(errors="replace")

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def interrupt(self) -> None:
        """What a terminal does at Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """The exit status, waiting for it."""
        return self._process.wait(PATIENCE_S)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal(talkative: Profile) -> Iterator[Terminal]:
    terminal = Terminal(talkative)
    yield terminal
    terminal.close()


def test_a_terminal_holds_a_conversation_until_it_is_ended(terminal: Terminal) -> None:
    terminal.wait_for(PROMPT)
    terminal.type("What is the budget of Falcon?\n")
    terminal.wait_for(FALCON)
    terminal.wait_for(PROMPT, 2)
    terminal.type("And Aurora?\n")
    terminal.wait_for(AURORA)
    terminal.wait_for(PROMPT, 3)
    terminal.interrupt()
    terminal.wait_for("Ctrl-D ends.")
    terminal.wait_for(PROMPT, 4)
    terminal.type("\x04")
    assert terminal.end() == 0


def _typing(*lines: str) -> Callable[[str], str]:
    """What a person types, line by line."""
    left = iter(lines)

    def read(_prompt: str) -> str:
        if (line := next(left, None)) is None:
            raise EOFError
        return line

    return read


def test_a_new_conversation_knows_nothing_of_the_last(
    talkative: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    with Desk(talkative) as desk:
        Talk(
            desk, _typing("What is the budget of Falcon?", NEW, "and when was that?", "exit")
        ).run()
    told = capsys.readouterr().out
    assert GREETING in told
    assert told.index(FALCON) < told.index(BEGUN)
    assert FALCON not in told.partition(BEGUN)[2]


class SlowDesk(Desk):
    """Finds nothing until it is told to stop; Ctrl-C is pressed as soon as it looks."""

    def ask(
        self,
        question: str,
        *,
        conversation: str | None = None,
        emit: Emit = lambda _step: None,
        cancelled: threading.Event | None = None,
    ) -> Answer:
        emit(Progress("recall"))
        assert cancelled is not None
        signal.raise_signal(signal.SIGINT)
        while not cancelled.is_set():
            time.sleep(0.01)
        return super().ask(question, conversation=conversation, cancelled=cancelled)


def test_ctrl_c_ends_an_answer_and_not_the_conversation(
    talkative: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGINT)
    with SlowDesk(talkative) as desk:
        assert Talk(desk, _typing("What is the budget of Falcon?", "Budget?")).run() == 0
    assert capsys.readouterr().out.count("Stopped; this was found so far.") == 2
    assert signal.getsignal(signal.SIGINT) is before


class BrokenDesk(Desk):
    """Cannot look anything up."""

    def ask(self, *_words: object, **_more: object) -> Answer:
        raise StoreError("The memory cannot be read.")


def test_what_fails_is_one_sentence_and_the_conversation_goes_on(
    talkative: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    with BrokenDesk(talkative) as desk:
        assert Talk(desk, _typing("One?", "Two?")).run() == 0
    assert capsys.readouterr().err == "mirrordesk: The memory cannot be read.\n" * 2


@pytest.mark.parametrize("words", [[], [" "], ["--json"]])
def test_without_a_terminal_a_question_is_needed(
    talkative: Profile, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["ask", *words, "--profile", str(talkative.root)]) == 2
    assert "There is no question" in capsys.readouterr().err
