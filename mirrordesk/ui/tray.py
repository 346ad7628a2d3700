"""The tray icon: the state of recording at a glance, and what one wants to reach quickly."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from mirrordesk.ui.forgetting import MINUTES, Forgetting
from mirrordesk.ui.recording import Light, Recording
from mirrordesk.ui.shapes import triangle

SIZES = (16, 22, 24, 32, 48, 64)
_INK = QColor("#ffffff")
_RIM = QColor(255, 255, 255, 230)  # keeps the shape apart from a dark panel
_FILLS = {
    Light.RECORDING: QColor("#1b7a4b"),
    Light.RESTING: QColor("#5b5f68"),
    Light.PAUSED: QColor("#a86500"),
    Light.TROUBLE: QColor("#b3362b"),
    Light.UNKNOWN: QColor("#5b5f68"),
}


def tray_icon(light: Light) -> QIcon:
    """The icon of a state. Each has its own outline too: disc, ring, square with bars, triangle."""
    result = QIcon()
    for size in SIZES:
        result.addPixmap(_draw(light, size))
    return result


def _draw(light: Light, size: int) -> QPixmap:
    result = QPixmap(size, size)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 32, size / 32)  # everything below is on a grid of 32
    painter.setPen(QPen(_RIM, 2))
    painter.setBrush(_FILLS[light])
    if light is Light.TROUBLE:
        _draw_trouble(painter)
    elif light is Light.PAUSED:
        _draw_paused(painter)
    else:
        _draw_disc(painter, hollow=light is not Light.RECORDING)
    painter.end()
    return result


def _draw_trouble(painter: QPainter) -> None:
    painter.drawPolygon(triangle(QRectF(1.5, 2.5, 29, 26.5)))
    painter.setPen(QPen(_INK, 3.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(16, 12, 16, 19)
    painter.drawPoint(16, 24)


def _draw_paused(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 2, 28, 28), 7, 7)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_INK)
    painter.drawRoundedRect(QRectF(9.5, 9, 4.5, 14), 1, 1)
    painter.drawRoundedRect(QRectF(18, 9, 4.5, 14), 1, 1)


def _draw_disc(painter: QPainter, *, hollow: bool) -> None:
    painter.drawEllipse(QRectF(2, 2, 28, 28))
    painter.setPen(QPen(_INK, 3.4) if hollow else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if hollow else _INK)
    painter.drawEllipse(QRectF(10, 10, 12, 12))


class Tray(QObject):
    """`open_requested` and `quit_requested` are for the application; the rest is done here."""

    open_requested = Signal()
    quit_requested = Signal()

    def __init__(
        self, recording: Recording, forgetting: Forgetting, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._recording = recording
        self.menu = QMenu()
        self.state_line = self._add("", None)
        self.state_line.setEnabled(False)
        self.menu.addSeparator()
        self.toggle = self._add("Pause", recording.toggle)
        self.forget = self._add(f"Forget the last {MINUTES} minutes…", forgetting.ask)
        self.menu.addSeparator()
        self.open = self._add("Open MirrorDesk", self.open_requested.emit)
        self.quit = self._add("Quit", self.quit_requested.emit)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        forgetting.told.connect(self.tell)
        recording.changed.connect(self._refresh)
        self._refresh()

    @staticmethod
    def available() -> bool:
        """Whether the desktop has a place for tray icons."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Put the icon into the panel."""
        self.icon.show()

    def hide(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    def tell(self, sentence: str) -> None:
        """Show a sentence beside the icon."""
        if self.icon.isVisible():
            self.icon.showMessage("MirrorDesk", sentence, self.icon.icon())

    def _add(self, text: str, action: object) -> QAction:
        entry = self.menu.addAction(text)
        if callable(action):
            entry.triggered.connect(lambda _checked=False: action())
        return entry

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.open_requested.emit()

    def _refresh(self) -> None:
        state = self._recording.state
        self.icon.setIcon(tray_icon(state.light))
        self.icon.setToolTip(f"MirrorDesk: {state.sentence}")
        self.state_line.setText(state.sentence.replace("&", "&&"))
        self.toggle.setText("Resume" if state.light is Light.PAUSED else "Pause")
