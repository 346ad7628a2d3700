"""One sentence at the foot of the window that goes away by itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from mirrordesk.ui.controls import label
from mirrordesk.ui.style import XL, L, M

SHOWN_MS = 7000
WIDEST = 620
ABOVE_FOOT = 96  # px: does not cover the question field


class Notice(QFrame):
    """Floats over the part of `parent` that begins `left` pixels from its edge, above the foot."""

    def __init__(self, parent: QWidget, left: int) -> None:
        super().__init__(parent)
        self._window = parent
        self._left = left
        self.setProperty("role", "notice")
        self.text = label("", "", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(L, M, L, M)
        row.addWidget(self.text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence, in place of the former one."""
        self.text.setText(sentence)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(SHOWN_MS)

    def _place(self) -> None:
        parent = self._window
        metrics = self.text.fontMetrics()
        room = min(WIDEST, parent.width() - self._left - 2 * XL) - 2 * L
        width = min(metrics.horizontalAdvance(self.text.text()) + 8, room)
        self.text.setFixedWidth(width)
        self.text.setFixedHeight(self.text.heightForWidth(width))
        self.adjustSize()
        left = self._left + (parent.width() - self._left - self.width()) // 2
        self.move(left, parent.height() - self.height() - ABOVE_FOOT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
