"""A segment as a file: the frames of one monitor in a stretch of time.

It is a Matroska film to which are attached what it holds (JSON) and the ink, sealed as a whole. Its
level says how much of the pixels is left.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from mirrordesk.errors import StoreError
from mirrordesk.memory.archive import regions, shots
from mirrordesk.memory.archive.ink import ELSEWHERE, Ink, InkReader
from mirrordesk.memory.archive.regions import Codes
from mirrordesk.memory.archive.shots import Pixels, Projector
from mirrordesk.seal import files

FORMAT = 1
_ABOUT, _PLAN, _RANKS, _RARE = "about.json", "plan.zst", "ranks.zst", "rare.zst"


class Level(StrEnum):
    """What is left of the pixels."""

    FULL = "full"
    THUMBNAIL = "thumbnail"  # small pictures, shown enlarged
    TEXT = "text"  # none; what was read in them stays in the tables


SUFFIXES = {Level.FULL: ".mkv", Level.THUMBNAIL: ".small.mkv", Level.TEXT: ".text.mkv"}


def level_of(path: Path) -> Level | None:
    """How much is left of the pixels in a segment, by its name; None for any other file."""
    suffix = "".join(path.suffixes)
    found = (level for level, ending in SUFFIXES.items() if ending == suffix)
    return None if path.name.startswith(".") else next(found, None)


@dataclass(frozen=True, slots=True)
class About:
    """What a segment holds.

    `names` are the frames', in order, all `width` by `height` pixels. The film shows the part at
    `x`, `y` of `film_width` by `film_height`; `shot[n]` is the picture of it that belongs to frame
    n, or -1. Of thumbnails it shows the whole frame, made smaller.
    """

    level: Level
    width: int
    height: int
    names: tuple[str, ...]
    shot: tuple[int, ...] = ()
    x: int = 0
    y: int = 0
    film_width: int = shots.LEAST_SIDE
    film_height: int = shots.LEAST_SIDE
    digest: str = ""
    format: int = FORMAT


def attachments(about: About, layer: Ink | None) -> dict[str, bytes]:
    """What is attached to the film of a segment."""
    told = asdict(about) | {"digest": _digest(layer) if layer else ""}
    files = {_ABOUT: json.dumps(told).encode()}
    if layer:
        files |= {_PLAN: layer.plan, _RANKS: layer.ranks, _RARE: layer.rare}
    return files


def _digest(layer: Ink) -> str:
    digest = blake2b(digest_size=16)
    for part in (layer.plan, layer.ranks, layer.rare):
        digest.update(part)
    return digest.hexdigest()


class Segment:
    """An open segment; see `opened`."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        files = projector.attached()
        self.about = _about(files[_ABOUT])
        self._ink: Ink | None = None
        if self.about.level is Level.FULL:
            self._ink = Ink(files[_PLAN], files[_RANKS], files[_RARE])
            if _digest(self._ink) != self.about.digest:
                raise ValueError("The ink is not what was written.")

    def frame(self, number: int) -> Pixels:
        """The pixels of a frame, thumbnails at their own size. Raises StoreError where none are."""
        about = self.about
        if about.level is Level.TEXT:
            raise StoreError("This picture was let go to make room; its words are kept.")
        if self._ink is None:
            return self._projector.picture(number, about.film_width, about.film_height)
        drawn = InkReader(self._ink, about.width, about.height).frame(number)
        if about.shot[number] < 0:
            return regions.pixels(drawn)
        shown = self._projector.picture(about.shot[number], about.film_width, about.film_height)
        return _together(drawn, shown, about)

    def frames(self) -> Iterator[Pixels]:
        """Every frame in order, thumbnails at their own size; none where only text is left."""
        about = self.about
        if about.level is Level.TEXT:
            return
        film = self._projector.pictures(about.film_width, about.film_height)
        if self._ink is None:
            yield from film
            return
        number, shown = -1, np.zeros((about.film_height, about.film_width, 3), np.uint8)
        drawn = InkReader(self._ink, about.width, about.height).frames(len(about.names))
        for canvas, wanted in zip(drawn, about.shot, strict=True):
            for picture in itertools.islice(film, wanted - number):
                number, shown = number + 1, picture
            yield _together(canvas, shown, about)

    def shows(self, sums: Sequence[int], pictures: int) -> bool:
        """Whether the ink of each frame has this checksum and the film that many pictures."""
        assert self._ink is not None
        reader = InkReader(self._ink, self.about.width, self.about.height)
        drawn = [zlib.crc32(canvas.data) for canvas in reader.frames(len(self.about.names))]
        shown = self._projector.pictures(self.about.film_width, self.about.film_height)
        return drawn == list(sums) and sum(1 for _ in shown) == pictures


def _together(drawn: Codes, shown: Pixels, about: About) -> Pixels:
    """What the film shows, wherever the ink says so; it is put into `drawn`."""
    part = np.s_[about.y : about.y + about.film_height, about.x : about.x + about.film_width]
    window = drawn[part]
    film = regions.codes(shown[: window.shape[0], : window.shape[1]])
    np.copyto(window, film, where=window == ELSEWHERE)
    return regions.pixels(drawn)


@contextlib.contextmanager
def opened(file: Path | Any) -> Iterator[Segment]:
    """The segment in `file`, a path or a binary stream.

    Raises StoreError where it is missing or damaged, also for what is read inside.
    """
    import av
    import zstandard

    name = file.name if isinstance(file, Path) else "in memory"
    damaged = (
        *(OSError, av.error.FFmpegError, zstandard.ZstdError),
        *(ValueError, KeyError, IndexError, TypeError, EOFError),
    )
    try:
        stream = files.opened(file) if isinstance(file, Path) else contextlib.nullcontext(file)
        with stream as data, av.open(data) as container:
            yield Segment(Projector(container))
    except damaged as error:
        raise StoreError(f"The archive file {name} cannot be read.") from error


def _about(data: bytes) -> About:
    told = json.loads(data)
    if told["format"] > FORMAT:
        raise ValueError("A newer MirrorDesk wrote this.")
    lists = {name: tuple(told[name]) for name in ("names", "shot")}
    return About(**told | lists | {"level": Level(told["level"])})


@functools.lru_cache(maxsize=256)
def about_at(path: Path, _changed_ns: int) -> About:
    """What the segment at `path` holds; remembered until the file changes."""
    with opened(path) as segment:
        return segment.about
