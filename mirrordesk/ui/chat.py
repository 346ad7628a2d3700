"""The page where questions are asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from mirrordesk import config, words
from mirrordesk.control import Span
from mirrordesk.records import Answer, Progress
from mirrordesk.ui.answer import Exchange
from mirrordesk.ui.asking import Asking
from mirrordesk.ui.background import Job
from mirrordesk.ui.composer import Composer
from mirrordesk.ui.context import Context
from mirrordesk.ui.controls import button, label
from mirrordesk.ui.style import XL, XXL, L, M, S

COLUMN_WIDTH = 780
SUGGESTIONS = (
    "What was I working on this morning?",
    "Where did I last see an error message?",
    "What was said in my last call?",
    "Which pages did I read yesterday?",
)
NOTHING_YET = (
    "Nothing is remembered yet. While recording runs, what you see and hear becomes "
    "something you can ask about."
)
READY = "Every answer shows the frame or the words it comes from."
STAYS = "Nothing leaves this computer."


def _column(inner: QWidget) -> QHBoxLayout:
    """`inner` centred, no wider than reads well."""
    inner.setMaximumWidth(COLUMN_WIDTH)
    row = QHBoxLayout()
    row.setContentsMargins(XL, 0, XL, 0)
    row.addStretch(1)
    row.addWidget(inner, 1000)
    row.addStretch(1)
    return row


class Chat(QWidget):
    """Asks one question at a time. `opened` carries citations and the index of the one to show."""

    opened = Signal(list, int)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._asking: Asking | None = None
        self._job: Job | None = None
        self._conversation = uuid4().hex
        self.exchanges: list[Exchange] = []
        self.setProperty("role", "page")
        self.composer = Composer(context.theme)
        self.composer.asked.connect(self.ask)
        self.composer.stopped.connect(self.cancel)
        self.composer.began.connect(self.begin)
        host = config.load(context.desk.profile).llm.server_host
        self.leaving = label(words.leaving(host) if host else "", "caption", wrap=True)
        self.leaving.setVisible(bool(host))
        self._ready = READY if host else f"{READY} {STAYS}"
        self._hint = label(self._ready, "lead", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, XL)
        layout.setSpacing(M)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty())
        self._stack.addWidget(self._thread())
        layout.addLayout(self._stack, 1)
        if host:
            layout.addLayout(_column(self.leaving))
        layout.addLayout(_column(self.composer))

    @property
    def busy(self) -> bool:
        """Whether an answer is under way."""
        return self._asking is not None

    def ask(self, question: str) -> None:
        """Ask, unless an answer is under way."""
        if self.busy:
            return
        exchange = Exchange(self._context, question)
        exchange.opened.connect(self.opened)
        exchange.again.connect(self.ask)
        self.exchanges.append(exchange)
        self._list.insertWidget(self._list.count() - 1, exchange)
        self._stack.setCurrentIndex(1)
        self.composer.set_talking(True)
        self.composer.field.setFocus()
        QTimer.singleShot(0, self, lambda: self._scroll_to(exchange))
        self._start(exchange)

    def begin(self) -> None:
        """Begin a new conversation on an empty page, unless an answer is under way."""
        if self.busy:
            return
        self._conversation = uuid4().hex
        self._take_away(self.exchanges)
        self.focus()

    def cancel(self) -> None:
        """Stop the answer under way, if there is one; what was supported so far is kept."""
        if self._asking is None or self._asking.stopped:
            return
        self.exchanges[-1].stopping()
        self._context.background.run(self._asking.stop, lambda _: None)

    def focus(self) -> None:
        """Put the cursor in the question field."""
        self.composer.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.composer.field.selectAll()

    def tell_empty(self, empty: bool) -> None:
        """Whether the memory holds nothing at all yet."""
        self._hint.setText(NOTHING_YET if empty else self._ready)

    def drop(self, span: Span) -> None:
        """Take away every answer that quotes something from a forgotten span."""
        self._take_away([e for e in self.exchanges if e.touches(span)])

    def _take_away(self, exchanges: Sequence[Exchange]) -> None:
        for exchange in list(exchanges):
            self.exchanges.remove(exchange)
            exchange.hide()
            exchange.deleteLater()
        if not self.exchanges:
            self._stack.setCurrentIndex(0)
            self.composer.set_talking(False)

    def shutdown(self) -> None:
        """Let nothing come back any more."""
        if self._job is not None:
            self._job.drop()

    def _start(self, exchange: Exchange) -> None:
        asking = self._asking = Asking(self._context.desk, exchange.question, self._conversation)
        self.composer.set_busy(True)

        def step(progress: Progress) -> None:
            if not asking.stopped:
                exchange.step(progress)
                self._follow()

        def done(answer: Answer) -> None:
            exchange.finish(answer, stopped=asking.stopped)
            self._ended()

        def failed(sentence: str) -> None:
            exchange.fail(sentence)
            self._ended()

        self._job = self._context.background.stream(asking.work, step, done, failed)

    def _ended(self) -> None:
        self._asking = None
        self.composer.set_busy(False)

    def _scroll_to(self, exchange: Exchange) -> None:
        self._bar.setValue(exchange.y() - XL)

    def _follow(self) -> None:
        if self._bar.value() > self._bar.maximum() - 80:
            self._bar.setValue(self._bar.maximum())

    def _empty(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S)
        column.addStretch(2)
        column.addWidget(label("What are you looking for?", "display"))
        column.addWidget(self._hint)
        column.addSpacing(L)
        grid = QGridLayout()
        grid.setSpacing(M)
        for number, question in enumerate(SUGGESTIONS):
            asks = button(question, "suggestion", partial(self.ask, question))
            grid.addWidget(asks, number // 2, number % 2)
        column.addLayout(grid)
        column.addStretch(3)
        page = QWidget()
        page.setLayout(_column(inner))
        return page

    def _thread(self) -> QWidget:
        inner = QWidget()
        self._list = QVBoxLayout(inner)
        self._list.setContentsMargins(0, XL, 0, XL)
        self._list.setSpacing(XXL)
        self._list.addStretch(1)
        canvas = QWidget()
        canvas.setProperty("role", "canvas")
        column = _column(inner)
        canvas.setLayout(column)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(canvas)
        self._bar = area.verticalScrollBar()

        def balance(_least: int, most: int) -> None:
            # The scroll bar takes room on the right: as much on the left keeps the column centred.
            column.setContentsMargins(XL + (self._bar.width() if most else 0), 0, XL, 0)

        self._bar.rangeChanged.connect(balance)
        return area
