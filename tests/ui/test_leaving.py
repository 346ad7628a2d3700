"""The chat page says whether evidence leaves the machine."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from mirrordesk import config, words
from mirrordesk.config import Settings
from mirrordesk.paths import Profile
from mirrordesk.ui.chat import STAYS
from mirrordesk.ui.window import MainWindow
from tests.ui.fakes import FakeDesk


@pytest.mark.parametrize("host", ["", "nas.local"])
def test_the_chat_says_where_answers_are_written(qtbot: QtBot, profile: Profile, host: str) -> None:
    if host:
        config.change(profile, "llm.server", f"https://{host}/v1")
    desk = FakeDesk(profile)
    window = MainWindow(desk, Settings())
    qtbot.addWidget(window)
    window.show()
    leaving = window.chat.leaving
    assert leaving.isVisible() == bool(host)
    assert leaving.text() == (words.leaving(host) if host else "")
    assert (STAYS in window.chat._ready) == (not host)
    desk.release()
    window.shutdown()
