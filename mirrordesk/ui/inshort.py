"""What a day and its week held in short: one line, and on request the few that there are."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mirrordesk import words
from mirrordesk.records import Day, Summary
from mirrordesk.ui.controls import Elided, button, frame, label
from mirrordesk.ui.style import XL, L, M, S

SHOW, HIDE = "Day and week", "Hide"


class InShort(QWidget):
    """Is there only for a day that was summed up, or whose week was. What is open stays open."""

    def __init__(self) -> None:
        super().__init__()
        self._open = False
        self.headline = Elided("", "soft")
        self.toggle = button(SHOW, "quiet", self._turn)
        self._body = frame("card")
        self._columns = QHBoxLayout(self._body)
        self._columns.setContentsMargins(L, M, L, M)
        self._columns.setSpacing(XL)
        row = QHBoxLayout()
        row.setSpacing(S)
        row.addWidget(self.headline, 1)
        row.addWidget(self.toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(S)
        layout.addLayout(row)
        layout.addWidget(self._body)
        self.hide()

    def show_day(self, day: Day) -> None:
        """Tell what that day and its week held."""
        while item := self._columns.takeAt(0):
            if column := item.widget():
                column.deleteLater()
        for name, summary in (("The day", day.summary), (_week_of(day.date), day.week)):
            if summary:
                self._columns.addWidget(_column(name, summary), 1)
        told = day.summary or day.week
        self.setVisible(told is not None)
        if told:
            about = "" if day.summary else "This week so far: "
            self.headline.setText(f"{about}{told.title}")
        self._settle()

    def _turn(self) -> None:
        self._open = not self._open
        self._settle()

    def _settle(self) -> None:
        self._body.setVisible(self._open)
        self.toggle.setText(HIDE if self._open else SHOW)


def _week_of(iso: str) -> str:
    day = date.fromisoformat(iso)
    monday = day - timedelta(days=day.weekday())
    return f"The week of {monday.day} {monday:%B}"


def _column(name: str, summary: Summary) -> QWidget:
    column = QWidget()
    grid = QGridLayout(column)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(M)
    grid.setVerticalSpacing(S // 2)
    grid.addWidget(label(name, "overline"), 0, 0, 1, 2)
    for row, line in enumerate(summary.lines, 1):
        when, _, text = words.legible(line).partition(" ")
        grid.addWidget(label(when, "caption"), row, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(Elided(text), row, 1)
    grid.setColumnStretch(1, 1)
    grid.setRowStretch(len(summary.lines) + 1, 1)
    return column
