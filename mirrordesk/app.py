"""The desktop app: window, tray icon, and the processes behind them."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import socket
import sys
from collections.abc import Iterator

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from mirrordesk import config, durable
from mirrordesk.client import DeskClient
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.paths import Profile
from mirrordesk.recording import Recording
from mirrordesk.ui.application import make_application
from mirrordesk.ui.tray import Tray
from mirrordesk.ui.window import MainWindow


def run(profile: Profile) -> int:
    """Show the window and the tray icon and record, until the person quits.

    Raises CaptureUnavailable without a display, ProfileLocked where the app runs already.
    """
    _require_display()
    holder = "MirrorDesk already runs on this profile; look for its icon in the tray."
    with durable.lock(profile.app_lock, holder=holder), _crash_log(profile):
        settings = config.load(profile)
        application = make_application([])
        recording, desk = Recording(profile), DeskClient(profile)
        recording.start()
        try:
            return _show(application, MainWindow(desk, settings))
        finally:
            desk.close()
            recording.stop()


def _require_display() -> None:
    named = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "linux" and not named and not os.environ.get("QT_QPA_PLATFORM"):
        raise CaptureUnavailable("There is no display to open a window on (DISPLAY is not set).")


@contextlib.contextmanager
def _crash_log(profile: Profile) -> Iterator[None]:
    """Native code can take the process down; its last stack then stands in logs/crash.log."""
    with (profile.logs / "crash.log").open("a") as log:
        faulthandler.enable(log)
        try:
            yield
        finally:
            faulthandler.disable()


def _show(application: QApplication, window: MainWindow) -> int:
    tray = Tray(window.recording, window.forgetting, window)
    tray.open_requested.connect(window.raise_window)
    tray.quit_requested.connect(application.quit)
    # Without a tray there would be no way back to a hidden window, so closing it then quits.
    application.setQuitOnLastWindowClosed(not Tray.available())
    with _quit_on_signals(application):
        tray.show()
        window.show()
        status = application.exec()
    tray.hide()
    window.shutdown()
    return status


@contextlib.contextmanager
def _quit_on_signals(application: QApplication) -> Iterator[None]:
    """SIGTERM and SIGINT quit like the menu does.

    Python's handlers run only between bytecodes, and Qt's loop executes none; the wake-up
    descriptor makes the loop turn.
    """
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: reader.recv(64))
    before = signal.set_wakeup_fd(writer.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: application.quit())
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        reader.close()
        writer.close()
