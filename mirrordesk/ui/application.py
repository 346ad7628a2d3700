"""The Qt application under the name that the recorder excludes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from mirrordesk.ui import icons

NAME = "mirrordesk"  # also the class of every window: the recorder never records it


def make_application(arguments: Sequence[str]) -> QApplication:
    """The one QApplication, named so that desktops and our recorder know its windows."""
    QCoreApplication.setApplicationName(NAME)
    QGuiApplication.setDesktopFileName(NAME)
    app = QApplication([NAME, *arguments])
    app.setApplicationDisplayName("MirrorDesk")
    app.setWindowIcon(window_icon())
    return app


def window_icon() -> QIcon:
    """The mark on a tile of the accent colour."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128):
        tile = QPixmap(size, size)
        tile.fill(Qt.GlobalColor.transparent)
        painter = QPainter(tile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#3350c4"))
        painter.drawRoundedRect(0, 0, size, size, size * 0.22, size * 0.22)
        mark = icons.pixmap("mirror", QColor("#ffffff"), round(size * 0.72))
        painter.drawPixmap(round(size * 0.14), round(size * 0.14), mark)
        painter.end()
        result.addPixmap(tile)
    return result
