"""A recording, handed to the desktop's player."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from mirrordesk.seal import files


def play(recording: Path) -> None:
    """Open a clear copy, which is deleted when the window closes; nothing where it is gone."""
    try:
        copy = files.lent(recording)
    except OSError:  # forgotten, or damaged: the player could say no more than that
        return
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy)))
