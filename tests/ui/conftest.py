"""Qt without a screen, and a window over a made-up memory."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt starts
os.environ["TZ"] = "UTC"  # the zone of the made-up day

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from mirrordesk.config import Settings
from mirrordesk.paths import Profile
from mirrordesk.ui.window import MainWindow
from tests.ui.fakes import FakeDesk


@pytest.fixture
def desk(profile: Profile) -> FakeDesk:
    """A desk with a made-up day."""
    return FakeDesk(profile)


@pytest.fixture
def window(qtbot: QtBot, desk: FakeDesk) -> Iterator[MainWindow]:
    """The window over that desk, shown at its usual size."""
    shown = MainWindow(desk, Settings())
    qtbot.addWidget(shown)
    shown.show()
    yield shown
    desk.release()
    shown.shutdown()
