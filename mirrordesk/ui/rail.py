"""The navigation on the left."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from mirrordesk.ui import icons
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import Glyph, button, label
from mirrordesk.ui.pill import Pill
from mirrordesk.ui.recording import Recording
from mirrordesk.ui.style import XL, XS, L, M, S

WIDTH = 220
PAGES = (("ask", "Ask"), ("timeline", "Timeline"), ("status", "Status"))


class Rail(QFrame):
    """`chosen` carries the number of a page."""

    chosen = Signal(int)

    def __init__(self, context: Context, recording: Recording) -> None:
        super().__init__()
        self._theme = context.theme
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(M, XL, M, M)
        column.setSpacing(XS)
        column.addLayout(self._brand())
        column.addSpacing(L)
        self._group = QButtonGroup(self)
        self.buttons: list[QPushButton] = []
        for number, (_, name) in enumerate(PAGES):
            entry = button(name, "nav")
            entry.setCheckable(True)
            entry.setIconSize(QSize(24, 18))  # wider than high: room between icon and name
            entry.setToolTip(f"{name} (Ctrl+{number + 1})")
            self._group.addButton(entry, number)
            self.buttons.append(entry)
            column.addWidget(entry)
        self._group.idClicked.connect(self.chosen)
        column.addStretch(1)
        self.pill = Pill(context, recording)
        column.addWidget(self.pill)
        self._theme.changed.connect(self._tint)
        self.show_page(0)

    def show_page(self, number: int) -> None:
        """Mark the page that is shown."""
        self.buttons[number].setChecked(True)
        self._tint()

    def _tint(self) -> None:
        for (name, _), entry in zip(PAGES, self.buttons, strict=True):
            colour = "accent" if entry.isChecked() else "ink_soft"
            entry.setIcon(icons.icon(name, self._theme.colour(colour)))

    def _brand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(S, 0, 0, 0)
        row.setSpacing(S)
        row.addWidget(Glyph(self._theme, "mirror", 24, "accent"))
        row.addWidget(label("MirrorDesk", "brand"))
        row.addStretch(1)
        return row
