"""Paints a day: an axis, a lane for each app, what was said, what was not recorded."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from mirrordesk.ui.daymodel import DayModel, Lane
from mirrordesk.ui.scale import TimeScale
from mirrordesk.ui.style import CAPTION, Theme, font

GUTTER = 128  # px on the left, for the names of the lanes
AXIS = 26  # px above the lanes
ROW = 24  # px a lane
BAR = 16  # px a block
SPEECH_NAME = "Speech"


def height(model: DayModel | None) -> int:
    """The pixels a day needs: its lanes and the row of speech."""
    lanes = len(model.lanes) if model else 0
    return AXIS + ROW * (max(lanes, 3) + 1) + 6


def speech_row(model: DayModel) -> int:
    """The row below the lanes, where speech is."""
    return max(len(model.lanes), 3)


class LanePainter:
    """Draws one model at one scale. Blocks that share a pixel are drawn once."""

    def __init__(self, theme: Theme, model: DayModel, scale: TimeScale, tall: int) -> None:
        self._theme = theme
        self._model = model
        self._scale = scale
        self._tall = tall

    def paint(self, painter: QPainter) -> None:
        """Everything but the playhead."""
        painter.setFont(font(CAPTION))
        painter.save()
        painter.setClipRect(QRectF(self._scale.left, 0, self._scale.width, self._tall))
        self._watched(painter)
        self._gaps(painter)
        self._axis(painter)
        for row, lane in enumerate(self._model.lanes):
            self._blocks(painter, lane, self.row_top(row))
        self._speech(painter, self.row_top(speech_row(self._model)))
        painter.restore()
        self._names(painter)

    @staticmethod
    def row_top(row: int) -> float:
        """The top of a lane."""
        return AXIS + row * ROW + (ROW - BAR) / 2

    def _columns(self, spans: list[tuple[int, int]]) -> Iterator[tuple[float, float]]:
        """The spans in view as pixel spans, those that fall on the same pixel only once."""
        scale = self._scale
        done = -1.0
        for start, end in spans:
            if end < scale.start_ns or start > scale.end_ns:
                continue
            left, right = scale.x(start), scale.x(end)
            if right <= done:
                continue
            left = max(left, done, scale.left - 10)
            right = max(min(right, scale.left + scale.width + 10), left + 1)
            done = right
            yield left, right

    def _watched(self, painter: QPainter) -> None:
        shade = self._theme.colour("card")
        for left, right in self._columns([(w.start_ns, w.end_ns) for w in self._model.watches]):
            painter.fillRect(QRectF(left, AXIS, right - left, self._tall - AXIS), shade)

    def _gaps(self, painter: QPainter) -> None:
        hatch = QBrush(self._theme.colour("ink_soft", 0.28), Qt.BrushStyle.BDiagPattern)
        for left, right in self._columns([(g.start_ns, g.end_ns) for g in self._model.gaps]):
            painter.fillRect(QRectF(left, AXIS, right - left, self._tall - AXIS), hatch)

    def _axis(self, painter: QPainter) -> None:
        painter.setPen(QPen(self._theme.colour("line"), 1))
        for ns, _ in self._scale.marks(self._model.day.zone):
            x = self._scale.x(ns)
            painter.drawLine(QPointF(x, AXIS), QPointF(x, self._tall))

    def _blocks(self, painter: QPainter, lane: Lane, top: float) -> None:
        scale, done = self._scale, -1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for block in lane.blocks:
            if block.end_ns < scale.start_ns or block.start_ns > scale.end_ns:
                continue
            left, right = scale.x(block.start_ns), scale.x(block.end_ns)
            if right <= done:
                continue
            left = max(left, done)
            done = max(right, left + 2)
            painter.setBrush(self.episode_colour(block.episode))
            radius = min(3.0, (done - left) / 2)
            painter.drawRoundedRect(QRectF(left, top, done - left, BAR), radius, radius)

    def episode_colour(self, episode: int) -> QColor:
        """The colour of an episode; blocks of none are grey."""
        if episode < 0:
            return self._theme.colour("ink_soft", 0.55)
        colours = self._theme.tokens.episodes
        return QColor(colours[episode % len(colours)])

    def _speech(self, painter: QPainter, top: float) -> None:
        """What the person said in the upper half, what the computer played in the lower; the calls
        lie beneath in the colours of their episodes."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for place, call in self._model.calls:
            shade = self.episode_colour(place)
            shade.setAlphaF(0.35)
            for left, right in self._columns([(call.start_ns, call.end_ns)]):
                painter.fillRect(QRectF(left, top, right - left, BAR), shade)
        half = BAR / 2
        for spans, colour, begins in (
            (self._model.said, self._theme.colour("accent"), top + 1),
            (self._model.played, self._theme.colour("ink", 0.75), top + half + 1),
        ):
            for left, right in self._columns(spans):
                painter.fillRect(QRectF(left, begins, max(right - left, 2), half - 2), colour)

    def _names(self, painter: QPainter) -> None:
        painter.setFont(font(CAPTION, QFont.Weight.Medium))
        painter.setPen(self._theme.colour("ink_soft"))
        metrics = QFontMetricsF(painter.font())
        names = [(row, lane.name) for row, lane in enumerate(self._model.lanes)]
        for row, name in [*names, (speech_row(self._model), SPEECH_NAME)]:
            place = QRectF(0, self.row_top(row), GUTTER - 14, BAR)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(
                place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown
            )
