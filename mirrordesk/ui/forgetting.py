"""Forgetting the last ten minutes: asked for, confirmed, done, and told."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from mirrordesk import clock, words
from mirrordesk.client import DeskClient
from mirrordesk.control import Span
from mirrordesk.records import Forgotten
from mirrordesk.ui.background import Background

MINUTES = 10


class Forgetting(QObject):
    """`done` carries the Span that is gone; `told` one sentence about what was removed or why
    nothing was."""

    done = Signal(object)
    told = Signal(str)

    def __init__(self, desk: DeskClient, background: Background, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._background = background
        self._window = window
        self.question: QMessageBox | None = None

    def ask(self) -> None:
        """Ask whether to forget. The ten minutes count from now; what comes while the question
        stands is forgotten too."""
        if self.question is not None:
            self.question.raise_()
            return
        start_ns = clock.now_ns() - MINUTES * clock.MINUTE
        self.question = self._make_question()
        self.question.finished.connect(lambda _result: self._answered(start_ns))
        self.question.open()

    def _make_question(self) -> QMessageBox:
        parent = self._window if self._window.isVisible() else None
        box = QMessageBox(parent)
        box.setWindowTitle("MirrorDesk")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"Forget the last {MINUTES} minutes?")
        box.setInformativeText(
            "Everything seen and heard in that time is removed from this computer for good. "
            "This cannot be undone."
        )
        forget = box.addButton("Forget", QMessageBox.ButtonRole.AcceptRole)
        keep = box.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
        forget.setObjectName("forget")
        keep.setObjectName("keep")
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        return box

    def _answered(self, start_ns: int) -> None:
        box, self.question = self.question, None
        if box is None:
            return
        clicked = box.clickedButton()
        if clicked is not None and clicked.objectName() == "forget":
            self._forget(Span(start_ns, clock.now_ns()))
        box.deleteLater()

    def _forget(self, span: Span) -> None:
        def gone(what: Forgotten) -> None:
            self.done.emit(span)
            self.told.emit(words.forgotten(what))

        self._background.run(
            lambda: self._desk.forget(span.start_ns, span.end_ns), gone, self.told.emit
        )
