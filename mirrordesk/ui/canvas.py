"""A frame that can be zoomed and dragged, with the cited lines outlined and the rest dimmed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from mirrordesk.records import Box
from mirrordesk.ui.pictures import Picture
from mirrordesk.ui.style import BODY, XL, Theme, font

STEP = 1.25  # one press of + or one notch of the wheel
LARGEST = 8.0  # view pixels for a frame pixel
MARGIN = 4  # view pixels between a cited line and its outline
DIM = 0.26  # how dark the rest gets, 0 to 1


class FrameCanvas(QWidget):
    """Shows one picture. `scale` is view pixels for a frame pixel; it starts fitted."""

    zoomed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._picture: Picture | None = None
        self._message = ""
        self._boxes: tuple[Box, ...] = ()
        self._fitted = True
        self._centre = QPointF()  # the frame's point in the middle of the view
        self._drag: QPointF | None = None
        self.scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        theme.changed.connect(self.update)

    def show_picture(self, picture: Picture | None, boxes: tuple[Box, ...], message: str) -> None:
        """Show a picture with `boxes` outlined, or `message` where there is none (yet)."""
        self._picture, self._boxes, self._message = picture, boxes, message
        self.fit()

    def fit(self) -> None:
        """Show the whole frame, never enlarged."""
        self._fitted = True
        if self._picture is not None:
            part = self._picture.part
            room = QSizeF(max(self.width() - XL * 2, 1), max(self.height() - XL * 2, 1))
            self.scale = min(room.width() / part.w, room.height() / part.h, 1.0)
            self._centre = QPointF(part.w / 2, part.h / 2)
        self._changed()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge by `factor`, keeping the frame's point under `at` (view pixels) in place."""
        if self._picture is None:
            return
        anchor = at or QPointF(self.width() / 2, self.height() / 2)
        before = self._to_frame(anchor)
        self.scale = min(max(self.scale * factor, 0.05), LARGEST)
        self._fitted = False
        self._centre += before - self._to_frame(anchor)
        self._changed()

    def actual_size(self) -> None:
        """One view pixel for a frame pixel, around what is cited."""
        if self._boxes:
            box = self._boxes[0]
            self._centre = QPointF(*box.middle)
        self.zoom(1.0 / self.scale)

    def to_view(self, box: Box) -> QRectF:
        """Where a box of the frame is in this widget."""
        origin = self._origin()
        return QRectF(
            origin.x() + box.x * self.scale,
            origin.y() + box.y * self.scale,
            box.w * self.scale,
            box.h * self.scale,
        )

    def _origin(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2) - self._centre * self.scale

    def _to_frame(self, point: QPointF) -> QPointF:
        return (point - self._origin()) / self.scale

    def _changed(self) -> None:
        self.update()
        self.zoomed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.fillRect(self.rect(), self._theme.colour("sunken"))
        if self._picture is None:
            painter.setPen(self._theme.colour("ink_soft"))
            painter.setFont(font(BODY))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._message)
            return
        part = self._picture.part
        place = self.to_view(Box(0, 0, part.w, part.h))
        painter.drawImage(place, self._picture.image)
        painter.setPen(QPen(self._theme.colour("line"), 1))
        painter.drawRect(place)
        self._outline(painter, place)

    def _outline(self, painter: QPainter, place: QRectF) -> None:
        if not self._boxes:
            return
        lit = QPainterPath()
        for box in self._boxes:
            around = self.to_view(box).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
            one = QPainterPath()
            one.addRoundedRect(around, MARGIN, MARGIN)
            lit = lit.united(one)
        rest = QPainterPath()
        rest.addRect(place)
        dim = QColor("#000000")
        dim.setAlphaF(DIM)
        painter.fillPath(rest.subtracted(lit), dim)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # A light line inside a coloured one is seen on any picture, dark or light.
        painter.setPen(QPen(QColor("#ffffff"), 4))
        painter.drawPath(lit)
        painter.setPen(QPen(self._theme.colour("outline"), 2.5))
        painter.drawPath(lit)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        self.zoom(STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag = event.position()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._centre -= (event.position() - self._drag) / self.scale
            self._drag = event.position()
            self._fitted = False
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drag = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._fitted:
            self.zoom(1.0 / self.scale, event.position())
        else:
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()
