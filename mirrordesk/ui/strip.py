"""A strip of thumbnails: the frames before and after the one at the playhead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mirrordesk import words
from mirrordesk.records import Moment
from mirrordesk.ui.context import Context
from mirrordesk.ui.pictures import Wanted
from mirrordesk.ui.style import CAPTION, S, font

WIDE, HIGH = 112, 70  # px of a thumbnail, at least
CAPTION_ROOM = 18


class Strip(QWidget):
    """Draws only what is in sight, however long the day. `picked` carries a frame's index."""

    picked = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._frames: Sequence[Moment] = ()
        self._current = 0
        self.setFixedHeight(HIGH + CAPTION_ROOM)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        context.pictures.ready.connect(lambda _wanted: self.update())
        context.theme.changed.connect(self.update)

    def show_frames(self, frames: Sequence[Moment], current: int) -> None:
        """Show the neighbours of `current`."""
        self._frames, self._current = frames, current
        self.update()

    def visible(self) -> Iterator[tuple[int, QRectF]]:
        """The frames in sight and their places; the current one as near the middle as can be."""
        room = max(1, (self.width() + S) // (WIDE + S))
        step = (self.width() + S) / room
        first = min(max(self._current - room // 2, 0), max(len(self._frames) - room, 0))
        for column, index in enumerate(range(first, min(first + room, len(self._frames)))):
            yield index, QRectF(column * step + 1, 1, step - S - 2, HIGH - 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.setFont(font(CAPTION))
        for index, place in self.visible():
            self._paint_one(painter, index, place)

    def _paint_one(self, painter: QPainter, index: int, place: QRectF) -> None:
        theme, moment = self._context.theme, self._frames[index]
        outline = QPainterPath()
        outline.addRoundedRect(place, 6, 6)
        painter.fillPath(outline, theme.colour("sunken"))
        if moment.media:
            painter.save()
            painter.setClipPath(outline)
            self._paint_picture(painter, moment.media, place)
            painter.restore()
        current = index == self._current
        painter.setPen(QPen(theme.colour("accent" if current else "line"), 2.5 if current else 1))
        painter.drawPath(outline)
        painter.setPen(theme.colour("ink" if current else "ink_soft"))
        below = QRectF(place.left(), place.bottom() + 2, place.width(), CAPTION_ROOM - 2)
        text = words.time_of(moment.start_ns, moment.zone, seconds=True)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_picture(self, painter: QPainter, media: str, place: QRectF) -> None:
        ratio = self.devicePixelRatioF()
        size = (round(WIDE * 1.3 * ratio), round(HIGH * 1.3 * ratio))
        picture = self._context.pictures.get(Wanted(self._context.desk.media(media), size))
        if picture is None:
            return
        image = picture.image
        cover = max(place.width() / image.width(), place.height() / image.height())
        wide, high = place.width() / cover, place.height() / cover
        source = QRectF((image.width() - wide) / 2, 0, wide, high)
        painter.drawImage(place, image, source)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for index, place in self.visible():
            if place.contains(event.position()):
                self.picked.emit(index)
