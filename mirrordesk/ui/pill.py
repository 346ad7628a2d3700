"""The state of recording at the foot of the navigation, with the button that pauses or resumes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mirrordesk import words
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import IconButton, label, tooltip
from mirrordesk.ui.recording import Light, Recording
from mirrordesk.ui.shapes import triangle
from mirrordesk.ui.style import XS, M, S, Theme

COLOURS = {
    Light.RECORDING: "good",
    Light.RESTING: "ink_soft",
    Light.PAUSED: "warn",
    Light.TROUBLE: "bad",
    Light.UNKNOWN: "ink_soft",
}


class Lamp(QWidget):
    """The state as a shape and a colour: disc, ring, two bars, triangle."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._light = Light.UNKNOWN
        self.setFixedSize(14, 14)
        theme.changed.connect(self.update)

    def show_light(self, light: Light) -> None:
        """Show a state."""
        self._light = light
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colour(COLOURS[self._light])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if self._light is Light.RECORDING:
            painter.drawEllipse(QRectF(2, 2, 10, 10))
        elif self._light is Light.PAUSED:
            painter.drawRoundedRect(QRectF(2.5, 2, 3.2, 10), 1, 1)
            painter.drawRoundedRect(QRectF(8.3, 2, 3.2, 10), 1, 1)
        elif self._light is Light.TROUBLE:
            painter.drawPolygon(triangle(QRectF(1, 1.5, 12, 11)))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2))
            painter.drawEllipse(QRectF(3, 3, 8, 8))


class Pill(QFrame):
    """Follows a Recording."""

    def __init__(self, context: Context, recording: Recording) -> None:
        super().__init__()
        self._recording = recording
        self.setProperty("role", "card")
        self.lamp = Lamp(context.theme)
        self.headline, self.detail = label("", "heading"), label("", "caption", wrap=True)
        self.toggle = IconButton(context.theme, "pause", "Pause recording", colour="ink")
        self.toggle.clicked.connect(recording.toggle)
        first = QHBoxLayout()
        first.setSpacing(S)
        first.addWidget(self.lamp)
        first.addWidget(self.headline, 1)
        first.addWidget(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(M, S, S, S)
        column.setSpacing(XS)
        column.addLayout(first)
        column.addWidget(self.detail)
        recording.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        state = self._recording.state
        paused = state.light is Light.PAUSED
        self.lamp.show_light(state.light)
        self.headline.setText(state.headline)
        self.detail.setText(words.sentence(state.detail))
        self.detail.setVisible(bool(state.detail))
        self.toggle.set_icon("resume" if paused else "pause")
        self.toggle.describe("Resume recording" if paused else "Pause recording")
        self.setToolTip(tooltip(state.sentence))
