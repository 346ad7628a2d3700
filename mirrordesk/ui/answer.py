"""One question and its answer on the page: the words while it is under way, then the evidence."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mirrordesk import words
from mirrordesk.control import Span
from mirrordesk.records import Answer, Citation, Progress
from mirrordesk.ui.answertext import AnswerText
from mirrordesk.ui.card import CitationCard
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import Glyph, IconButton, button, frame, label, tooltip
from mirrordesk.ui.style import XS, L, M, S

COLUMNS = 3
CARDS_AT_FIRST = 6
NO_MEMORY = "I have no memory of that."
FOUND_TEXT = "Found text"
FOUND_TEXT_TIP = "Quoted from your memory as it was recorded; no language model wrote this."


class Exchange(QWidget):
    """A question, what is being done about it, and its Answer. `opened` carries all citations of
    the answer and the index of the one to show, `again` the question to be asked once more."""

    opened = Signal(list, int)
    again = Signal(str)

    def __init__(self, context: Context, question: str) -> None:
        super().__init__()
        self._context = context
        self._streamed = ""
        self.question = question
        self.answer: Answer | None = None
        self.asked = label(question, "question", wrap=True, select=True)
        self.stage = label("", "soft")
        self.text = AnswerText(context.theme)
        self.text.hide()
        self.text.cited.connect(self._open_number)
        self._body = QVBoxLayout()
        self._body.setSpacing(M)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(M)
        layout.addWidget(self.asked)
        layout.addWidget(self.stage)
        layout.addWidget(self.text)
        layout.addLayout(self._body)
        self._dots = QTimer(self)
        self._dots.setInterval(400)
        self._dots.timeout.connect(self._tick)
        self._phase = 0
        self._words = words.STAGES["recall"]
        self._dots.start()
        self._tick()

    def step(self, progress: Progress) -> None:
        """Show a step of the answer under way."""
        self._words = words.STAGES.get(progress.stage, progress.stage)
        if progress.stage == "text":
            self._streamed += progress.text
            self.text.show()
            self.text.stream(self._streamed)
        self._tick()

    def stopping(self) -> None:
        """Say that it is being stopped."""
        self._words = "Stopping"
        self._tick()

    def finish(self, answer: Answer, *, stopped: bool = False) -> None:
        """Replace what was streamed by the answer itself."""
        self._end()
        self.answer = answer
        if answer.claims:
            self._show_answer(answer)
        elif stopped:
            self.text.hide()
            self._say("Stopped before anything was found.")
        else:
            self.text.hide()
            self._show_abstention(answer)

    def fail(self, sentence: str) -> None:
        """Show why there is no answer."""
        self._end()
        self.text.hide()
        row = QHBoxLayout()
        row.setSpacing(S)
        row.addWidget(
            Glyph(self._context.theme, "problem", 18, "bad"), 0, Qt.AlignmentFlag.AlignTop
        )
        row.addWidget(label(sentence, "bad", wrap=True, select=True), 1)
        self._body.addLayout(row)

    def touches(self, span: Span) -> bool:
        """Whether the answer quotes something from `span`."""
        cited = self.answer.citations if self.answer else ()
        return any(span.overlaps(item.start_ns, item.end_ns) for item in cited)

    def _end(self) -> None:
        self._dots.stop()
        self.stage.hide()

    def _tick(self) -> None:
        self._phase = (self._phase + 1) % 4
        self.stage.setText(self._words + "." * self._phase)

    def _say(self, sentence: str) -> None:
        self._body.addWidget(label(sentence, "soft", wrap=True, select=True))

    def _show_answer(self, answer: Answer) -> None:
        numbers = {item.id: index for index, item in enumerate(answer.citations, 1)}
        self.text.show()
        self.text.show_claims(answer.claims, numbers)
        self._body.addLayout(self._provenance(answer))
        if answer.note:
            self._say(answer.note)
        if answer.citations:
            self._body.addWidget(self._cards(answer.citations))

    def _show_abstention(self, answer: Answer) -> None:
        card = frame("well")
        row = QHBoxLayout(card)
        row.setContentsMargins(L, L, L, L)
        row.setSpacing(M)
        row.addWidget(Glyph(self._context.theme, "quiet", 22), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(XS)
        column.addWidget(label(NO_MEMORY, "heading", select=True))
        hint = answer.note if answer.note and answer.note != NO_MEMORY else ""
        hint = hint or "Other words, a name or a day may help."
        column.addWidget(label(hint, "soft", wrap=True, select=True))
        row.addLayout(column, 1)
        self._body.addWidget(card)

    def _provenance(self, answer: Answer) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(S)
        extractive = answer.engine == "extractive"
        tag = label(FOUND_TEXT if extractive else answer.engine, "tag")
        tag.setObjectName("engine")
        tip = FOUND_TEXT_TIP if extractive else "Written by this model from the evidence below."
        tag.setToolTip(tooltip(tip))
        row.addWidget(tag, 0, Qt.AlignmentFlag.AlignVCenter)
        seconds = answer.timings.get("total", sum(answer.timings.values()))
        sources = words.count(len(answer.citations), "source")
        took = f"{sources} · {seconds:.1f} s" if seconds else sources
        row.addWidget(label(took, "caption"))
        copy = IconButton(self._context.theme, "copy", "Copy the answer")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(_copied(answer)))
        row.addWidget(copy)
        again = IconButton(self._context.theme, "again", "Ask again")
        again.clicked.connect(lambda: self.again.emit(self.question))
        row.addWidget(again)
        row.addStretch(1)
        return row

    def _cards(self, citations: tuple[Citation, ...]) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(M)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        self._add_cards(grid, citations, 0, CARDS_AT_FIRST)
        rest = len(citations) - CARDS_AT_FIRST
        if rest > 0:
            more = button(f"Show {rest} more", "link")
            more.clicked.connect(more.hide)
            more.clicked.connect(
                lambda: self._add_cards(grid, citations, CARDS_AT_FIRST, len(citations))
            )
            last_row = len(citations) // COLUMNS + 1
            grid.addWidget(more, last_row, 0, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _add_cards(
        self, grid: QGridLayout, citations: tuple[Citation, ...], first: int, end: int
    ) -> None:
        for index, citation in list(enumerate(citations))[first:end]:
            card = CitationCard(self._context, citation, index + 1)
            card.opened.connect(lambda index=index: self.opened.emit(list(citations), index))
            grid.addWidget(card, index // COLUMNS, index % COLUMNS)

    def _open_number(self, number: int) -> None:
        if self.answer is not None:
            self.opened.emit(list(self.answer.citations), number - 1)


def _copied(answer: Answer) -> str:
    """The answer and its sources as plain text."""
    numbers = {item.id: index for index, item in enumerate(answer.citations, 1)}
    claims = []
    for claim in answer.claims:
        marks = "".join(f" [{numbers[source]}]" for source in claim.sources if source in numbers)
        claims.append(words.quoted(claim.text) + marks)
    sources = [
        f"[{index}] {_source(item)} ({words.when(item.start_ns, item.zone)})"
        for index, item in enumerate(answer.citations, 1)
    ]
    return "\n".join([*claims, "", *sources])


def _source(item: Citation) -> str:
    return words.quoted(f"{item.app or item.kind}: {item.title}")
