"""One question, answered in a thread so that the kernel stays free for other cells."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from mirrordesk.client import DeskClient, PendingAnswer
from mirrordesk.errors import MirrorDeskError, StoreError
from mirrordesk.notebook import messages, pictures
from mirrordesk.notebook.transcript import Message, Transcript
from mirrordesk.records import Answer, Citation, Kind
from mirrordesk.seal import files
from mirrordesk.words import STAGES, quoted

OPENING = "Opening your memory"
GONE = "This evidence is not there any more; it may have been forgotten."
END_WITHIN_S = 10.0  # a desk that hangs must not take closing with it
UNEXPECTED = "The answer broke off unexpectedly; the kernel's error output says why."


class Run:
    """A question under way: its thread and what came of it.

    `earlier` is the last question of the same conversation.
    """

    def __init__(
        self,
        desk: DeskClient,
        question: str,
        transcript: Transcript,
        conversation: str,
        earlier: Run | None,
    ) -> None:
        self.question = question
        self.conversation = conversation
        self.before = earlier.told if earlier else ()
        self.outcome: Future[Answer] = Future()
        self._desk = desk
        self._transcript = transcript
        self._pending: PendingAnswer | None = None
        self._stopped = threading.Event()  # by the person: the answer ends early
        self._superseded = threading.Event()  # by the next question or by closing
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="mirrordesk-ask", daemon=True)

    def start(self) -> None:
        """Start asking."""
        asked = {"type": "asked", "question": self.question, "words": OPENING}
        self._transcript.begin({**asked, "earlier": list(self.before)})
        self._thread.start()

    def stop(self) -> None:
        """Ask for an early end; what was supported so far still comes as the outcome."""
        with self._lock:
            self._stopped.set()
            if self._pending:
                self._pending.cancel()

    def end(self) -> None:
        """Stop, send no more pictures, and wait for the thread to end."""
        self._superseded.set()
        self.stop()
        self._thread.join(END_WITHIN_S)

    @property
    def told(self) -> tuple[Message, ...]:
        """The conversation up to here, in the words that were shown; without what failed."""
        if self.outcome.exception():
            return self.before
        answer, stopped = self.outcome.result(), self._stopped.is_set()
        return (*self.before, messages.turn(self.question, answer, stopped=stopped))

    def _work(self) -> None:
        try:
            answer = self._answer()
        except MirrorDeskError as error:
            self._fail(error, str(error))
        except BaseException as error:
            self._fail(error, UNEXPECTED)
            raise
        else:
            self.outcome.set_result(answer)
            self._transcript.tell(messages.answered(answer, stopped=self._stopped.is_set()))
            self._illustrate(answer)

    def _answer(self) -> Answer:
        with self._lock:
            pending = self._pending = self._desk.ask(self.question, self.conversation)
            if self._stopped.is_set():
                pending.cancel()
        for step in pending.events():
            if step.stage == "text":
                self._transcript.tell({"type": "piece", "text": quoted(step.text)})
            else:
                self._transcript.tell({"type": "stage", "words": STAGES[step.stage]})
        return pending.result()

    def _fail(self, error: BaseException, sentence: str) -> None:
        self._transcript.tell({"type": "failed", "words": sentence})
        self.outcome.set_exception(error)

    def _illustrate(self, answer: Answer) -> None:
        """Send picture and sound of each citation until another question comes."""
        for number, citation in enumerate(messages.numbered(answer), 1):
            if self._superseded.is_set():
                return
            if citation.media is None:
                continue
            kind = "sound" if citation.kind is Kind.SPEECH else "picture"
            try:
                buffer = evidence(self._desk, citation)
            except StoreError as error:
                self._transcript.tell({"type": "gone", "number": number, "words": str(error)})
            else:
                self._transcript.tell({"type": kind, "number": number}, buffer)


def evidence(desk: DeskClient, citation: Citation) -> bytes:
    """The sound that is cited, or a thumbnail of the frame. Raises StoreError where it is gone."""
    assert citation.media is not None
    if citation.kind is Kind.SPEECH:
        return whole(desk, citation)
    return pictures.thumbnail(desk.media(citation.media), messages.boxes(citation))


def whole(desk: DeskClient, citation: Citation) -> bytes:
    """The frame or the sound as it is stored. Raises StoreError where it is gone."""
    assert citation.media is not None
    path = desk.media(citation.media)
    try:
        return files.read(path)
    except OSError as error:
        frame = pictures.archived(path) if citation.kind is Kind.FRAME else None
        if frame is None:
            raise StoreError(GONE) from error
        return frame
