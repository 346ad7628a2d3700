"""The window: navigation, the three pages, the viewer above them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from mirrordesk.client import DeskClient
from mirrordesk.config import Settings
from mirrordesk.control import Span
from mirrordesk.ui import rail
from mirrordesk.ui.background import Background
from mirrordesk.ui.chat import Chat
from mirrordesk.ui.context import Context
from mirrordesk.ui.forgetting import Forgetting
from mirrordesk.ui.notice import Notice
from mirrordesk.ui.pictures import Pictures
from mirrordesk.ui.recording import Recording
from mirrordesk.ui.statuspage import StatusPage
from mirrordesk.ui.style import Theme
from mirrordesk.ui.timeline import Timeline
from mirrordesk.ui.viewer import Viewer

ASK, TIMELINE, STATUS = range(3)


class MainWindow(QMainWindow):
    """Needs a QApplication. Closing hides it; `shutdown` ends its threads and timers.

    `recording` and `forgetting` are what the tray works with too.
    """

    def __init__(self, desk: DeskClient, settings: Settings) -> None:
        super().__init__()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.setWindowTitle("MirrorDesk")
        self.resize(1280, 800)
        self.setMinimumSize(900, 600)
        self.theme = Theme(app, settings.ui.theme)
        self.background = Background(parent=self)
        decoding = Background(threads=2, parent=self)
        self._decoding = decoding
        self.pictures = Pictures(decoding, self)
        context = Context(desk, self.background, self.pictures, self.theme)
        self.recording = Recording(desk, self.background, self)
        self.forgetting = Forgetting(desk, self.background, self)
        self.chat = Chat(context)
        self.timeline = Timeline(context)
        self.status = StatusPage(context, self.recording, self.forgetting)
        self.rail = rail.Rail(context, self.recording)
        self._lay_out()
        self.viewer = Viewer(context, self._root)
        self.notice = Notice(self._root, left=rail.WIDTH)
        self._connect()
        self._add_shortcuts()
        self.recording.start()
        self.chat.focus()

    def show_page(self, number: int) -> None:
        """Show ASK, TIMELINE or STATUS."""
        if self.viewer.isVisible():
            self.viewer.dismiss()
        self.pages.setCurrentIndex(number)
        self.rail.show_page(number)
        if number == ASK:
            self.chat.focus()
        elif number == TIMELINE:
            self.timeline.scrubber.setFocus()

    def raise_window(self) -> None:
        """Show the window in front of the others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def apply(self, settings: Settings) -> None:
        """Take over settings that need no restart."""
        self.theme.choose(settings.ui.theme)

    def shutdown(self) -> None:
        """End timers and threads. Calls under way end when the desk is closed."""
        self.recording.stop()
        self.chat.shutdown()
        self.timeline.shutdown()
        self.background.close()
        self._decoding.close()

    def _lay_out(self) -> None:
        self.pages = QStackedWidget()
        for page in (self.chat, self.timeline, self.status):
            page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self.pages.addWidget(page)
        self._root = QWidget()
        row = QHBoxLayout(self._root)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.pages, 1)
        self.setCentralWidget(self._root)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_page)
        self.chat.opened.connect(self.viewer.open)
        self.timeline.opened.connect(self.viewer.open)
        self.viewer.located.connect(self._locate)
        self.background.failed.connect(self.notice.say)
        self._decoding.failed.connect(self.notice.say)
        self.forgetting.told.connect(self.notice.say)
        self.forgetting.done.connect(self._forgotten)
        self.recording.changed.connect(self._reported)

    def _add_shortcuts(self) -> None:
        for keys, action in (
            ("Ctrl+1", lambda: self.show_page(ASK)),
            ("Ctrl+2", lambda: self.show_page(TIMELINE)),
            ("Ctrl+3", lambda: self.show_page(STATUS)),
            ("Ctrl+L", lambda: self.show_page(ASK)),
            ("Esc", self._escape),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _escape(self) -> None:
        if self.viewer.isVisible():
            self.viewer.dismiss()
        else:
            self.chat.cancel()

    def _locate(self, zone: str, ns: object) -> None:
        assert isinstance(ns, int)
        self.timeline.locate(zone, ns)
        self.show_page(TIMELINE)

    def _reported(self) -> None:
        report = self.recording.report
        if report is not None:
            self.chat.tell_empty(report.moments == 0)
            self.timeline.refresh(report.last_ns)

    def _forgotten(self, span: object) -> None:
        """Keep nothing on the screen or in memory of what is gone."""
        assert isinstance(span, Span)
        self.pictures.clear()
        self.viewer.drop(span)
        self.chat.drop(span)
        if self.timeline.model is not None:
            self.timeline.reload()
        self.recording.look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.viewer.setGeometry(self._root.rect())
