"""The state of recording in pill and tray, pausing, and forgetting the last ten minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from mirrordesk import clock, control
from mirrordesk.control import Pause, Span
from mirrordesk.errors import StoreError
from mirrordesk.status import Report
from mirrordesk.ui.recording import Light, state_of
from mirrordesk.ui.tray import Tray, tray_icon
from mirrordesk.ui.window import STATUS, MainWindow
from tests.ui.fakes import FakeDesk

DEADLINE_MS = 20_000


@pytest.fixture
def tray(window: MainWindow) -> Iterator[Tray]:
    made = Tray(window.recording, window.forgetting, window)
    yield made
    made.menu.deleteLater()


def wait_for(qtbot: QtBot, window: MainWindow, light: Light) -> None:
    qtbot.waitUntil(lambda: window.recording.state.light is light, timeout=DEADLINE_MS)


def test_pausing_in_the_tray_leaves_the_mark_and_resuming_takes_it_away(
    qtbot: QtBot, window: MainWindow, tray: Tray, desk: FakeDesk
) -> None:
    wait_for(qtbot, window, Light.RECORDING)
    tray.toggle.trigger()
    wait_for(qtbot, window, Light.PAUSED)
    assert control.paused(desk.profile) is not None
    assert tray.toggle.text() == "Resume"
    assert tray.icon.toolTip() == "MirrorDesk: Paused: until you resume"
    assert window.rail.pill.headline.text() == "Paused"
    tray.toggle.trigger()
    wait_for(qtbot, window, Light.RECORDING)
    assert control.paused(desk.profile) is None


def test_the_pill_tells_the_backlog_and_trouble_in_words(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    wait_for(qtbot, window, Light.RECORDING)
    assert window.rail.pill.detail.text() == "4 captures waiting"
    desk.trouble = "the recorder has stopped reporting"
    window.recording.look()
    wait_for(qtbot, window, Light.TROUBLE)
    assert window.rail.pill.headline.text() == "Not recording"
    assert window.rail.pill.detail.text() == "The recorder has stopped reporting"


def test_a_long_backlog_is_told_in_minutes_and_the_page_says_why_it_waits(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = desk.report()
    assert report.perception is not None
    behind = replace(report.perception, waiting=300, waiting_min=12, resting=True)
    monkeypatch.setattr(desk, "report", lambda: replace(report, perception=behind))
    window.recording.look()
    told = "12 min of screen and sound wait to be read"
    qtbot.waitUntil(lambda: window.rail.pill.detail.text() == told, timeout=DEADLINE_MS)
    page = window.pages.widget(STATUS)
    assert page._waiting_text.text().startswith(f"{told} · reading goes on when")


@pytest.mark.parametrize(
    ("change", "light"),
    [
        (lambda report: report, Light.RECORDING),
        (lambda report: replace(report, recorder_running=False), Light.TROUBLE),
        (lambda report: replace(report, recorder=None), Light.TROUBLE),
        (lambda report: replace(report, trouble="stuck"), Light.TROUBLE),
        (
            lambda report: replace(report, recorder=replace(report.recorder, state="locked")),
            Light.RESTING,
        ),
    ],
)
def test_only_a_recorder_that_records_counts_as_recording(
    desk: FakeDesk, change: Callable[[Report], Report], light: Light
) -> None:
    report = change(desk.report())
    assert state_of(report, None).light is light
    assert state_of(report, Pause(0)).light is Light.PAUSED


def test_an_unreachable_desk_is_not_called_recording(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for(qtbot, window, Light.RECORDING)

    def fail() -> Report:
        raise StoreError("The tables cannot be opened.")

    monkeypatch.setattr(desk, "report", fail)
    window.recording.look()
    wait_for(qtbot, window, Light.TROUBLE)
    assert window.recording.state.detail == "The tables cannot be opened."


def answer_question(qtbot: QtBot, window: MainWindow, name: str) -> None:
    box = window.forgetting.question
    assert box is not None
    choice = box.findChild(QPushButton, name)
    assert choice is not None
    qtbot.mouseClick(choice, Qt.MouseButton.LeftButton)


def test_forgetting_asks_first_and_then_removes_the_last_ten_minutes(
    qtbot: QtBot, window: MainWindow, tray: Tray, desk: FakeDesk
) -> None:
    before = clock.now_ns()
    tray.forget.trigger()
    assert desk.forgot == []
    answer_question(qtbot, window, "forget")
    qtbot.waitUntil(lambda: bool(desk.forgot), timeout=DEADLINE_MS)
    [(start, end)] = desk.forgot
    assert before - 10 * clock.MINUTE <= start <= clock.now_ns() - 10 * clock.MINUTE
    assert before <= end <= clock.now_ns()
    qtbot.waitUntil(window.notice.isVisible, timeout=DEADLINE_MS)
    assert window.notice.text.text().startswith("Forgotten for good: ")


def test_keeping_forgets_nothing(
    qtbot: QtBot, window: MainWindow, tray: Tray, desk: FakeDesk
) -> None:
    tray.forget.trigger()
    answer_question(qtbot, window, "keep")
    assert window.forgetting.question is None
    tray.forget.trigger()
    box = window.forgetting.question
    assert box is not None
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert window.forgetting.question is None
    assert desk.forgot == []


def test_a_failed_forgetting_is_told(
    qtbot: QtBot, window: MainWindow, tray: Tray, desk: FakeDesk
) -> None:
    desk.failure = StoreError("The tables cannot be written.")
    tray.forget.trigger()
    answer_question(qtbot, window, "forget")
    qtbot.waitUntil(window.notice.isVisible, timeout=DEADLINE_MS)
    assert window.notice.text.text() == "The tables cannot be written."


def test_what_was_forgotten_is_no_longer_on_the_screen(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    window.chat.ask("total?")
    qtbot.waitUntil(lambda: not window.chat.busy, timeout=DEADLINE_MS)
    window.chat.opened.emit(list(desk.answers[""].citations), 0)
    cited = desk.answers[""].citations[0]
    window.forgetting.done.emit(Span(cited.start_ns, cited.start_ns + 1))
    assert window.chat.exchanges == []
    assert not window.viewer.isVisible()


def test_the_tray_asks_the_application_to_open_and_to_quit(qtbot: QtBot, tray: Tray) -> None:
    with qtbot.waitSignal(tray.open_requested):
        tray.open.trigger()
    with qtbot.waitSignal(tray.quit_requested):
        tray.quit.trigger()


def test_the_tray_icons_differ_in_shape_and_not_in_colour_alone(window: MainWindow) -> None:
    masks = set()
    for light in (Light.RECORDING, Light.RESTING, Light.PAUSED, Light.TROUBLE):
        image = tray_icon(light).pixmap(22, 22).toImage()
        grey = [
            image.pixelColor(x, y).lightness() // 128 if image.pixelColor(x, y).alpha() > 128 else 2
            for x in range(22)
            for y in range(22)
        ]
        masks.add(tuple(grey))
    assert len(masks) == 4


def test_the_status_page_lists_every_part_with_its_remedy(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    window.show_page(STATUS)
    qtbot.waitUntil(
        lambda: window.status._looking.text() == "3 parts of 7 could be better",
        timeout=DEADLINE_MS,
    )
    words = {label.text() for label in window.status.findChildren(type(window.status._looking))}
    for check in desk.checks:
        assert check.part in words
        assert not check.remedy or check.remedy in words
    assert str(desk.profile.root) in words
