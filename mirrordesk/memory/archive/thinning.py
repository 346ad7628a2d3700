"""Thinning: when the profile nears its budget, the oldest pixels become small, then go.

What was read in them, their vectors and the sound stay. Nothing waits for a person, and nothing
happens in silence: how far it has come is noted, and told wherever the state is told.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from mirrordesk import clock, footprint, words
from mirrordesk.errors import StoreError
from mirrordesk.footprint import Footprint
from mirrordesk.memory import naming
from mirrordesk.memory.archive import segment, shelf
from mirrordesk.memory.archive.segment import Level
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.status import Storage

NEAR = 0.95  # of the budget: from here on room is made
REST_S = 60.0  # between two looks at how much there is
MOST_SMALL = 0.5  # bytes of thumbnails to those of whole pictures, beyond which the oldest go


class Thinning:
    """Makes room one segment a step. `budget` gives the most bytes the profile may take."""

    def __init__(self, store: Store, profile: Profile, budget: Callable[[], int]) -> None:
        self._store = store
        self._profile = profile
        self._budget = budget
        self._footprint = Footprint(profile.root)
        self._look_at = 0.0  # on the monotonic clock
        self._odd: set[Path] = set()  # damaged, so that nothing smaller can be made of them

    def step(self) -> int:
        """Thin one segment where the budget asks for it; how many that was."""
        if time.monotonic() < self._look_at:
            return 0
        path = self._next() if self._footprint.bytes() > NEAR * self._budget() else None
        if path is None:
            self._look_at = time.monotonic() + REST_S
            return 0
        with self._store.writing():
            try:
                shelf.thin(path)
            except StoreError as error:
                print(error, file=sys.stderr)
                self._odd.add(path)
                return 0
        self._note(path)
        self._footprint.outdate()
        return 1

    def _next(self) -> Path | None:
        """The oldest whole segment, or the oldest small one when there are many of those."""
        found: dict[Level, list[Path]] = {level: [] for level in Level}
        for path in sorted(self._profile.media.glob("*/*/*/*.mkv")):
            level = segment.level_of(path)
            if level and path not in self._odd:
                found[level].append(path)
        whole, small = found[Level.FULL], found[Level.THUMBNAIL]
        many = _bytes(small) > MOST_SMALL * _bytes(whole)
        return next(iter(small if many else whole), None)

    def _note(self, path: Path) -> None:
        """Note how far it has come, and tell it where that is another day."""
        before = footprint.thinned(self._profile)
        small, none = before
        _, end_ns = naming.times(path.name) or (0, 0)
        if segment.level_of(path) is Level.FULL:
            small = max(small, end_ns)
        else:
            none = max(none, end_ns)
        footprint.note_thinned(self._profile, small, none)
        told = _told(*before)
        for phrase in _told(small, none):
            if phrase not in told:
                print(f"{words.sentence(phrase)}.", file=sys.stderr)


def _told(small_before_ns: int, none_before_ns: int) -> list[str]:
    marks = Storage(0, small_before_ns=small_before_ns, none_before_ns=none_before_ns)
    return words.thinned(marks, clock.zone_name())


def _bytes(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths)
