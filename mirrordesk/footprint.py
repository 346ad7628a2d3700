"""What a profile takes on the disk."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

FRESH_S = 60.0  # for how long a sum holds: a window asks every second, and there are many files


class Footprint:
    """The bytes of all files under a folder, summed up at most once a minute."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bytes = 0
        self._stale_at = 0.0  # on the monotonic clock

    def bytes(self) -> int:
        """How many there are, or were within the last minute."""
        if time.monotonic() >= self._stale_at:
            self._bytes = _bytes_under(self._folder)
            self._stale_at = time.monotonic() + FRESH_S
        return self._bytes

    def outdate(self) -> None:
        """Sum up anew when asked next: much has just gone."""
        self._stale_at = 0.0


def _bytes_under(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # gone since it was listed
            total += path.lstat().st_size
    return total
