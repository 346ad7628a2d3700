"""The widget: a question, the answer as it is written, and the evidence beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget

from mirrordesk.client import DeskClient
from mirrordesk.errors import MirrorDeskError, StoreError, UsageError
from mirrordesk.notebook import messages
from mirrordesk.notebook.desks import SHARED
from mirrordesk.notebook.run import Run, whole
from mirrordesk.notebook.transcript import Message, Transcript
from mirrordesk.paths import Profile
from mirrordesk.records import Answer

_STATIC = Path(__file__).parent / "static"


class MirrorDesk(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget's base is untyped
    """A profile's memory in a notebook.

    `profile` is the profile's folder; by default the one that the `mirrordesk` command uses. With
    `desk` the widget asks that desk instead, and closes it when it is closed itself.
    """

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"

    def __init__(
        self, profile: str | Path | None = None, *, desk: DeskClient | None = None
    ) -> None:
        """Raises ProfileError where the folder cannot be used."""
        self._run: Run | None = None
        self._conversation = uuid4().hex
        self._asking = threading.Lock()
        self._transcript = Transcript(self.send)
        self._let_go: Callable[[], None]
        if desk is None:
            opened = Profile.open(None if profile is None else Path(profile))
            self._desk = SHARED.borrow(opened)
            self._let_go = lambda: SHARED.give_back(opened)
        else:
            self._desk, self._let_go = desk, desk.close
        super().__init__()
        self.on_msg(self._receive)

    @property
    def answer(self) -> Answer | None:
        """The answer to the last question; None while it is under way or where it failed."""
        run = self._run
        if run is None or not run.outcome.done() or run.outcome.exception():
            return None
        return run.outcome.result()

    def ask(self, question: str) -> None:
        """Start answering; the widget shows it. The question may follow on from those before it.

        Raises UsageError while another is under way.
        """
        if not question.strip():
            raise UsageError("There is no question to answer; write one.")
        with self._asking:
            self._end_run()
            self._run = Run(
                self._desk, question.strip(), self._transcript, self._conversation, self._run
            )
            self._run.start()

    def new_conversation(self) -> None:
        """Begin anew: the next question knows nothing of those before, and the widget is empty.

        Raises UsageError while a question is being answered.
        """
        with self._asking:
            self._end_run()
            self._run = None
            self._conversation = uuid4().hex
            self._transcript.begin({"type": "begun"})

    def _end_run(self) -> None:
        if self._run:
            if not self._run.outcome.done():
                raise UsageError("Another question is being answered; stop it or wait for it.")
            self._run.end()

    def wait(self, timeout: float | None = None) -> Answer:
        """The answer to the last question, waiting for it. Raises what answering failed with."""
        if self._run is None:
            raise UsageError("Nothing has been asked yet.")
        return self._run.outcome.result(timeout)

    def stop(self) -> None:
        """End the present answer early; what was supported so far stays."""
        if self._run:
            self._run.stop()

    def close(self) -> None:
        """Stop asking, let the desk go and take the widget off the page. May be called again."""
        if self.comm is None:
            return
        if self._run:
            self._run.end()
        super().close()
        self._let_go()

    def _receive(self, _widget: MirrorDesk, message: Message, _buffers: list[Any]) -> None:
        match message:
            case {"type": "hello", "view": str(view)}:
                self._transcript.replay(view)
            case {"type": "ask", "question": str(question), "view": str(view)}:
                self._for_view(view, lambda: self.ask(question))
            case {"type": "begin", "view": str(view)}:
                self._for_view(view, self.new_conversation)
            case {"type": "stop"}:
                self.stop()
            case {"type": "enlarge", "number": int(number), "view": str(view)}:
                self._enlarge(number, view)

    def _for_view(self, view: str, do: Callable[[], None]) -> None:
        try:
            do()
        except MirrorDeskError as error:
            self._transcript.say({"type": "refused", "view": view, "words": str(error)})

    def _enlarge(self, number: int, view: str) -> None:
        """Send one view the whole frame of a citation of the present answer."""
        citations = messages.numbered(self.answer) if self.answer else []
        if not 1 <= number <= len(citations):
            return  # the view is about to be told of a newer answer
        reply = {"number": number, "view": view}
        try:
            frame = whole(self._desk, citations[number - 1])
        except StoreError as error:
            self._transcript.say({**reply, "type": "lost", "words": str(error)})
        else:
            self._transcript.say({**reply, "type": "frame"}, frame)


def ask(question: str, profile: str | Path | None = None) -> MirrorDesk:
    """A widget that is already answering `question`: the last line of a cell shows it."""
    widget = MirrorDesk(profile)
    widget.ask(question)
    return widget
