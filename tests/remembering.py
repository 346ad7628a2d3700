"""One thing to remember, for tests of what lies above the memory."""

from __future__ import annotations

from mirrordesk import clock
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Box, FrameWindow, Kind, Moment, State, TextLine

NOW = clock.now_ns() - clock.MINUTE
LINE = "The Falcon budget is 48500 euros"
ID = "b" * 32


def remember(profile: Profile, windows: tuple[FrameWindow, ...] = ()) -> None:
    """Store one frame that shows LINE and these windows, and its episode."""
    moment = Moment(
        id=ID,
        kind=Kind.FRAME,
        start_ns=NOW,
        end_ns=NOW,
        zone="UTC",
        source="monitor-1",
        app="mousepad",
        title="notes",
        windows=windows,
        text=LINE,
        lines=(TextLine(LINE, Box(10, 20, 300, 18), 0.9),),
        ocr=State.DONE,
    )
    store = Store(profile)
    store.add([moment])
    store.refresh_episodes(NOW)
