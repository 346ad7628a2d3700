"""Pictures of the window in every state: `python -m tests.ui.screens FOLDER`."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from mirrordesk import clock
from mirrordesk.config import Settings, UiSettings
from mirrordesk.paths import Profile
from mirrordesk.records import Answer, Summary
from mirrordesk.ui.application import make_application
from mirrordesk.ui.recording import Light
from mirrordesk.ui.tray import tray_icon
from mirrordesk.ui.window import ASK, STATUS, TIMELINE, MainWindow
from tests.ui.fakes import FakeDesk

QUESTION = "What total did Marta want on invoice 4711?"
UNKNOWN = "What is the name of my neighbour's dog?"


def wait(ms: int, until: Callable[[], bool] = lambda: False) -> None:
    """Let Qt work for `ms`, or until something is so."""
    timer = QElapsedTimer()
    timer.start()
    while timer.elapsed() < ms and not until():
        QApplication.processEvents()


def shoot(window: MainWindow, folder: Path, name: str) -> None:
    """Save the window as it looks once it has settled."""
    wait(900)
    window.grab().save(str(folder / f"{name}.png"))


def answered(window: MainWindow, question: str) -> None:
    """Ask and wait for the answer."""
    window.chat.ask(question)
    wait(10_000, lambda: not window.chat.busy)


def sum_up(desk: FakeDesk, window: MainWindow) -> None:
    """Show the day once more, as one that is over."""
    desk.summary = Summary(
        "Fixing the rounding of invoices, Answering Marta, Reading about VAT",
        (
            "09:04 Stand-up and planning: Jonas asks whether the rounding fix went out.",
            "09:41 Fixing the rounding of invoices: The test of the export fails by 20.00. "
            "Amounts are summed up before they are rounded, as agreed with Marta, and the total is "
            "rounded once.",
            "11:20 Reading about VAT: Half a cent is rounded up.",
            "13:02 Answering Marta: The corrected invoice 4711 goes out by Friday.",
            "15:30 Sending invoice 4711",
        ),
    )
    desk.week = Summary(
        "Fixing the rounding of invoices, Quarter report",
        (
            "Monday Quarter report: The figures of the north are still missing.",
            "Monday Interview with Ana Ruiz",
            "Tuesday Fixing the rounding of invoices: Amounts are rounded once.",
            "Wednesday Roof of the workshop: Lumen Roofing comes on 4 December.",
        ),
    )
    window.timeline.reload()
    wait(10_000, window.timeline.in_short.isVisible)
    window.timeline.select(len(desk.moments) // 2)


def tray_sheet(folder: Path) -> None:
    """Every tray icon on a light and a dark panel, small and large."""
    sheet = QPixmap(620, 200)
    painter = QPainter(sheet)
    for row, ground in enumerate(("#e8e8e8", "#202020")):
        painter.fillRect(QRectF(0, row * 100, 620, 100), QColor(ground))
        for column, light in enumerate(Light):
            for size, left in ((16, 0), (22, 24), (48, 54)):
                icon = tray_icon(light).pixmap(size, size)
                painter.drawPixmap(16 + column * 122 + left, row * 100 + 26, icon)
    painter.end()
    sheet.save(str(folder / "tray.png"))


def shoot_theme(folder: Path, theme: str) -> None:
    """Every state of the window in one theme."""
    with tempfile.TemporaryDirectory() as scratch:
        evening = clock.day_span(clock.at(clock.now_ns()).date())[0] + 17 * clock.HOUR
        desk = FakeDesk(Profile.open(Path(scratch) / "profile"), busy=2400, now_ns=evening)
        desk.answers[UNKNOWN] = Answer(UNKNOWN, (), (), "extractive", True, "")
        window = MainWindow(desk, Settings(ui=UiSettings(theme=theme)))
        window.resize(1280, 800)
        window.show()
        shoot(window, folder, f"{theme}-1-empty")
        answered(window, QUESTION)
        shoot(window, folder, f"{theme}-2-answered")
        window.chat.exchanges[0].text.cited.emit(1)
        shoot(window, folder, f"{theme}-3-viewer")
        window.viewer.dismiss()
        answered(window, UNKNOWN)
        shoot(window, folder, f"{theme}-4-abstained")
        desk.go_on.clear()
        window.chat.ask(QUESTION)
        shoot(window, folder, f"{theme}-5-streaming")
        desk.go_on.set()
        wait(5000, lambda: not window.chat.busy)
        window.show_page(TIMELINE)
        wait(10_000, lambda: window.timeline.model is not None)
        window.timeline.select(len(window.timeline.model.frames) * 2 // 3)
        shoot(window, folder, f"{theme}-6-timeline")
        sum_up(desk, window)
        shoot(window, folder, f"{theme}-6-timeline-summed-up")
        window.timeline.in_short.toggle.click()
        shoot(window, folder, f"{theme}-6-timeline-in-short")
        window.timeline.in_short.toggle.click()
        window.timeline.scrubber.zoom(12)
        shoot(window, folder, f"{theme}-7-timeline-zoomed")
        desk.trouble = "the recorder sees changes but stores nothing"
        window.recording.look()
        window.show_page(STATUS)
        shoot(window, folder, f"{theme}-8-status")
        window.forgetting.ask()
        wait(300)
        window.forgetting.question.grab().save(str(folder / f"{theme}-9-forget.png"))
        window.forgetting.question.reject()
        window.notice.say("Forgotten for good: 12 moments and 9 pictures and recordings.")
        window.show_page(ASK)
        shoot(window, folder, f"{theme}-10-notice")
        window.shutdown()
        window.close()
        window.deleteLater()


def main() -> None:
    """Write the pictures into the folder named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    make_application([])
    for theme in ("light", "dark"):
        shoot_theme(folder, theme)
    tray_sheet(folder)


if __name__ == "__main__":
    main()
