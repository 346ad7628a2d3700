"""Which day the timeline shows: previous, next, today, or one out of a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QFont, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QHBoxLayout, QVBoxLayout, QWidget

from mirrordesk import words
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import IconButton, button, frame, label
from mirrordesk.ui.style import XS, M, S


class DayPicker(QWidget):
    """`picked` carries the day the person chose."""

    picked = Signal(object)

    def __init__(self, context: Context, today: date) -> None:
        super().__init__()
        self._context = context
        self._today = today
        self._days: tuple[date, ...] = ()
        self.day = today
        self.name, self.date = label("", "title"), label("", "soft")
        self.previous = IconButton(context.theme, "left", "Previous day")
        self.next = IconButton(context.theme, "right", "Next day")
        self.calendar_button = IconButton(context.theme, "calendar", "Choose a day")
        self.today_button = button("Today", "", lambda: self._pick(self._today))
        self.previous.clicked.connect(lambda: self._pick(self._neighbour(-1)))
        self.next.clicked.connect(lambda: self._pick(self._neighbour(1)))
        self.calendar_button.clicked.connect(self._open_calendar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(XS)
        row.addWidget(self.previous)
        row.addWidget(self.next)
        row.addSpacing(S)
        row.addWidget(self.name)
        row.addSpacing(S)
        row.addWidget(self.date, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.calendar_button)
        row.addSpacing(S)
        row.addWidget(self.today_button)
        self._popup = self._make_popup()
        self.show_day(today, today)

    def show_day(self, day: date, today: date) -> None:
        """Tell which day is shown."""
        self.day, self._today = day, today
        name = words.day_name(day, today)
        self.name.setText(name)
        self.date.setText(words.full_date(day))
        self.today_button.setEnabled(day != today)
        self.next.setEnabled(day < today)

    def mark(self, days: Iterable[date]) -> None:
        """The days that hold something: the arrows go from one to the next of these."""
        self._days = tuple(sorted(days))
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.Bold)
        bold.setForeground(self._context.theme.colour("accent"))
        self._calendar.setDateTextFormat(QDate(), QTextCharFormat())
        for day in self._days:
            self._calendar.setDateTextFormat(QDate(day.year, day.month, day.day), bold)

    def _neighbour(self, direction: int) -> date:
        """The nearest day that holds something, else the day before or after."""
        there = [d for d in (*self._days, self._today) if (d - self.day).days * direction > 0]
        if not there:
            return self.day + timedelta(days=direction)
        return min(there) if direction > 0 else max(there)

    def _pick(self, day: date) -> None:
        if day <= self._today:
            self.picked.emit(day)

    def _make_popup(self) -> QWidget:
        popup = frame("card")
        popup.setParent(self)
        popup.setWindowFlags(Qt.WindowType.Popup)
        self._calendar = QCalendarWidget()
        self._calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self._calendar.setVerticalHeaderFormat(
            QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader
        )
        self._calendar.setGridVisible(False)
        self._calendar.clicked.connect(self._calendar_clicked)
        layout = QVBoxLayout(popup)
        layout.setContentsMargins(M, M, M, M)
        layout.addWidget(self._calendar)
        return popup

    def _open_calendar(self) -> None:
        self._calendar.setMaximumDate(QDate(self._today.year, self._today.month, self._today.day))
        self._calendar.setSelectedDate(QDate(self.day.year, self.day.month, self.day.day))
        below = QPoint(0, self.calendar_button.height() + XS)
        self._popup.move(self.calendar_button.mapToGlobal(below))
        self._popup.show()

    def _calendar_clicked(self, chosen: QDate) -> None:
        self._popup.hide()
        self._pick(date(chosen.year(), chosen.month(), chosen.day()))
