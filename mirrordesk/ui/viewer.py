"""The viewer: evidence in full size over the window, its words beside it to select and copy."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mirrordesk.control import Span
from mirrordesk.records import Citation, Kind, Moment
from mirrordesk.ui import evidence, playing
from mirrordesk.ui.background import Job
from mirrordesk.ui.canvas import STEP, FrameCanvas
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import Elided, IconButton, button, frame, label, text_area
from mirrordesk.ui.pictures import Wanted
from mirrordesk.ui.style import XL, XS, L, M, S

SIDE_WIDTH = 320


class Viewer(QWidget):
    """Steps through a list of citations. `located` asks for a time on the timeline."""

    closed = Signal()
    located = Signal(str, object)  # the zone's name and nanoseconds (too many for a C int)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._citations: list[Citation] = []
        self._index = 0
        self._wanted: Wanted | None = None
        self._job: Job | None = None
        self._focus_before: QWidget | None = None
        self.setProperty("role", "overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = FrameCanvas(context.theme)
        self.canvas.zoomed.connect(self._show_scale)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.canvas, 1)
        body.addWidget(self._side())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header())
        layout.addLayout(body, 1)
        context.pictures.ready.connect(self._arrived)
        self.hide()

    @property
    def citation(self) -> Citation | None:
        """What is shown, while anything is."""
        return self._citations[self._index] if self._citations else None

    def open(self, citations: list[Citation], index: int) -> None:
        """Show one of `citations` over the window."""
        self._citations = list(citations)
        self._focus_before = QApplication.focusWidget()
        self.show()
        self.raise_()
        self.setFocus()
        self._show(index)

    def dismiss(self) -> None:
        """Close, keeping nothing of what was shown."""
        if self._job is not None:
            self._job.drop()
        self._citations = []
        self._wanted = None
        self.canvas.show_picture(None, (), "")
        self.words.clear()
        self.hide()
        if self._focus_before is not None and shiboken6.isValid(self._focus_before):
            self._focus_before.setFocus()
        self._focus_before = None
        self.closed.emit()

    def drop(self, span: Span) -> None:
        """Close if what is shown was forgotten."""
        shown = self.citation
        if shown is not None and span.overlaps(shown.start_ns, shown.end_ns):
            self.dismiss()

    def _show(self, index: int) -> None:
        self._index = index
        citation = self._citations[index]
        several = len(self._citations) > 1
        for arrow in (self._previous, self._next):
            arrow.setVisible(several)
        self._previous.setEnabled(index > 0)
        self._next.setEnabled(index + 1 < len(self._citations))
        self._position.setText(f"{index + 1} of {len(self._citations)}" if several else "")
        self._app.setText(evidence.source_name(citation))
        self._title.setText(citation.title)
        self._time.setText(evidence.time_line(citation))
        self._cited.setText(citation.text)
        self._cited_block.setVisible(bool(evidence.cited_boxes(citation)) and bool(citation.text))
        self._listen.setVisible(citation.kind is Kind.SPEECH and citation.media is not None)
        self._show_words(citation.text)
        self._load_picture(citation)
        self._load_words(citation)

    def _load_picture(self, citation: Citation) -> None:
        is_frame = citation.kind is Kind.FRAME and citation.media is not None
        path = self._context.desk.media(citation.media) if citation.media and is_frame else None
        self._wanted = Wanted(path) if path else None
        self._show_picture()

    def _show_picture(self) -> None:
        citation = self.citation
        if citation is None:
            return
        picture = self._context.pictures.get(self._wanted) if self._wanted else None
        note = " · made small to save room" if picture and picture.thinned else ""
        self._time.setText(evidence.time_line(citation) + note)
        self.canvas.show_picture(picture, evidence.cited_boxes(citation), self._message(citation))

    def _message(self, citation: Citation) -> str:
        if self._wanted is None:
            return "Heard, not seen" if citation.kind is Kind.SPEECH else "No picture was kept"
        if not self._context.pictures.unreadable(self._wanted):
            return "Loading the picture"
        why = self._context.pictures.why(self._wanted)
        return why or "The picture is not available any more"

    def _arrived(self, wanted: object) -> None:
        if wanted == self._wanted:
            self._show_picture()

    def _load_words(self, citation: Citation) -> None:
        if self._job is not None:
            self._job.drop()

        def done(moment: Moment) -> None:
            lines = "\n".join(line.text for line in moment.lines)
            self._show_words(lines or moment.text)

        desk = self._context.desk
        # A failure leaves the cited words standing; the picture tells what is gone.
        self._job = self._context.background.run(
            lambda: desk.moment(citation.id), done, lambda _sentence: None
        )

    def _show_words(self, text: str) -> None:
        self.words.setPlainText(text)

    def _show_scale(self) -> None:
        self._scale.setText(f"{self.canvas.scale * 100:.0f} %")

    def _locate(self) -> None:
        citation = self.citation
        if citation is not None:
            self.dismiss()
            self.located.emit(citation.zone, citation.start_ns)

    def _open_recording(self) -> None:
        if self.citation is not None and self.citation.media is not None:
            media = self._context.desk.media(self.citation.media)
            playing.play(media)

    def _step(self, by: int) -> None:
        if 0 <= self._index + by < len(self._citations):
            self._show(self._index + by)

    def _tool(self, name: str, tip: str) -> IconButton:
        return IconButton(self._context.theme, name, tip)

    def _header(self) -> QFrame:
        bar = frame("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(L, S, M, S)
        row.setSpacing(XS)
        self._previous = self._tool("left", "Previous evidence (Left)")
        self._next = self._tool("right", "Next evidence (Right)")
        self._previous.clicked.connect(lambda: self._step(-1))
        self._next.clicked.connect(lambda: self._step(1))
        self._position = label("", "caption")
        self._scale = label("", "caption")
        self._scale.setMinimumWidth(44)
        self._scale.setAlignment(Qt.AlignmentFlag.AlignCenter)
        smaller, larger = self._tool("minus", "Smaller (−)"), self._tool("plus", "Larger (+)")
        fit, close = self._tool("fit", "Fit to the window (0)"), self._tool("close", "Close (Esc)")
        smaller.clicked.connect(lambda: self.canvas.zoom(1 / STEP))
        larger.clicked.connect(lambda: self.canvas.zoom(STEP))
        fit.clicked.connect(self.canvas.fit)
        close.clicked.connect(self.dismiss)
        actual = button("Actual size", "quiet", self.canvas.actual_size)
        for widget in (self._previous, self._next, self._position):
            row.addWidget(widget)
        row.addStretch(1)
        for tool in (smaller, self._scale, larger, fit, actual):
            row.addWidget(tool)
        row.addSpacing(M)
        row.addWidget(close)
        return bar

    def _side(self) -> QFrame:
        side = frame("side")
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(XL, XL, XL, XL)
        column.setSpacing(XS)
        self._app, self._title = Elided("", "title"), Elided("", "soft")
        self._time = label("", "caption", wrap=True)
        self._cited = label("", "", wrap=True, select=True)
        self._cited_block = QWidget()
        cited = QVBoxLayout(self._cited_block)
        cited.setContentsMargins(0, XL, 0, 0)
        cited.setSpacing(XS)
        cited.addWidget(label("Cited", "overline"))
        cited.addWidget(self._cited)
        self.words = text_area()
        self._listen = button("Open recording", "", self._open_recording)
        for widget in (self._app, self._title, self._time, self._cited_block):
            column.addWidget(widget)
        column.addSpacing(XL)
        column.addWidget(label("Everything it says", "overline"))
        column.addWidget(self.words, 1)
        column.addSpacing(M)
        column.addWidget(self._listen)
        column.addWidget(button("Show on the timeline", "", self._locate))
        return side

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions = {
            Qt.Key.Key_Left: lambda: self._step(-1),
            Qt.Key.Key_Right: lambda: self._step(1),
            Qt.Key.Key_Plus: lambda: self.canvas.zoom(STEP),
            Qt.Key.Key_Equal: lambda: self.canvas.zoom(STEP),
            Qt.Key.Key_Minus: lambda: self.canvas.zoom(1 / STEP),
            Qt.Key.Key_0: self.canvas.fit,
            Qt.Key.Key_Escape: self.dismiss,
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()
