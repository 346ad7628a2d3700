"""A picture of the part of a frame around the lines that are cited."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mirrordesk.records import Box
from mirrordesk.ui.context import Context
from mirrordesk.ui.pictures import Picture, Wanted
from mirrordesk.ui.style import CAPTION, RADIUS, font

HEIGHT = 108


class FramePart(QWidget):
    """Asks for the cut that fits its own shape, and marks the cited lines on it."""

    def __init__(self, context: Context, path: Path, focus: Box | None, boxes: tuple[Box, ...]):
        super().__init__()
        self._pictures = context.pictures
        self._theme = context.theme
        self._path = path
        self._focus = focus or Box(0, 0, 1, 1)
        self._boxes = boxes
        self.setFixedHeight(HEIGHT)
        self._pictures.ready.connect(self._arrived)
        self._theme.changed.connect(self.update)

    def _wanted(self) -> Wanted:
        ratio = self.devicePixelRatioF()
        size = (max(1, round(self.width() * ratio)), round(self.height() * ratio))
        return Wanted(self._path, size, self._focus)

    def _arrived(self, wanted: object) -> None:
        if wanted == self._wanted():
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.setClipPath(_rounded_top(QRectF(self.rect())))
        painter.fillRect(self.rect(), self._theme.colour("sunken"))
        wanted = self._wanted()
        picture = self._pictures.get(wanted)
        if picture is not None:
            painter.drawImage(QRectF(self.rect()), picture.image)
            self._mark(painter, picture)
        elif self._pictures.unreadable(wanted):
            painter.setPen(self._theme.colour("ink_soft"))
            painter.setFont(font(CAPTION))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Picture not available")
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line"))

    def _mark(self, painter: QPainter, picture: Picture) -> None:
        scale = self.width() / picture.part.w
        painter.setPen(QPen(self._theme.colour("outline"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in self._boxes:
            seen = box.intersection(picture.part)
            if seen is not None:
                x, y = seen.x - picture.part.x, seen.y - picture.part.y
                place = QRectF(x * scale, y * scale, seen.w * scale, seen.h * scale)
                painter.drawRoundedRect(place.adjusted(-3, -2, 3, 2), 3, 3)


def _rounded_top(place: QRectF) -> QPainterPath:
    path = QPainterPath()
    radius = RADIUS - 1.0
    path.addRoundedRect(place.adjusted(0, 0, 0, radius), radius, radius)
    return path
