"""`mirrordesk ask`: one question, or a conversation where none is given at a terminal."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mirrordesk import clock, config, shapes, weights
from mirrordesk import words as wording
from mirrordesk.cli.interrupt import stoppable
from mirrordesk.cli.output import plain, result
from mirrordesk.errors import MirrorDeskError, UsageError
from mirrordesk.paths import Profile
from mirrordesk.records import Answer, Citation, Progress

if TYPE_CHECKING:
    from mirrordesk.desk import Desk

PROMPT = "> "
NEW = "/new"
ENDING = frozenset({"exit", "quit"})
GREETING = (
    "Ask about what you saw or heard; a question may follow on from the one before.\n"
    f"{NEW} begins a new conversation, Ctrl-C stops an answer, Ctrl-D ends."
)
BEGUN = "A new conversation."
_GREY, _PLAIN, _ANEW = "\x1b[2m", "\x1b[0m", "\r\x1b[2K"  # ECMA-48: faint, normal, erase the line


def words(parser: argparse.ArgumentParser) -> None:
    """What may be written after `ask`."""
    parser.add_argument("question", nargs="*", help="at a terminal, none begins a conversation")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="language model to use this time")


def ask(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.desk import Desk

    question = " ".join(options.question).strip()
    at_terminal = not options.json and sys.stdout.isatty()
    if not question and not (at_terminal and sys.stdin.isatty()):
        raise UsageError(
            "There is no question; write one, or run `mirrordesk ask` at a terminal to talk."
        )
    settings = config.load(profile)
    if options.model:
        settings = config.with_model(settings, options.model)
        weights.llm(settings.llm)  # somebody who names a model wants to hear that it is none
    with Desk(profile, settings) as desk:
        if not question:
            return Talk(desk).run()
        with Shown() if at_terminal else contextlib.nullcontext(_silent) as emit:
            answer = desk.ask(question, emit=emit)
    return result(options, shapes.answer(answer), answer_lines(answer))


def _silent(_step: Progress) -> None:
    """Show nothing."""


class Talk:
    """Questions from `read`, answered one after the other until it has no more."""

    def __init__(self, desk: Desk, read: Callable[[str], str] = input) -> None:
        self._desk = desk
        self._read = read
        self._name = uuid4().hex

    def run(self) -> int:
        """Talk until Ctrl-D; returns the exit status."""
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401  # lets a line be edited and brought back; kept nowhere
        print(GREETING)
        if host := self._desk.settings.llm.server_host:
            print(wording.leaving(host))
        for line in iter(self._line, None):
            if line == NEW:
                self._name = uuid4().hex
                print(BEGUN)
            elif line:
                self._answer(line)
        return 0

    def _line(self) -> str | None:
        """The next line; None where the person wants no more."""
        try:
            line = self._read(PROMPT).strip()
        except EOFError:
            print()
            return None
        except KeyboardInterrupt:
            print("\nCtrl-D ends.")
            return ""
        return None if line.lower() in ENDING else line

    def _answer(self, question: str) -> None:
        try:
            with stoppable() as stopped, Shown() as emit:
                answer = self._desk.ask(
                    question, conversation=self._name, emit=emit, cancelled=stopped
                )
        except MirrorDeskError as error:
            print(f"mirrordesk: {error}", file=sys.stderr, flush=True)
            return
        if stopped.is_set() and answer.claims:
            print("Stopped; this was found so far.")
        print("\n".join(answer_lines(answer)), end="\n\n")


class Shown:
    """The steps of an answer at a terminal: what is done, then the words as they are written."""

    def __init__(self) -> None:
        self._stage = ""  # of the last step

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, *_error: Any) -> None:
        if self._stage:
            print(end="\n" if self._stage == "text" else _ANEW)

    def __call__(self, step: Progress) -> None:
        """Show a step."""
        if self._stage != "text":
            print(_ANEW, end="")
        text = plain(step.text) if step.stage == "text" else f"{wording.STAGES[step.stage]} …"
        print(f"{_GREY}{text}{_PLAIN}", end="", flush=True)
        self._stage = step.stage


def answer_lines(answer: Answer) -> Iterable[str]:
    """An answer as a person reads it, its evidence below."""
    numbers = {c.id: n for n, c in enumerate(answer.citations, 1)}
    if answer.abstained:
        yield answer.note
        return
    if answer.engine == "extractive":
        yield "Found text (quoted from your memory, no language model):"
    for claim in answer.claims:
        marks = "".join(f"[{numbers[s]}]" for s in claim.sources if s in numbers)
        yield f"  {plain(wording.quoted(claim.text))} {marks}"
    yield ""
    for citation in answer.citations:
        yield f"  [{numbers[citation.id]}] {_citation_line(citation)}"
    if answer.note:
        yield f"\n{answer.note}"


def _citation_line(citation: Citation) -> str:
    when = clock.at(citation.start_ns, citation.zone).strftime("%a %d %b %Y, %H:%M:%S")
    where = " · ".join(plain(part) for part in (citation.app, citation.title) if part)
    return " · ".join(filter(None, (when, where or citation.kind.value, citation.media)))
