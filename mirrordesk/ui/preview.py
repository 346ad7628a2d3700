"""The frame at the playhead, as large as there is room, with its words beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mirrordesk import words
from mirrordesk.records import Moment, State
from mirrordesk.ui import evidence
from mirrordesk.ui.background import Job
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import Elided, frame, label, text_area
from mirrordesk.ui.pictures import Picture, Wanted
from mirrordesk.ui.style import BODY, RADIUS, XS, L, font

SIDE_WIDTH = 290
SETTLED_MS = 150  # the words are fetched when the playhead has rested this long


class FramePicture(QWidget):
    """One frame, fitted. Keeps showing the former one until the next is decoded."""

    clicked = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._moment: Moment | None = None
        self._shown: Picture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 120)
        context.pictures.ready.connect(self._arrived)
        context.theme.changed.connect(self.update)

    def show_moment(self, moment: Moment | None) -> None:
        """Show a moment's frame, or nothing."""
        self._moment = moment
        if moment is None or not moment.media:
            self._shown = None
        shape = Qt.CursorShape.PointingHandCursor if moment else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def _wanted(self) -> Wanted | None:
        if self._moment is None or not self._moment.media:
            return None
        ratio = self.devicePixelRatioF()
        size = (round(self.width() * ratio), round(self.height() * ratio))
        return Wanted(self._context.desk.media(self._moment.media), size)

    def _arrived(self, wanted: object) -> None:
        if wanted == self._wanted():
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        wanted = self._wanted()
        if wanted is not None:
            self._shown = self._context.pictures.get(wanted) or self._shown
            if self._context.pictures.unreadable(wanted):
                self._shown = None
        if self._shown is None:
            self._say_why(painter, wanted)
            return
        image = self._shown.image
        size = QSize(image.width(), image.height())
        size.scale(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        place = QRectF(left + 0.5, top + 0.5, size.width() - 1, size.height() - 1)
        outline = QPainterPath()
        outline.addRoundedRect(place, RADIUS, RADIUS)
        painter.setClipPath(outline)
        painter.drawImage(place, image)
        painter.setClipping(False)
        painter.setPen(QPen(self._context.theme.colour("line"), 1))
        painter.drawPath(outline)

    def _say_why(self, painter: QPainter, wanted: Wanted | None) -> None:
        if self._moment is None:
            return
        unreadable = wanted is None or self._context.pictures.unreadable(wanted)
        painter.setPen(self._context.theme.colour("ink_soft"))
        painter.setFont(font(BODY))
        why = self._context.pictures.why(wanted) if wanted else ""
        gone = why or "No picture was kept of this moment"
        text = gone if unreadable else "Loading the picture"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._moment is not None:
            self.clicked.emit()


class Preview(QWidget):
    """The picture, and beside it time, app, title, the frame's text and what was said then."""

    clicked = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._job: Job | None = None
        self._moment: Moment | None = None
        self.picture = FramePicture(context)
        self.picture.clicked.connect(self.clicked)
        self.time, self.app, self.title = (
            label("", "title"),
            Elided("", "heading"),
            Elided("", "soft"),
        )
        self.episode = Elided("", "caption")
        self.text = text_area()
        self.heard = text_area()
        self.heard.setMaximumHeight(96)
        self._heard_title = label("Heard around then", "overline")
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED_MS)
        self._settle.timeout.connect(self._load_text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(L)
        row.addWidget(self.picture, 1)
        row.addWidget(self._side())

    def show_moment(self, moment: Moment | None, episode: str, heard: Sequence[Moment]) -> None:
        """Show a moment with the title of its episode and what was said around it."""
        changed = moment is None or self._moment is None or moment.id != self._moment.id
        self._moment = moment
        self.picture.show_moment(moment)
        self.time.setText(
            words.time_of(moment.start_ns, moment.zone, seconds=True) if moment else ""
        )
        self.app.setText(evidence.source_name(moment) if moment else "")
        self.title.setText(moment.title if moment else "")
        self.episode.setText(episode)
        self.heard.setPlainText("\n".join(evidence.quoted(item) for item in heard if item.text))
        self.heard.setVisible(bool(heard))
        self._heard_title.setVisible(bool(heard))
        if changed:
            self._show_text(moment)
            self._settle.start()

    def _show_text(self, moment: Moment | None) -> None:
        text = moment.text if moment else ""
        if moment is not None and not text:
            waiting = moment.ocr is State.PENDING
            self.text.setPlaceholderText("Not read yet" if waiting else "No text was found")
        self.text.setPlainText(text)

    def _load_text(self) -> None:
        moment = self._moment
        if self._job is not None:
            self._job.drop()
        if moment is None:
            return

        def done(whole: Moment) -> None:
            lines = "\n".join(line.text for line in whole.lines)
            self.text.setPlainText(lines or whole.text)

        desk = self._context.desk
        # A failure leaves the day's own text standing: the moment was forgotten meanwhile.
        self._job = self._context.background.run(
            lambda: desk.moment(moment.id), done, lambda _sentence: None
        )

    def _side(self) -> QFrame:
        side = frame("card")
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(L, L, L, L)
        column.setSpacing(XS)
        for widget in (self.time, self.app, self.title, self.episode):
            column.addWidget(widget)
        column.addSpacing(L)
        column.addWidget(label("On the screen", "overline"))
        column.addWidget(self.text, 1)
        column.addWidget(self._heard_title)
        column.addWidget(self.heard)
        return side
