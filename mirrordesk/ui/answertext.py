"""The text of an answer: plain, selectable, with a small numbered chip for each citation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPyTextObject,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from mirrordesk import words
from mirrordesk.records import Claim
from mirrordesk.ui.style import CAPTION, LEAD, Theme, font

_CHIP = QTextFormat.ObjectTypes.UserObject + 1
_NUMBER = QTextFormat.Property.UserProperty + 1
_OBJECT = "\ufffc"  # what Qt puts in a text where an object stands
_LINE_HEIGHT = 145  # per cent


class _ChipDrawer(QPyTextObject):
    """Draws the chips; Qt asks it for their size and to paint them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = font(CAPTION, QFont.Weight.DemiBold)

    def intrinsicSize(
        self, _document: QTextDocument, _position: int, text_format: QTextFormat
    ) -> QSizeF:
        metrics = QFontMetricsF(self._font)
        width = metrics.horizontalAdvance(str(text_format.property(_NUMBER))) + 10
        return QSizeF(max(width, 18) + 3, 15)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        _document: QTextDocument,
        _position: int,
        text_format: QTextFormat,
    ) -> None:
        chip = QRectF(rect).adjusted(3, -1, 0, 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent_wash"))
        painter.drawRoundedRect(chip, 6, 6)
        painter.setPen(self._theme.colour("accent"))
        painter.setFont(self._font)
        number = str(text_format.property(_NUMBER))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, number)
        painter.restore()


class AnswerText(QTextEdit):
    """Grows with its text and never scrolls by itself. `cited` carries a chip's number."""

    cited = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        # Not by keyboard: that would show a cursor in a text that cannot be written.
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName("Answer")
        self.document().setDocumentMargin(0)
        self.document().documentLayout().registerHandler(_CHIP, _ChipDrawer(theme, self))
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        theme.changed.connect(self.viewport().update)
        self.viewport().setMouseTracking(True)

    def stream(self, text: str) -> None:
        """Show provisional text."""
        self.clear()
        self._cursor_for_block(first=True).insertText(words.quoted(text), self._format())

    def show_claims(self, claims: Sequence[Claim], numbers: dict[str, int]) -> None:
        """Show each claim as a paragraph, with a chip for each source that has a number."""
        self.clear()
        for index, claim in enumerate(claims):
            cursor = self._cursor_for_block(first=index == 0)
            cursor.insertText(words.quoted(claim.text), self._format())
            for source in claim.sources:
                if source in numbers:
                    cursor.insertText(_OBJECT, self._chip(numbers[source]))
        self._fit()

    def chip_place(self, number: int) -> QRectF:
        """Where the first chip of that number is, in this widget. Raises LookupError."""
        cursor = QTextCursor(self.document())
        while cursor.movePosition(QTextCursor.MoveOperation.NextCharacter):
            if cursor.charFormat().property(_NUMBER) == number:
                right = QRectF(self.cursorRect(cursor))
                size = QSizeF(16, right.height())
                return QRectF(right.left() - size.width(), right.top(), 14, size.height())
        raise LookupError(f"no chip {number}")

    def _format(self) -> QTextCharFormat:
        result = QTextCharFormat()
        result.setFont(font(LEAD))
        return result

    def _chip(self, number: int) -> QTextCharFormat:
        result = QTextCharFormat()
        result.setObjectType(_CHIP)
        result.setProperty(_NUMBER, number)
        result.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
        result.setFont(font(LEAD))
        return result

    def _cursor_for_block(self, *, first: bool) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        layout = QTextBlockFormat()
        layout.setLineHeight(
            _LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
        )
        layout.setTopMargin(0 if first else 10)
        if first:
            cursor.setBlockFormat(layout)
        else:
            cursor.insertBlock(layout)
        return cursor

    def _fit(self) -> None:
        self.setFixedHeight(max(24, round(self.document().size().height()) + 2))

    def _number_at(self, event: QMouseEvent) -> int | None:
        layout = self.document().documentLayout()
        position = layout.hitTest(event.position(), Qt.HitTestAccuracy.ExactHit)
        if position < 0 or self.document().characterAt(position) != _OBJECT:
            return None
        cursor = QTextCursor(self.document())
        cursor.setPosition(position + 1)
        number = cursor.charFormat().property(_NUMBER)
        return number if isinstance(number, int) else None

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(self._selected_text())
        return data

    def _selected_text(self) -> str:
        """The selection, with each chip written as `[3]`."""
        selection = self.textCursor()
        start, end = selection.selectionStart(), selection.selectionEnd()
        cursor = QTextCursor(self.document())
        parts = []
        for position in range(start, end):
            character = self.document().characterAt(position)
            cursor.setPosition(position + 1)
            number = cursor.charFormat().property(_NUMBER)
            parts.append(f"[{number}]" if character == _OBJECT and number else character)
        return "".join(parts).replace("\u2029", "\n")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self._number_at(event) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        number = self._number_at(event)
        if number is not None and not self.textCursor().hasSelection():
            self.cited.emit(number)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls, not the paragraph

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
