"""The page that tells how MirrorDesk is: recording, memory, and every part with its remedy."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mirrordesk import clock, words
from mirrordesk.records import Check
from mirrordesk.status import Report
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import Glyph, button, frame, label
from mirrordesk.ui.forgetting import MINUTES, Forgetting
from mirrordesk.ui.recording import Recording
from mirrordesk.ui.style import XL, XS, L, M, S

COLUMN_WIDTH = 860
ONE_LINE = 64  # letters of a remedy that fit the narrowest window
_GLYPHS = {"ok": ("ok", "good"), "missing": ("missing", "warn"), "problem": ("problem", "bad")}
_STATES = {"ok": "Working", "missing": "Missing", "problem": "Problem"}


class StatusPage(QWidget):
    """Looks anew each time it is shown."""

    def __init__(self, context: Context, recording: Recording, forgetting: Forgetting) -> None:
        super().__init__()
        self._context = context
        self._recording = recording
        self.setProperty("role", "page")
        self._facts: dict[str, tuple[QWidget, object]] = {}
        self._checks = QVBoxLayout()
        self._checks.setSpacing(0)
        self._looking = label("", "caption")
        self._again = button("Check again", "", self.look)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, XL, 0, XL)
        column.setSpacing(M)
        column.addWidget(label("Status", "title"))
        column.addWidget(self._summary(forgetting))
        column.addSpacing(S)
        column.addLayout(self._parts_header())
        parts = frame("card")
        parts.setLayout(self._checks)
        self._checks.setContentsMargins(L, XS, L, XS)
        column.addWidget(parts)
        column.addStretch(1)
        self._scroll(inner)
        recording.changed.connect(self._show_report)
        self._show_report()

    def look(self) -> None:
        """Ask every part how it is."""
        self._again.setEnabled(False)
        self._looking.setText("Checking every part")
        self._context.background.run(self._context.desk.doctor, self._show_checks, self._failed)

    def _failed(self, sentence: str) -> None:
        self._again.setEnabled(True)
        self._looking.setText("")
        self._context.background.failed.emit(sentence)

    def _show_report(self) -> None:
        state, report = self._recording.state, self._recording.report
        self._recording_text.setText(state.sentence)
        self._folder.setText(str(self._context.desk.profile.root))
        if report is None:
            return
        self._memory_text.setText(_memory(report))
        self._room_text.setText(_room(report))
        self._waiting_text.setText(_waiting(report))

    def _show_checks(self, checks: list[Check]) -> None:
        self._again.setEnabled(True)
        wrong = sum(check.state != "ok" for check in checks)
        self._looking.setText(
            f"{words.count(wrong, 'part')} of {len(checks)} could be better"
            if wrong
            else "Everything works"
        )
        _empty(self._checks)
        for index, check in enumerate(checks):
            if index:
                self._checks.addWidget(frame("line"))
            self._checks.addWidget(self._check_row(check))

    def _check_row(self, check: Check) -> QWidget:
        glyph, colour = _GLYPHS.get(check.state, _GLYPHS["problem"])
        row = QWidget()
        grid = QGridLayout(row)
        grid.setContentsMargins(0, M, 0, M)
        grid.setHorizontalSpacing(M)
        grid.setVerticalSpacing(XS)
        grid.setColumnMinimumWidth(1, 130)
        grid.setColumnStretch(2, 1)
        mark = Glyph(self._context.theme, glyph, 20, colour)
        mark.setToolTip(_STATES.get(check.state, check.state))
        mark.setAccessibleName(_STATES.get(check.state, check.state))
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(mark, 0, 0, top)
        grid.addWidget(label(check.part, "heading", wrap=True), 0, 1, top)
        grid.addWidget(label(check.detail, "soft", wrap=True, select=True), 0, 2, top)
        if check.remedy:
            long = len(check.remedy) > ONE_LINE
            remedy = label(check.remedy, "code", wrap=long, select=True)
            place = Qt.AlignmentFlag(0) if long else Qt.AlignmentFlag.AlignLeft
            grid.addWidget(remedy, 1, 2, place)
        return row

    def _summary(self, forgetting: Forgetting) -> QFrame:
        card = frame("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(L, L, L, L)
        grid.setHorizontalSpacing(XL)
        grid.setVerticalSpacing(M)
        grid.setColumnStretch(1, 1)
        self._recording_text = label("", "", wrap=True, select=True)
        self._memory_text = label("Counting", "", wrap=True, select=True)
        self._room_text = label("", "", wrap=True, select=True)
        self._waiting_text = label("", "", wrap=True, select=True)
        self._folder = label("", "", wrap=True, select=True)
        rows = (
            (
                "Recording",
                self._recording_text,
                button(f"Forget the last {MINUTES} minutes", "", forgetting.ask),
            ),
            ("Memory", self._memory_text, None),
            ("Room", self._room_text, None),
            ("Waiting", self._waiting_text, None),
            ("Folder", self._folder, button("Open folder", "", self._open_folder)),
        )
        for number, (name, text, action) in enumerate(rows):
            grid.addWidget(label(name, "soft"), number, 0)
            grid.addWidget(text, number, 1)
            if action is not None:
                grid.addWidget(action, number, 2)
        return card

    def _parts_header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(M)
        row.addWidget(label("Parts", "heading"))
        row.addWidget(self._looking)
        row.addStretch(1)
        row.addWidget(self._again)
        return row

    def _scroll(self, inner: QWidget) -> None:
        inner.setMaximumWidth(COLUMN_WIDTH)
        canvas = QWidget()
        canvas.setProperty("role", "canvas")
        row = QHBoxLayout(canvas)
        row.setContentsMargins(XL, 0, XL, 0)
        row.addStretch(1)
        row.addWidget(inner, 1000)
        row.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(canvas)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._context.desk.profile.root)))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()


def _memory(report: Report) -> str:
    parts = [words.count(report.moments, "moment"), words.size(report.bytes)]
    if report.first_ns is not None:
        parts.append(words.since(report.first_ns, clock.zone_name()))
    return " · ".join(parts)


def _room(report: Report) -> str:
    if report.storage is None:
        return ""
    told = (words.storage(report.storage), *words.thinned(report.storage, clock.zone_name()))
    return " · ".join(told)


def _waiting(report: Report) -> str:
    perception = report.perception
    if perception is None:
        return "Not known: reading has not started yet"
    parts = [words.backlog(perception), words.resting(perception)]
    parts += [*words.pending(perception), *words.reencoding(perception)]
    if perception.quarantined:
        parts.append(f"{words.count(perception.quarantined, 'damaged capture')} put aside")
    told = " · ".join(filter(None, parts)) or "Nothing; everything captured can be searched"
    return told if report.perception_running else f"{told} · reading is not running now"


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.deleteLater()
