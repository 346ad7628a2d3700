"""The page that shows a day and scrubs through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from mirrordesk import clock
from mirrordesk.records import Moment
from mirrordesk.ui import evidence
from mirrordesk.ui.background import Job
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import Glyph, IconButton, frame, label
from mirrordesk.ui.daymodel import DayModel
from mirrordesk.ui.daypicker import DayPicker
from mirrordesk.ui.inshort import InShort
from mirrordesk.ui.preview import Preview
from mirrordesk.ui.scrubber import ZOOM_STEP, Scrubber
from mirrordesk.ui.strip import Strip
from mirrordesk.ui.style import XL, XS, L, M, S


def _today() -> date:
    return clock.at(clock.now_ns()).date()


@dataclass(frozen=True, slots=True)
class _View:
    """What the page is to show: a day, with the playhead at a time or at the day's last frame."""

    day: date
    goal_ns: int | None
    keep_zoom: bool  # the stretch of the day in sight stays as it is


class Timeline(QWidget):
    """Shows one day. `opened` carries citations and the index of the one to show in full."""

    opened = Signal(list, int)
    loaded = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._job: Job | None = None
        self._coming: _View | None = None  # what is being loaded
        self._newest_ns: int | None = None
        self.model: DayModel | None = None
        self.index: int | None = None
        self.setProperty("role", "page")
        self.picker = DayPicker(context, _today())
        self.picker.picked.connect(lambda day: self.show_day(day))
        self.in_short = InShort()
        self.preview = Preview(context)
        self.preview.clicked.connect(self._open)
        self.strip = Strip(context)
        self.strip.picked.connect(self.select)
        self.scrubber = Scrubber(context.theme)
        self.scrubber.scrubbed.connect(self._scrubbed)
        self._empty = label("", "lead")
        self._stack = QStackedLayout()
        self._stack.addWidget(self._nothing())
        self._stack.addWidget(self._contents())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(XL, L, XL, XL)
        layout.setSpacing(L)
        layout.addLayout(self._header())
        layout.addWidget(self.in_short)
        layout.addLayout(self._stack, 1)
        layout.addWidget(self._lanes())

    @property
    def moment(self) -> Moment | None:
        """The frame at the playhead."""
        if self.model is None or self.index is None:
            return None
        return self.model.frames[self.index]

    def show_day(self, day: date, goal_ns: int | None = None) -> None:
        """Load a day; the playhead goes to `goal_ns`, or to the day's last frame."""
        self._load(_View(day, goal_ns, keep_zoom=False))

    def locate(self, zone: str, ns: int) -> None:
        """Go to a time, on whichever day it was."""
        self.show_day(clock.at(ns, zone).date(), ns)

    def refresh(self, newest_ns: int | None) -> None:
        """Memory's newest moment is now of `newest_ns`: load today again if it is in sight."""
        if newest_ns == self._newest_ns or not self.isVisible() or self.picker.day != _today():
            return
        self._newest_ns = newest_ns
        self.reload()

    def reload(self) -> None:
        """Load the day again, staying where the person is; at the end it follows the end."""
        self._load(self._coming or self._view())

    def select(self, index: int) -> None:
        """Put the playhead on a frame; a number outside the day counts as its nearest end."""
        if self.model is None or not self.model.frames:
            return
        index = min(max(index, 0), len(self.model.frames) - 1)
        self.scrubber.set_playhead(self.model.frames[index].start_ns)
        self._show(index, self.model.frames[index].start_ns)

    def shutdown(self) -> None:
        """Let nothing come back any more."""
        if self._job is not None:
            self._job.drop()

    def _view(self) -> _View:
        """What is in sight."""
        if self.model is None or self.index in (None, len(self.model.frames) - 1):
            return _View(self.picker.day, None, keep_zoom=False)
        return _View(self.picker.day, self.scrubber.playhead_ns, keep_zoom=True)

    def _load(self, view: _View) -> None:
        self._coming = view
        self.picker.show_day(view.day, _today())
        if self._job is not None:
            self._job.drop()
        desk, iso = self._context.desk, view.day.isoformat()

        def work() -> tuple[DayModel, list[str]]:
            return DayModel(desk.day(iso)), desk.days()

        def done(found: tuple[DayModel, list[str]]) -> None:
            self._coming = None
            self.picker.mark(date.fromisoformat(text) for text in found[1])
            self._show_model(found[0], view)

        self._empty.setText("Loading the day")
        self._job = self._context.background.run(work, done, self._failed)

    def _show_model(self, model: DayModel, view: _View) -> None:
        self.model, self.index = model, None
        self.in_short.show_day(model.day)
        self.scrubber.show_day(model, keep_view=view.keep_zoom)
        self._stack.setCurrentIndex(1 if model.frames else 0)
        self._empty.setText(_why_nothing(model))
        if model.frames:
            last = model.frames[-1].start_ns
            goal = last if view.goal_ns is None else view.goal_ns
            self.scrubber.set_playhead(goal)
            self._scrubbed(goal)
        else:
            self.scrubber.set_playhead(None)
            self.strip.show_frames((), 0)
            self.preview.show_moment(None, "", ())
        self.loaded.emit()

    def _failed(self, sentence: str) -> None:
        self._coming = None
        self._empty.setText("The day could not be loaded.")
        self._context.background.failed.emit(sentence)

    def _scrubbed(self, ns: int) -> None:
        index = self.model.frame_at(ns) if self.model else None
        if index is not None:
            self._show(index, ns)

    def _show(self, index: int, ns: int) -> None:
        assert self.model is not None
        self.index = index
        episode = self.model.episode_at(ns)
        moment = self.model.frames[index]
        heard = self.model.heard_near(ns)
        self.preview.show_moment(moment, episode.title if episode else "", heard)
        self.strip.show_frames(self.model.frames, index)

    def _open(self) -> None:
        moment = self.moment
        if moment is not None:
            self.opened.emit([evidence.citation_of(moment)], 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.model is None and self._job is None:
            self.show_day(self.picker.day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here = self.index or 0
        last = len(self.model.frames) - 1 if self.model else 0
        actions = {
            Qt.Key.Key_Left: lambda: self.select(here - 1),
            Qt.Key.Key_Right: lambda: self.select(here + 1),
            Qt.Key.Key_PageUp: lambda: self.select(here - 10),
            Qt.Key.Key_PageDown: lambda: self.select(here + 10),
            Qt.Key.Key_Home: lambda: self.select(0),
            Qt.Key.Key_End: lambda: self.select(last),
            Qt.Key.Key_Plus: lambda: self.scrubber.zoom(ZOOM_STEP),
            Qt.Key.Key_Equal: lambda: self.scrubber.zoom(ZOOM_STEP),
            Qt.Key.Key_Minus: lambda: self.scrubber.zoom(1 / ZOOM_STEP),
            Qt.Key.Key_0: self.scrubber.fit,
            Qt.Key.Key_Return: self._open,
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
        else:
            action()

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(XS)
        row.addWidget(self.picker)
        row.addStretch(1)
        theme = self._context.theme
        smaller = IconButton(theme, "minus", "Show more of the day (−)")
        larger = IconButton(theme, "plus", "Show more detail (+)")
        fit = IconButton(theme, "fit", "Show everything there is (0)")
        smaller.clicked.connect(lambda: self.scrubber.zoom(1 / ZOOM_STEP))
        larger.clicked.connect(lambda: self.scrubber.zoom(ZOOM_STEP))
        fit.clicked.connect(self.scrubber.fit)
        for widget in (smaller, larger, fit):
            row.addWidget(widget)
        return row

    def _contents(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(L)
        column.addWidget(self.preview, 1)
        column.addWidget(self.strip)
        return page

    def _nothing(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(M)
        column.addStretch(1)
        glyph = Glyph(self._context.theme, "timeline", 32)
        column.addWidget(glyph, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._empty, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    def _lanes(self) -> QWidget:
        card = frame("card")
        row = QVBoxLayout(card)
        row.setContentsMargins(L, M, S, M)
        row.addWidget(self.scrubber)
        return card


def _why_nothing(model: DayModel) -> str:
    if model.speech:
        return "Nothing was seen on this day; what was heard is below."
    return "Nothing was recorded on this day."
