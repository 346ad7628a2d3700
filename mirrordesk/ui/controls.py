"""The small widgets every page is made of. Text in them is data and is never taken for markup."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from mirrordesk import words
from mirrordesk.ui import icons
from mirrordesk.ui.style import Theme


def tooltip(text: str) -> str:
    """`text` so that a tooltip shows it literally (Qt takes what looks like HTML for HTML)."""
    shown = html.escape(words.legible(text))
    return f"<p style='white-space:pre-wrap'>{shown}</p>" if text else ""


def set_role(widget: QWidget, role: str) -> None:
    """Tell the style sheet what the widget is, also after it was shown."""
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def label(text: str = "", role: str = "", *, wrap: bool = False, select: bool = False) -> QLabel:
    """A label of plain text."""
    result = QLabel()
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setText(words.legible(text))
    result.setProperty("role", role)
    result.setWordWrap(wrap)
    if select:
        flags = Qt.TextInteractionFlag
        result.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
    return result


class Elided(QLabel):
    """One line that ends in an ellipsis where there is no room; the tooltip has all of it."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        one_line = " ".join(words.legible(text).split())
        super().setText(one_line)
        self.setToolTip(tooltip(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(self.alignment()), shown)


def button(text: str, role: str = "", clicked: Callable[[], object] | None = None) -> QPushButton:
    """A push button whose text is shown as it is, ampersands too."""
    result = QPushButton(text.replace("&", "&&"))
    result.setProperty("role", role)
    result.setCursor(Qt.CursorShape.PointingHandCursor)
    if clicked is not None:
        result.clicked.connect(lambda: clicked())
    return result


class IconButton(QToolButton):
    """A tool button with one of our icons in a token's colour; follows the theme."""

    def __init__(self, theme: Theme, name: str, tip: str, *, colour: str = "ink_soft") -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._colour = colour
        self.setIconSize(QSize(18, 18))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.describe(tip)
        theme.changed.connect(self._tint)
        self._tint()

    def describe(self, tip: str) -> None:
        """The tooltip, which is also what a screen reader says."""
        self.setToolTip(tip)
        self.setAccessibleName(tip)

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._name = name
        self._tint()

    def _tint(self) -> None:
        self.setIcon(icons.icon(self._name, self._theme.colour(self._colour)))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange and self._colour == "on_accent":
            colour = self._colour if self.isEnabled() else "ink_soft"
            self.setIcon(icons.icon(self._name, self._theme.colour(colour)))
        super().changeEvent(event)


class Glyph(QWidget):
    """An icon that is not a button."""

    def __init__(self, theme: Theme, name: str, size: int = 20, colour: str = "ink_soft") -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._colour = colour
        self.setFixedSize(size, size)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colour = self._theme.colour(self._colour)
        drawn = icons.pixmap(self._name, colour, self.width(), self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, drawn)


def frame(role: str) -> QFrame:
    """A frame that the style sheet draws."""
    result = QFrame()
    result.setProperty("role", role)
    return result


def text_area() -> QPlainTextEdit:
    """A read-only, selectable text of any length, shown literally."""
    result = QPlainTextEdit()
    result.setReadOnly(True)
    result.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    result.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    result.setFrameShape(QFrame.Shape.NoFrame)
    result.document().setDocumentMargin(0)
    return result
