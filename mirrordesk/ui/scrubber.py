"""The scrubber: the painted day with a playhead to drag and a wheel to zoom."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mirrordesk import clock, words
from mirrordesk.ui import evidence, lanes
from mirrordesk.ui.controls import tooltip
from mirrordesk.ui.daymodel import DayModel
from mirrordesk.ui.scale import TimeScale
from mirrordesk.ui.style import CAPTION, Theme, font

ZOOM_STEP = 1.4  # one notch of the wheel
RIGHT_MARGIN = 8
BUBBLE_WIDE = 66  # px: room for 14:32:07


class Scrubber(QWidget):
    """`scrubbed` carries the time under the playhead, in nanoseconds, when the person moves it."""

    scrubbed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._model: DayModel | None = None
        self._drawn: QPixmap | None = None
        self.scale = TimeScale(0, clock.HOUR, lanes.GUTTER, 100, 0, clock.HOUR)
        self.playhead_ns: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("The day, from left to right")
        theme.changed.connect(self._redraw)

    def show_day(self, model: DayModel, *, keep_view: bool) -> None:
        """Show a day from its first to its last moment, or in the view as it was."""
        self._model = model
        start, end = (self.scale.start_ns, self.scale.end_ns) if keep_view else model.span
        width = max(self.width() - lanes.GUTTER - RIGHT_MARGIN, 1)
        bounds = (model.day.start_ns, model.day.end_ns)
        whole = TimeScale(*bounds, lanes.GUTTER, width, *bounds)
        self.scale = whole.view(start, end)
        self.updateGeometry()
        self._redraw()

    def set_playhead(self, ns: int | None) -> None:
        """Move the playhead, bringing it into view."""
        self.playhead_ns = ns
        if ns is not None and self._model is not None:
            x, left = self.scale.x(ns), self.scale.left
            if not left <= x <= left + self.scale.width:
                half = (self.scale.end_ns - self.scale.start_ns) // 2
                self._set_scale(self.scale.view(ns - half, ns + half))
        self.update()

    def zoom(self, factor: float) -> None:
        """Enlarge around the playhead."""
        middle = self.scale.left + self.scale.width / 2
        x = self.scale.x(self.playhead_ns) if self.playhead_ns is not None else middle
        self._set_scale(self.scale.zoomed(factor, x))

    def fit(self) -> None:
        """Show everything there is."""
        if self._model is not None:
            self._set_scale(self.scale.view(*self._model.span))

    def tip_at(self, x: float, y: float) -> str:
        """What lies at a place, in words; empty for nothing."""
        if self._model is None or x < self.scale.left:
            return ""
        ns = self.scale.ns(x)
        row = int((y - lanes.AXIS) // lanes.ROW)
        tips = (self._block_tip, self._call_tip)
        found = next(filter(None, (tip(row, ns) for tip in tips)), "")
        return found or self._gap_tip(ns) or self._watch_tip(ns)

    def _block_tip(self, row: int, ns: int) -> str:
        assert self._model is not None
        if not 0 <= row < len(self._model.lanes):
            return ""
        lane = self._model.lanes[row]
        reach = round(2 * (self.scale.end_ns - self.scale.start_ns) / self.scale.width)
        for block in lane.blocks:
            if block.start_ns - reach <= ns <= block.end_ns + reach:
                episode = self._model.episodes[block.episode].title if block.episode >= 0 else ""
                times = words.span(block.start_ns, block.end_ns, self._model.day.zone)
                moments = words.count(block.moments, "moment")
                return "\n".join(filter(None, (lane.name, episode, f"{times} · {moments}")))
        return ""

    def _call_tip(self, row: int, ns: int) -> str:
        """The call over the row of speech: its title, when it was, who spoke for how long."""
        assert self._model is not None
        call = self._model.call_at(ns)
        if call is None or row != lanes.speech_row(self._model):
            return ""
        return evidence.call(call, self._model.day.zone)

    def _gap_tip(self, ns: int) -> str:
        assert self._model is not None
        gap = self._model.gap_at(ns)
        if gap is None:
            return ""
        times = words.span(gap.start_ns, gap.end_ns, self._model.day.zone)
        return f"{words.GAPS[gap.reason]}\n{times}"

    def _watch_tip(self, ns: int) -> str:
        assert self._model is not None
        if any(watch.start_ns <= ns < watch.end_ns for watch in self._model.watches):
            return "Watched; nothing on the screen changed"
        return ""

    def _set_scale(self, scale: TimeScale) -> None:
        self.scale = scale
        self._redraw()

    def _redraw(self) -> None:
        self._drawn = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, lanes.height(self._model))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._drawn is None:
            self._drawn = self._draw()
        painter.drawPixmap(0, 0, self._drawn)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent", 0.5), 1))
            left, width = self.scale.left, self.scale.width
            painter.drawRect(QRectF(left, lanes.AXIS, width, self.height() - lanes.AXIS - 1))
        if self._model is None:
            return
        ns, zone = self.playhead_ns, self._model.day.zone
        seen = ns is not None and self.scale.start_ns <= ns <= self.scale.end_ns
        self._paint_labels(painter, zone, self._bubble(ns) if ns is not None and seen else QRectF())
        if ns is not None and seen:
            self._paint_playhead(painter, ns, zone)

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        result = QPixmap(self.size() * ratio)
        result.setDevicePixelRatio(ratio)
        result.fill(Qt.GlobalColor.transparent)
        painter = QPainter(result)
        ground = QRectF(self.scale.left, lanes.AXIS, self.scale.width, self.height() - lanes.AXIS)
        painter.fillRect(ground, self._theme.colour("sunken"))
        if self._model is not None:
            lanes.LanePainter(self._theme, self._model, self.scale, self.height()).paint(painter)
        painter.end()
        return result

    def _bubble(self, ns: int) -> QRectF:
        """Where the playhead's time stands."""
        wide = BUBBLE_WIDE
        right_most = self.scale.left + self.scale.width - wide
        left = min(max(self.scale.x(ns) - wide / 2, self.scale.left), right_most)
        return QRectF(left, 1, wide, 20)

    def _paint_labels(self, painter: QPainter, zone: str, taken: QRectF) -> None:
        """The times of the axis, but none that is cut off or runs into the playhead's."""
        painter.setFont(font(CAPTION))
        painter.setPen(self._theme.colour("ink_soft"))
        edge = self.scale.left + self.scale.width
        for ns, text in self.scale.marks(zone):
            wide = QFontMetricsF(painter.font()).horizontalAdvance(text)
            place = QRectF(self.scale.x(ns) + 4, 1, wide, 20)
            if (
                place.left() >= self.scale.left
                and place.right() < edge
                and not (place.adjusted(-6, 0, 6, 0).intersects(taken))
            ):
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_playhead(self, painter: QPainter, ns: int, zone: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self.scale.x(ns)
        accent = self._theme.colour("accent")
        painter.setPen(QPen(accent, 2))
        painter.drawLine(QPointF(x, 20), QPointF(x, self.height()))
        painter.setFont(font(CAPTION, QFont.Weight.DemiBold))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawRoundedRect(self._bubble(ns), 6, 6)
        painter.setPen(self._theme.colour("on_accent"))
        text = words.time_of(ns, zone, seconds=True)
        painter.drawText(self._bubble(ns), Qt.AlignmentFlag.AlignCenter, text)

    def _scrub(self, event: QMouseEvent) -> None:
        if self._model is None:
            return
        self.playhead_ns = self.scale.ns(event.position().x())
        self.update()
        self.scrubbed.emit(self.playhead_ns)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrub(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways, upright = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(sideways) > abs(upright):
            self._set_scale(self.scale.moved(-(sideways or upright) / 2))
        else:
            self._set_scale(self.scale.zoomed(ZOOM_STEP ** (upright / 120), event.position().x()))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        old = self.scale
        width = max(self.width() - lanes.GUTTER - RIGHT_MARGIN, 1)
        self.scale = TimeScale(old.start_ns, old.end_ns, old.left, width, old.first_ns, old.last_ns)
        self._redraw()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.tip_at(event.x(), event.y())
            QToolTip.showText(event.globalPos(), tooltip(text), self)
            return True
        return super().event(event)
