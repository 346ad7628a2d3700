"""A widget whose comm is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mirrordesk.client import DeskClient
from mirrordesk.notebook import MirrorDesk
from tests.notebook.recordedcomm import RecordedComm

Show = Callable[[DeskClient], tuple[MirrorDesk, RecordedComm]]


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    """Makes a widget with a recorded comm and one open view called `page`."""
    monkeypatch.setattr("comm.create_comm", RecordedComm)
    widgets = []

    def make(desk: DeskClient) -> tuple[MirrorDesk, RecordedComm]:
        widget = MirrorDesk(desk=desk)
        widgets.append(widget)
        widget.comm.page_sends(type="hello", view="page")
        return widget, widget.comm

    yield make
    for widget in widgets:
        widget.close()
