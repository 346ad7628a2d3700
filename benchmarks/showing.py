"""What people get to see of an answer, and whether anything in it is more than text.

The window's own widgets are made without a screen; the notebook's own page is opened in Debian's
Chromium, which may load nothing.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mirrordesk import notebook
from mirrordesk.client import DeskClient
from mirrordesk.notebook import messages
from mirrordesk.paths import Profile
from mirrordesk.records import Answer, Progress

CHROMIUM = Path("/usr/bin/chromium")
_TIP = re.compile(r"<p style='white-space:pre-wrap'>[^<]*</p>")
_MARK = re.compile(r"(?<![\w\])])\[E?-?\d+\]")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_PAGE = """async (source) => {
  const page = await import(`data:text/javascript;base64,${source}`);
  const listeners = [];
  const model = { on: (_event, listener) => listeners.push(listener), off() {}, send() {} };
  page.default.render({ model, el: document.body });
  window.tell = (message) => listeners.forEach((listener) => listener(message, []));
  window.tell({ type: "replay", messages: [] });
}"""
_TOLD = """(told) => {
  told.forEach(window.tell);
  const nodes = [...document.body.querySelectorAll("*")];
  return { tags: [...new Set(nodes.map((node) => node.localName))],
           text: document.body.innerText };
}"""
_OURS = frozenset(
    "section header span form input button h3 p div article blockquote dialog".split()  # noqa: SIM905
)


def concealed(text: str) -> str:
    """The characters of `text` that turn its direction, or that nobody can see."""
    return "".join(c for c in text if c in _TURNING or "\U000e0000" <= c <= "\U000e007f")


class Window:
    """An exchange of the chat, made as the window makes it."""

    def __init__(self, profile: Profile) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from PySide6.QtWidgets import QApplication

        from mirrordesk.ui.background import Background
        from mirrordesk.ui.context import Context
        from mirrordesk.ui.pictures import Pictures
        from mirrordesk.ui.style import Theme

        app = QApplication.instance() or QApplication(["injection"])
        assert isinstance(app, QApplication)
        self._background = Background()
        pictures = Pictures(self._background, self._background)
        self._context = Context(DeskClient(profile), self._background, pictures, Theme(app))

    def faults(self, answer: Answer, streamed: str) -> Iterator[str]:
        """What of an answer, or of the words before it, is shown as more than text."""
        from mirrordesk.ui.answer import Exchange

        exchange = Exchange(self._context, answer.question)
        exchange.step(Progress("text", streamed))
        yield from _unplain(exchange, 0)
        exchange.finish(answer)
        yield from _unplain(exchange, len(answer.citations))
        if answer.claims:
            yield from _miscounted(exchange, answer)
        exchange.deleteLater()


def _unplain(exchange: Any, citations: int) -> Iterator[str]:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel, QTextEdit, QWidget

    for label in exchange.findChildren(QLabel):
        if label.textFormat() != Qt.TextFormat.PlainText:
            yield "a label of the chat may hold markup"
        if concealed(label.text()):
            yield "a label of the chat holds characters that nobody sees"
    for widget in exchange.findChildren(QWidget):
        if "<" in widget.toolTip() and not _TIP.fullmatch(widget.toolTip()):
            yield "a tooltip of the chat holds markup"
    for text in exchange.findChildren(QTextEdit):
        if concealed(text.toPlainText()):
            yield "the text of the chat holds characters that nobody sees"
        yield from _embedded(text.document(), citations)


def _embedded(document: Any, citations: int) -> Iterator[str]:
    from PySide6.QtGui import QTextFormat

    number = QTextFormat.Property.UserProperty + 1
    block = document.begin()
    while block.isValid():
        for piece in block:
            form = piece.fragment().charFormat()
            if form.isAnchor() or form.isImageFormat() or form.isTableFormat():
                yield "the chat shows a link or an image"
            if form.objectType() and not 1 <= form.property(number) <= citations:
                yield "the chat shows a chip without a citation"
        block = block.next()


def _miscounted(exchange: Any, answer: Answer) -> Iterator[str]:
    """A mark in the copied text that none of our chips has written."""
    exchange.text.selectAll()
    copied = exchange.text.createMimeDataFromSelection().text()
    ours = sum(len(claim.sources) for claim in answer.claims)
    if len(_MARK.findall(copied)) > ours:
        yield "the copied answer holds a citation that is none"


@contextlib.contextmanager
def opened_page() -> Iterator[Page | None]:
    """The notebook's page in a browser; None where there is no Chromium to open it with."""
    if not CHROMIUM.is_file():
        yield None
        return
    from playwright.sync_api import sync_playwright

    source = (Path(notebook.__file__).parent / "static" / "widget.js").read_bytes()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu"],
            handle_sigint=False,  # that, and what it ends, is ours to decide
            handle_sigterm=False,
        )
        try:
            yield Page(browser.new_page(), base64.b64encode(source).decode())
        finally:
            browser.close()


class Page:
    """The notebook's page with nothing behind it but what it is told."""

    def __init__(self, page: Any, source: str) -> None:
        self._page = page
        self._asked: list[str] = []
        page.on("request", lambda request: self._asked.append(request.url))
        page.on("dialog", self._refuse)
        page.evaluate(_PAGE, source)
        self._asked.clear()

    def _refuse(self, dialog: Any) -> None:
        self._asked.append("a dialog")
        dialog.dismiss()

    def faults(self, answer: Answer, streamed: str) -> Iterator[str]:
        """What of an answer, or of the words before it, is shown as more than text."""
        told: list[dict[str, Any]] = [
            {"type": "asked", "question": answer.question, "words": "", "earlier": []},
            {"type": "piece", "text": _whole(streamed)},
        ]
        for shown in (told, [_whole(messages.answered(answer, stopped=False))]):
            found = self._page.evaluate(_TOLD, shown)
            if strange := set(found["tags"]) - _OURS:
                yield f"the page shows {', '.join(sorted(strange))}"
            if concealed(found["text"]):
                yield "the page holds characters that nobody sees"
        if self._asked:
            yield f"the page asked for {self._asked[0][:60]}"
            self._asked.clear()


def _whole(value: Any) -> Any:
    """`value` without lone surrogates, which no message to a page can carry."""
    if isinstance(value, str):
        return "".join("\ufffd" if unicodedata.category(c) == "Cs" else c for c in value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return {k: _whole(v) for k, v in value.items()} if isinstance(value, dict) else value
