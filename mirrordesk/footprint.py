"""What a profile takes on the disk, what it may take, and for how long that lasts."""

from __future__ import annotations

import contextlib
import time
from datetime import date, timedelta
from pathlib import Path

from mirrordesk import clock, durable
from mirrordesk.paths import Profile
from mirrordesk.status import Storage

FRESH_S = 60.0  # for how long a sum holds: a window asks every second, and there are many files
GIGABYTE = 10**9
RATE_FRESH_S = 600.0
RATE_DAYS = 7  # over which the rate of late is taken
_SMALL, _NONE = "small_before_ns", "none_before_ns"


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


class Room:
    """What a profile may take, and for how long that lasts, looked into once in ten minutes."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._daily = 0.0  # bytes
        self._stale_at = 0.0  # on the monotonic clock

    def storage(self, budget: int, taken: int) -> Storage:
        """The room where `budget` bytes are allowed and `taken` are used."""
        if time.monotonic() >= self._stale_at:
            self._daily = _daily(self._profile.media, taken)
            self._stale_at = time.monotonic() + RATE_FRESH_S
        days = budget / self._daily if self._daily > 0 else None
        return Storage(budget, days, *thinned(self._profile))


def thinned(profile: Profile) -> tuple[int, int]:
    """Up to when pictures were made small, and up to when they were let go; 0: none was."""
    noted = durable.read_json(profile.thinned)
    marks = noted if isinstance(noted, dict) else {}
    return marks.get(_SMALL, 0), marks.get(_NONE, 0)


def note_thinned(profile: Profile, small_before_ns: int, none_before_ns: int) -> None:
    """Note up to when pictures were made small, and up to when they were let go."""
    marks = {_SMALL: small_before_ns, _NONE: none_before_ns}
    durable.write_json(profile.thinned, marks)


def _daily(media: Path, taken: int) -> float:
    """Bytes a day, 0 where nothing was recorded.

    Media is counted by the days of the last week, without today unless there is no other: today
    is not over, and its frames are not packed yet. The rest is spread over all days.
    """
    today = clock.at(clock.now_ns()).date()
    sizes = {day: _bytes_under(folder) for folder, day in _days(media) if day <= today}
    if not sizes:
        return 0.0
    ended = sum(size for day, size in sizes.items() if day < today)
    spread = max((today - min(sizes)).days, 1)
    last = [today - timedelta(days=ago) for ago in range(1, min(RATE_DAYS, spread) + 1)]
    recent = sum(sizes.get(day, 0) for day in last) if ended else sizes[max(sizes)]
    return recent / len(last) + (taken - sum(sizes.values())) / spread


def _days(media: Path) -> list[tuple[Path, date]]:
    found = []
    for folder in media.glob("*/*/*"):
        with contextlib.suppress(ValueError):  # no folder of a day
            found.append((folder, date(*map(int, folder.parts[-3:]))))
    return found
