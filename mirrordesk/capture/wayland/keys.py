"""Hot keys under Wayland: a program hears the keys of its own windows only."""

from __future__ import annotations

from typing import NoReturn

from mirrordesk.capture.hotkeys import Chord, KeyGrabber
from mirrordesk.errors import CaptureUnavailable

_INSTEAD = (
    "Wayland gives {chord} to no program; have the compositor bind keys to `mirrordesk pause`, "
    "`mirrordesk resume` and `mirrordesk forget --last 10m --yes`."
)


class WaylandKeys(KeyGrabber):
    """Has none, and says what to do instead."""

    def grab(self, chord: Chord) -> NoReturn:
        """Raises CaptureUnavailable, with the way to have the keys all the same."""
        raise CaptureUnavailable(_INSTEAD.format(chord=chord))

    def pressed(self) -> list[Chord]:
        """Nothing."""
        return []

    def fileno(self) -> None:
        """There is nothing to wait for."""
        return

    def close(self) -> None:
        """Nothing is open."""
