"""The segments of a folder: find the one that holds a frame, take frames out of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mirrordesk import durable
from mirrordesk.errors import StoreError
from mirrordesk.memory import naming
from mirrordesk.memory.archive import binding, segment
from mirrordesk.memory.archive.segment import About, Level
from mirrordesk.memory.archive.shots import Pixels
from mirrordesk.seal import files


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A frame as it is kept: its pixels at their first size, and how much of them is left."""

    pixels: Pixels
    level: Level

    @property
    def thinned(self) -> bool:
        """Whether these are a thumbnail's, enlarged."""
        return self.level is not Level.FULL


def segments(folder: Path) -> Iterator[Path]:
    """The segments of a folder, in order."""
    return (path for path in sorted(folder.glob("*.mkv")) if segment.level_of(path))


def about(path: Path) -> About:
    """What a segment holds. Raises StoreError where it is damaged or gone."""
    try:
        return segment.about_at(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise StoreError(f"The archive file {path.name} is gone.") from error


def frame(named: Path) -> Kept | None:
    """The frame of that name, or None where no segment holds it.

    Raises StoreError where a segment that is damaged may hold it, or its pixels were let go.
    """
    path = _holder(named)
    if path is None:
        return None
    try:
        return _read(path, named.name)
    except StoreError:
        moved = None if path.exists() else _holder(named)  # written anew just now
        if moved is None:
            raise
        return _read(moved, named.name)


def _holder(frame: Path) -> Path | None:
    damage: StoreError | None = None
    for path in _around(frame):
        try:
            if frame.name in about(path).names:
                return path
        except StoreError as error:
            damage = error  # another one may hold it
    if damage:
        raise damage
    return None


def _around(frame: Path) -> Iterator[Path]:
    """The segments in whose span a frame lies."""
    times = naming.times(frame.name)
    for path in segments(frame.parent):
        span = naming.times(path.name)
        if span and times and span[0] <= times[0] < span[1]:
            yield path


def _read(path: Path, name: str) -> Kept:
    with segment.opened(path) as source:
        number = source.about.names.index(name)
        size = source.about.width, source.about.height
        return Kept(_enlarged(source.frame(number), *size), source.about.level)


def _enlarged(pixels: Pixels, width: int, height: int) -> Pixels:
    if pixels.shape[:2] == (height, width):
        return pixels
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).resize((width, height)))


def put(folder: Path, names: Sequence[str], data: bytes, level: Level = Level.FULL) -> Path:
    """Keep a segment of these frames; it is on the disk when this returns. Raises DiskFull."""
    starts = [times[0] for times in map(naming.times, names) if times]
    key = naming.key(names[0])
    suffix = segment.SUFFIXES[level]
    path = folder / naming.name(min(starts), max(starts) + 1, key, suffix)
    files.write(path, data)
    return path


def clear(folder: Path, names: Collection[str]) -> int:
    """Delete these files, and take these frames out of the segments; how many were there.

    Segments that are damaged and may hold one that is nowhere else are deleted whole.
    """
    there = [path for path in (folder / name for name in names) if path.exists()]
    if there:
        remove(there)
    packed = set(names) - {path.name for path in there}
    near = {path for name in packed for path in _around(folder / name)}
    taken = 0
    for path in sorted(near, key=_is_damaged):
        # two may hold the same where a rewriting was cut off
        if taken < len(packed) or not _is_damaged(path):
            taken += take_out(path, lambda name: name in packed)
    return len(there) + taken


def _is_damaged(path: Path) -> bool:
    try:
        return not about(path).names
    except StoreError:
        return True


def take_out(path: Path, is_gone: Callable[[str], bool]) -> int:
    """Write a segment anew without the frames whose names are to go; how many those were.

    One that cannot be read is deleted whole: nobody can tell what is still in it.
    """
    try:
        held = about(path)
        gone = frozenset(filter(is_gone, held.names))
        if gone and len(gone) < len(held.names):
            left, data = binding.without(path, gone)
            if put(path.parent, left, data, held.level) == path:
                return len(gone)
    except StoreError:
        gone = frozenset({path.name})
    if gone:
        remove([path])
    return len(gone)


def thin(path: Path) -> None:
    """Put the segment at the next lower level in its own place. Raises StoreError, DiskFull."""
    held = about(path)
    lower = Level.THUMBNAIL if held.level is Level.FULL else Level.TEXT
    put(path.parent, held.names, binding.thinned(path), lower)
    remove([path])


def remove(paths: Sequence[Path]) -> None:
    """Delete files of one folder; they stay deleted when the power fails."""
    for path in paths:
        path.unlink(missing_ok=True)
    durable.sync_folder(paths[0].parent)
