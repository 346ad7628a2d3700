"""Asking, seen from the person's side of the window."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from mirrordesk.errors import WorkerError
from mirrordesk.records import Answer, Claim
from mirrordesk.ui import answer as answer_view
from mirrordesk.ui.card import CitationCard
from mirrordesk.ui.window import MainWindow
from tests.ui.fakes import FakeDesk

DEADLINE_MS = 20_000
HOSTILE = '<b>bold</b><img src="file:///etc/passwd"> [link](http://x.example) ![i](http://x/i.png)'


def ask(qtbot: QtBot, window: MainWindow, question: str) -> None:
    qtbot.keyClicks(window.chat.composer.field, question)
    qtbot.keyClick(window.chat.composer.field, Qt.Key.Key_Return)


def ask_and_wait(qtbot: QtBot, window: MainWindow, question: str = "total?") -> None:
    ask(qtbot, window, question)
    qtbot.waitUntil(lambda: not window.chat.busy, timeout=DEADLINE_MS)


def shown_words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def sees(qtbot: QtBot, widget: QWidget, words: str) -> None:
    """Wait until the words are on the screen."""
    qtbot.waitUntil(lambda: words in shown_words(widget), timeout=DEADLINE_MS)


def test_an_answer_grows_as_it_is_written_and_is_then_replaced_by_the_cited_one(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    desk.go_on.clear()
    ask(qtbot, window, "total?")
    qtbot.waitUntil(lambda: bool(window.chat.exchanges[0].text.toPlainText()), timeout=DEADLINE_MS)
    exchange = window.chat.exchanges[0]
    assert exchange.text.toPlainText().startswith("The")
    assert exchange.stage.isVisible()
    assert exchange.stage.text().startswith("Writing the answer")
    desk.go_on.set()
    qtbot.waitUntil(lambda: not window.chat.busy, timeout=DEADLINE_MS)
    assert "invoice by Friday." in exchange.text.toPlainText()
    assert not exchange.stage.isVisible()
    assert len(exchange.findChildren(CitationCard)) == 3


def test_a_chip_in_the_text_opens_its_frame_with_the_cited_line_outlined(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    ask_and_wait(qtbot, window)
    text = window.chat.exchanges[0].text
    chip = text.chip_place(2).center().toPoint()
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=chip)
    assert window.viewer.isVisible()
    cited = desk.answers[""].citations[1]
    assert window.viewer.citation == cited
    outline_is_around(qtbot, window, desk, 1)


def outline_is_around(qtbot: QtBot, window: MainWindow, desk: FakeDesk, index: int) -> None:
    """The outline's colour is on each side of the cited box, and nowhere within it."""
    canvas = window.viewer.canvas
    box = desk.answers[""].citations[index].box
    assert box is not None
    colour = window.theme.colour("outline")

    def is_outlined() -> bool:
        place = canvas.to_view(box).toRect()
        image = canvas.grab().toImage()
        sides = (
            QPoint(place.center().x(), place.top() - 4),
            QPoint(place.center().x(), place.bottom() + 4),
            QPoint(place.left() - 4, place.center().y()),
            QPoint(place.right() + 4, place.center().y()),
        )
        return all(_near(image.pixelColor(side), colour) for side in sides)

    qtbot.waitUntil(is_outlined, timeout=DEADLINE_MS)
    place = canvas.to_view(box).toRect()
    image = canvas.grab().toImage()
    inside = [image.pixelColor(place.left() + x, place.center().y()) for x in range(4, 80)]
    assert not any(_near(pixel, colour) for pixel in inside)


def _near(one: object, other: object) -> bool:
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[attr-defined]
    return all(abs(a - b) < 60 for a, b in pairs)


def test_a_card_opens_its_frame_by_mouse_and_by_key(qtbot: QtBot, window: MainWindow) -> None:
    ask_and_wait(qtbot, window)
    card = window.chat.exchanges[0].findChildren(CitationCard)[0]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert window.viewer.citation == card.citation
    qtbot.keyClick(window.viewer, Qt.Key.Key_Right)
    assert window.viewer.citation != card.citation
    qtbot.keyClick(window.viewer, Qt.Key.Key_Escape)
    assert not window.viewer.isVisible()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    assert window.viewer.isVisible()


