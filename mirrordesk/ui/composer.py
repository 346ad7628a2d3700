"""The field where a question is written, with the button that asks or stops."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit

from mirrordesk.ui.controls import IconButton, set_role
from mirrordesk.ui.style import L, S, Theme

LONGEST_QUESTION = 2000


class Composer(QFrame):
    """Enter or the button sends `asked`; while an answer comes the button sends `stopped`.

    `began` asks for a new conversation, where there is one.
    """

    asked = Signal(str)
    stopped = Signal()
    began = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._busy = False
        self.setProperty("role", "composer")
        self.field = QLineEdit()
        self.field.setPlaceholderText("Ask what you saw, heard or did")
        self.field.setAccessibleName("Question")
        self.field.setMaxLength(LONGEST_QUESTION)
        self.field.returnPressed.connect(self._enter)
        self.field.textChanged.connect(self._refresh)
        self.field.installEventFilter(self)
        self.go = IconButton(theme, "send", "Ask (Enter)", colour="on_accent")
        self.go.setProperty("role", "send")
        self.go.setIconSize(QSize(20, 20))
        self.go.clicked.connect(self._press)
        self.fresh = IconButton(theme, "plus", "New conversation")
        self.fresh.clicked.connect(self.began)
        self.fresh.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(L, S, S, S)
        row.setSpacing(S)
        row.addWidget(self.fresh)
        row.addWidget(self.field, 1)
        row.addWidget(self.go)
        self._refresh()

    def set_talking(self, talking: bool) -> None:
        """Whether there is a conversation that could be followed by a new one."""
        self.fresh.setVisible(talking)

    def set_busy(self, busy: bool) -> None:
        """Whether an answer is under way."""
        self._busy = busy
        self.fresh.setEnabled(not busy)
        self.go.set_icon("stop" if busy else "send")
        self.go.describe("Stop (Esc)" if busy else "Ask (Enter)")
        self._refresh()

    def _press(self) -> None:
        if self._busy:
            self.stopped.emit()
        else:
            self._enter()

    def _enter(self) -> None:
        question = self.field.text().strip()
        if question and not self._busy:
            self.field.clear()
            self.asked.emit(question)

    def _refresh(self) -> None:
        self.go.setEnabled(self._busy or bool(self.field.text().strip()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.setProperty("focused", event.type() == QEvent.Type.FocusIn)
            set_role(self, "composer")
        return super().eventFilter(watched, event)
