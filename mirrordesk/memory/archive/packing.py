"""Packing: frames that are no longer fresh move into segments, when there is nothing else to do.

Nothing is lost or doubled wherever it is cut off. A segment is verified before it is written, and
is on the disk before the fresh files go. Files that a crash left behind beside their segment are
swept. No row of the tables changes, for a frame keeps its name.
"""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mirrordesk import clock, durable
from mirrordesk.attempts import Attempts
from mirrordesk.errors import StoreError
from mirrordesk.memory import media, naming
from mirrordesk.memory.archive import shelf
from mirrordesk.memory.archive.binding import MOST_FRAMES, Binder
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Moment, State

RIPE_NS = clock.HOUR  # a frame waits so long for others to fill its segment
REST_S = 30.0  # between two looks at the folders
_AT_ONCE = 500  # rows asked for in one query


class Packing:
    """Packs one segment a step, the oldest first. One process at a time."""

    def __init__(self, store: Store, profile: Profile, attempts: Attempts) -> None:
        self._store = store
        self._profile = profile
        self._attempts = attempts
        self._look_at = 0.0  # on the monotonic clock
        self._odd: set[str] = set()  # what cannot be packed and stays as it is
        for folder in self._folders():
            durable.sweep(folder)

    def step(self, breathe: Callable[[], None]) -> int:
        """Pack what is ripe into one segment; how many frames it holds, 0 where nothing is ripe.

        `breathe` is called after each frame.
        """
        if time.monotonic() < self._look_at:
            return 0
        for folder in self._folders():
            for frames in self._ripe(folder):
                if packed := self._pack(frames, breathe):
                    return packed
        self._look_at = time.monotonic() + REST_S
        return 0

    def _folders(self) -> list[Path]:
        return sorted(self._profile.media.glob("*/*/*"))

    def _ripe(self, folder: Path) -> Iterator[list[Moment]]:
        """Frames of one monitor and size that may make a segment, in order."""
        stacks = defaultdict(list)
        for moment in self._readable(self._fresh(folder)):
            stacks[moment.source, moment.width, moment.height].append(moment)
        for stack in stacks.values():
            stack.sort(key=lambda moment: moment.start_ns)
            is_old = clock.now_ns() - stack[-1].start_ns >= RIPE_NS
            if len(stack) >= MOST_FRAMES or is_old:
                yield stack[:MOST_FRAMES]

    def _fresh(self, folder: Path) -> list[str]:
        """The names of the frames that have a file of their own and lie in no segment."""
        loose = {path.name for path in folder.glob(f"[!.]*{media.FRAME}")} - self._odd
        if not loose:
            return []
        packed = loose & set(itertools.chain.from_iterable(map(_names, shelf.segments(folder))))
        if packed:  # a crash came between the segment and the removal of its files
            with self._store.writing():
                shelf.remove([folder / name for name in packed])
        return sorted(loose - packed)

    def _readable(self, names: Sequence[str]) -> Iterator[Moment]:
        """The moments of these frames, without those that something has still to look at."""
        for start in range(0, len(names), _AT_ONCE):
            keys = [naming.key(name) for name in names[start : start + _AT_ONCE]]
            for moment in self._store.known(keys).values():
                if State.PENDING not in (moment.ocr, moment.image) and moment.media:
                    yield moment

    def _pack(self, stack: Sequence[Moment], breathe: Callable[[], None]) -> int:
        paths = [self._profile.media / str(moment.media) for moment in stack]
        with self._attempts.portion([f"pack {paths[0].name}"]) as portion:
            if portion.hopeless:
                self._odd.add(paths[0].name)
                return 0
            binder = Binder(stack[0].width, stack[0].height)
            taken = list(self._taken(binder, paths, breathe))
            return self._keep(taken, binder.bind()) if taken else 0

    def _taken(
        self, binder: Binder, paths: Sequence[Path], breathe: Callable[[], None]
    ) -> Iterator[Path]:
        """The files whose frames the binder took, until it is full."""
        for path in paths:
            try:
                binder.add(path.name, media.kept(path).pixels)
            except (StoreError, ValueError):  # damaged, or of another size than its moment says
                self._odd.add(path.name)
                continue
            breathe()
            yield path
            if binder.full:
                return

    def _keep(self, paths: Sequence[Path], data: bytes) -> int:
        """Put the segment in the place of its frames, unless some were forgotten meanwhile."""
        with self._store.writing():  # forgetting holds it too, and removes files first
            if not all(path.exists() for path in paths):
                return 0
            shelf.put(paths[0].parent, [path.name for path in paths], data)
            shelf.remove(paths)
        return len(paths)


def _names(path: Path) -> tuple[str, ...]:
    """What a segment holds; nothing that anybody could still find where it is damaged."""
    try:
        return shelf.about(path).names
    except StoreError:
        return ()