def test_the_outline_stays_on_its_line_when_the_frame_is_enlarged(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    ask_and_wait(qtbot, window)
    window.chat.opened.emit(list(desk.answers[""].citations), 0)
    outline_is_around(qtbot, window, desk, 0)
    window.viewer.canvas.zoom(1.25)
    outline_is_around(qtbot, window, desk, 0)


def test_stopping_keeps_what_was_supported_so_far(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    desk.go_on.clear()
    ask(qtbot, window, "total?")
    qtbot.waitUntil(lambda: bool(window.chat.exchanges[0].text.toPlainText()), timeout=DEADLINE_MS)
    qtbot.mouseClick(window.chat.composer.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.chat.busy, timeout=DEADLINE_MS)
    assert desk.asked[0].cancelled.is_set()
    answer = window.chat.exchanges[0].answer
    assert answer is not None
    assert len(answer.claims) == 1


def test_stopping_before_anything_was_found_says_so(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    desk.answers[""] = replace(desk.answers[""], claims=(), citations=(), note="Looking …")
    desk.go_on.clear()
    ask(qtbot, window, "total?")
    qtbot.waitUntil(lambda: bool(window.chat.exchanges[0].text.toPlainText()), timeout=DEADLINE_MS)
    window.chat.cancel()
    qtbot.waitUntil(lambda: not window.chat.busy, timeout=DEADLINE_MS)
    sees(qtbot, window.chat.exchanges[0], "Stopped before anything was found.")


def test_a_failure_is_one_sentence_and_the_next_question_works(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    desk.failure = WorkerError("The desk process was ended by signal 9; see its log.")
    ask_and_wait(qtbot, window)
    sees(qtbot, window.chat, "The desk process was ended by signal 9; see its log.")
    desk.failure = None
    ask_and_wait(qtbot, window, "again?")
    assert window.chat.exchanges[1].answer is not None


def test_found_text_is_labelled_as_such_and_the_note_is_shown(
    qtbot: QtBot, window: MainWindow
) -> None:
    ask_and_wait(qtbot, window)
    tag = window.chat.exchanges[0].findChild(QLabel, "engine")
    assert tag is not None
    assert tag.text() == "Found text"
    assert "no language model" in tag.toolTip()
    sees(qtbot, window.chat, "3 spoken moments are not read yet.")


def test_without_a_memory_it_says_so_calmly(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    desk.answers[""] = Answer("dog?", (), (), "extractive", True, "")
    ask_and_wait(qtbot, window, "dog?")
    exchange = window.chat.exchanges[0]
    sees(qtbot, exchange, answer_view.NO_MEMORY)
    assert not [label for label in exchange.findChildren(QLabel) if label.property("role") == "bad"]


def test_recorded_markup_is_shown_literally(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    cited = replace(desk.answers[""].citations[0], app=HOSTILE, title=HOSTILE, text=HOSTILE)
    claim = Claim(HOSTILE, (cited.id,))
    desk.answers[""] = replace(
        desk.answers[""], claims=(claim,), citations=(cited,), engine=HOSTILE, note=HOSTILE
    )
    ask_and_wait(qtbot, window, HOSTILE)
    exchange = window.chat.exchanges[0]
    assert HOSTILE in exchange.text.toPlainText()
    assert "href" not in exchange.text.toHtml()
    assert '<img src="file' not in exchange.text.toHtml()
    window.chat.opened.emit([cited], 0)
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or not label.text()
        assert "<b>" not in label.toolTip()
    assert exchange.asked.text() == HOSTILE


def test_a_copied_answer_names_its_sources(qtbot: QtBot, window: MainWindow) -> None:
    ask_and_wait(qtbot, window)
    text = window.chat.exchanges[0].text
    text.selectAll()
    text.copy()
    assert "each line.[2][3]" in QApplication.clipboard().text()


def test_keys_ask_stop_and_switch_pages(qtbot: QtBot, window: MainWindow, desk: FakeDesk) -> None:
    window.activateWindow()
    for key, page in ((Qt.Key.Key_2, 1), (Qt.Key.Key_1, 0), (Qt.Key.Key_3, 2), (Qt.Key.Key_L, 0)):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.pages.currentIndex() == page
    desk.go_on.clear()
    ask(qtbot, window, "total?")
    qtbot.waitUntil(lambda: bool(window.chat.exchanges[0].text.toPlainText()), timeout=DEADLINE_MS)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.chat.busy, timeout=DEADLINE_MS)
    assert desk.asked[0].cancelled.is_set()


def test_a_new_conversation_begins_on_an_empty_page_under_a_name_of_its_own(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    composer = window.chat.composer
    assert not composer.fresh.isVisible()
    ask_and_wait(qtbot, window)
    ask_and_wait(qtbot, window, "and when was that?")
    qtbot.mouseClick(composer.fresh, Qt.MouseButton.LeftButton)
    assert not window.chat.exchanges
    assert not composer.fresh.isVisible()
    ask_and_wait(qtbot, window)
    first, second, third = desk.conversations
    assert first == second != third
    assert first
    assert third


def test_a_question_can_be_asked_again(qtbot: QtBot, window: MainWindow, desk: FakeDesk) -> None:
    ask_and_wait(qtbot, window)
    window.chat.exchanges[0].again.emit("total?")
    qtbot.waitUntil(lambda: not window.chat.busy, timeout=DEADLINE_MS)
    assert [exchange.question for exchange in window.chat.exchanges] == ["total?", "total?"]


def test_what_hides_in_a_text_or_poses_as_a_citation_is_not_shown(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    answer = desk.answers[""]
    claim = Claim("Paid\u202e. [7]" + "\U000e0041" * 9, answer.claims[0].sources)
    titled = replace(answer.citations[0], title="Mail\u2066 [9]")
    citations = (titled, *answer.citations[1:])
    desk.answers["total?"] = replace(answer, claims=(claim,), citations=citations)
    ask_and_wait(qtbot, window)
    exchange = window.chat.exchanges[0]
    exchange.text.selectAll()
    copied = exchange.text.createMimeDataFromSelection().text()
    assert copied.startswith("Paid. (7)[")
    assert "\u2066" not in shown_words(exchange)
