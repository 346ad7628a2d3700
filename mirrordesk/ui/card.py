"""A citation as a card: what was seen or heard, where and when."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mirrordesk.records import Citation, Kind
from mirrordesk.ui import evidence, playing
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import Elided, Glyph, button, label, set_role
from mirrordesk.ui.framepart import HEIGHT, FramePart
from mirrordesk.ui.style import CAPTION, XS, M, S, Theme, font

QUOTE_LETTERS = 150  # what fits beside the sound glyph in four lines


class Number(QWidget):
    """A citation's number, drawn like the chip in the text."""

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._number = str(number)
        self.setFixedSize(20 if number < 10 else 26, 18)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent_wash"))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(self._theme.colour("accent"))
        painter.setFont(font(CAPTION, QFont.Weight.DemiBold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._number)


class CitationCard(QFrame):
    """Clickable, and reachable by Tab; `opened` asks for the evidence in full."""

    opened = Signal()

    def __init__(self, context: Context, citation: Citation, number: int) -> None:
        super().__init__()
        self._context = context
        self.citation = citation
        self.setProperty("role", "cite")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, M)
        layout.setSpacing(S)
        layout.addWidget(self._evidence())
        layout.addLayout(self._caption(number))
        name = f"{evidence.source_name(citation)}, {evidence.time_line(citation)}"
        self.setAccessibleName(f"Citation {number}: {name}")

    def media_file(self) -> Path | None:
        """The frame or the recording, if one was kept."""
        media = self.citation.media
        return self._context.desk.media(media) if media else None

    def _evidence(self) -> QWidget:
        media = self.media_file()
        if media is not None and self.citation.kind is Kind.FRAME:
            area = evidence.cited_area(self.citation)
            return FramePart(self._context, media, area, evidence.cited_boxes(self.citation))
        return self._quote()

    def _quote(self) -> QWidget:
        holder = QWidget()
        holder.setFixedHeight(HEIGHT)
        row = QHBoxLayout(holder)
        row.setContentsMargins(M, M, M, 0)
        row.setSpacing(S)
        if self.citation.kind is Kind.SPEECH:
            row.addWidget(Glyph(self._context.theme, "sound"), 0, Qt.AlignmentFlag.AlignTop)
        quote: QLabel = label(_shortened(self.citation.text), wrap=True)
        quote.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        row.addWidget(quote, 1)
        return holder

    def _caption(self, number: int) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(M, 0, M, 0)
        column.setSpacing(XS // 2)
        first = QHBoxLayout()
        first.setSpacing(S)
        first.addWidget(Number(self._context.theme, number))
        first.addWidget(Elided(evidence.source_name(self.citation), "heading"), 1)
        column.addLayout(first)
        if self.citation.title:
            column.addWidget(Elided(self.citation.title, "soft"))
        last = QHBoxLayout()
        last.addWidget(Elided(evidence.time_line(self.citation), "caption"), 1)
        column.addLayout(last)
        if self.citation.kind is Kind.SPEECH and self.media_file() is not None:
            listen = button("Open recording", "link", self._open_recording)
            column.addWidget(listen, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return column

    def _open_recording(self) -> None:
        media = self.media_file()
        if media is not None:
            playing.play(media)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._show_focus(True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._show_focus(False)
        super().focusOutEvent(event)

    def _show_focus(self, focused: bool) -> None:
        self.setProperty("focused", focused)
        set_role(self, "cite")


def _shortened(text: str) -> str:
    one_line = " ".join(text.split())
    cut = one_line if len(one_line) <= QUOTE_LETTERS else one_line[: QUOTE_LETTERS - 1] + "…"
    return f"“{cut}”"
