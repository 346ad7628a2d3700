"""Frames into the bytes of a segment, and a segment into one with fewer or smaller frames."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mirrordesk.errors import StoreError
from mirrordesk.memory.archive import regions, segment, shots
from mirrordesk.memory.archive.ink import ELSEWHERE, InkWriter
from mirrordesk.memory.archive.regions import TILE, Codes
from mirrordesk.memory.archive.segment import About, Level
from mirrordesk.memory.archive.shots import LEAST_SIDE, Pixels
from mirrordesk.records import Box

MOST_FRAMES = 64
MOST_CHANGE = 6  # times the pixels of a frame: what has to be decompressed to see the last one
PHOTOGRAPHS_CRF = 32
THUMBNAILS_CRF = 45
THUMBNAIL_SIDE = 384  # pixels, the longer one


@dataclass(frozen=True, slots=True)
class Shot:
    """The parts of a frame that are photographs and have changed."""

    boxes: tuple[Box, ...]
    parts: tuple[Pixels, ...]


class Binder:
    """Takes frames of one size in order until it is `full`."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._ink = InkWriter()
        self._before: Codes | None = None
        self._photographic: regions.Grid | None = None
        self._names: list[str] = []
        self._shot: list[int] = []
        self._shots: list[Shot] = []
        self._sums: list[int] = []  # of what the ink shows of each frame

    @property
    def full(self) -> bool:
        """Whether another frame would make frames slow to reach."""
        width, height = self._size
        return len(self._names) >= MOST_FRAMES or self._ink.pixels >= MOST_CHANGE * width * height

    def add(self, name: str, pixels: Pixels) -> None:
        """Take the next frame. Raises ValueError where it is of another size."""
        if pixels.shape[1::-1] != self._size:
            raise ValueError(f"{name} is of another size than its segment.")
        frame = regions.codes(pixels)
        changed = regions.changed(self._before, frame)
        judged = regions.photographic(frame)
        known = judged if self._photographic is None else self._photographic
        self._photographic = np.where(changed, judged, known)
        self._before = frame
        boxes = [regions.in_pixels(box, frame) for box in regions.clusters(changed)]
        drawn = self._without_photographs(frame)
        self._ink.add(len(self._names), drawn, boxes)
        self._sums.append(zlib.crc32(np.ascontiguousarray(drawn).data))
        self._shoot(pixels, frame, changed & self._photographic)
        self._names.append(name)
        self._shot.append(len(self._shots) - 1 if self._photographic.any() else -1)

    def _without_photographs(self, frame: Codes) -> Codes:
        assert self._photographic is not None
        if not self._photographic.any():
            return frame
        drawn = frame.copy()
        large = self._photographic.repeat(TILE, axis=0).repeat(TILE, axis=1)
        drawn[large[: frame.shape[0], : frame.shape[1]]] = ELSEWHERE
        return drawn

    def _shoot(self, pixels: Pixels, frame: Codes, tiles: regions.Grid) -> None:
        boxes = tuple(regions.in_pixels(box, frame) for box in regions.clusters(tiles))
        if boxes:
            parts = tuple(pixels[b.y : b.bottom, b.x : b.right].copy() for b in boxes)
            self._shots.append(Shot(boxes, parts))

    def bind(self) -> bytes:
        """The segment. Raises StoreError where it does not read back as it was taken."""
        box = _around([box for shot in self._shots for box in shot.boxes])
        about = About(
            *(Level.FULL, *self._size, tuple(self._names), tuple(self._shot)),
            *(box.x, box.y, box.w, box.h),
        )
        beside = segment.attachments(about, self._ink.finish())
        data = shots.film(_pictures(self._shots, box), box.w, box.h, PHOTOGRAPHS_CRF, beside)
        with segment.opened(io.BytesIO(data)) as written:
            if not written.shows(self._sums, max(1, len(self._shots))):
                raise StoreError("The archive did not read back what was written.")
        return data


def _around(boxes: list[Box]) -> Box:
    """The box around all; the smallest film there is where there are none."""
    if not boxes:
        return Box(0, 0, LEAST_SIDE, LEAST_SIDE)
    around = boxes[0]
    for box in boxes[1:]:
        around = around.union(box)
    return around


def _pictures(taken: list[Shot], around: Box) -> Iterator[Pixels]:
    """The film: each picture is the one before with what has changed."""
    picture = np.full((around.h, around.w, 3), 128, np.uint8)
    if not taken:
        yield picture
    for shot in taken:
        for box, part in zip(shot.boxes, shot.parts, strict=True):
            x, y = box.x - around.x, box.y - around.y
            picture[y : y + box.h, x : x + box.w] = part
        yield picture


def without(path: Path, gone: frozenset[str]) -> tuple[tuple[str, ...], bytes]:
    """The segment at `path` without the frames `gone`: the names left, and the bytes.

    What is drawn or written stays as it is; photographs and thumbnails are encoded once more.
    Raises StoreError where the segment is damaged.
    """
    with segment.opened(path) as source:
        about = source.about
        names = tuple(name for name in about.names if name not in gone)
        frames = (
            (name, pixels)
            for name, pixels in zip(about.names, source.frames(), strict=False)
            if name not in gone
        )
        if about.level is Level.FULL:
            binder = Binder(about.width, about.height)
            for name, pixels in frames:
                binder.add(name, pixels)
            return names, binder.bind()
        return names, _of_level(about, about.level, names, (pixels for _, pixels in frames))


def thinned(path: Path) -> bytes:
    """The segment at `path` at the next lower level. Raises StoreError where it is damaged."""
    with segment.opened(path) as source:
        about = source.about
        if about.level is Level.FULL:
            small = (_smaller(pixels) for pixels in source.frames())
            return _of_level(about, Level.THUMBNAIL, about.names, small)
        return _of_level(about, Level.TEXT, about.names, iter(()))


def _of_level(
    about: About, level: Level, names: tuple[str, ...], pictures: Iterator[Pixels]
) -> bytes:
    """A segment without ink."""
    if level is Level.TEXT:
        pictures = _pictures([], _around([]))
        width, height = LEAST_SIDE, LEAST_SIDE
    else:
        width, height = _small_size(about.width, about.height)
    left = About(
        *(level, about.width, about.height, names, tuple(range(len(names)))),
        film_width=width,
        film_height=height,
    )
    return shots.film(pictures, width, height, THUMBNAILS_CRF, segment.attachments(left, None))


def _small_size(width: int, height: int) -> tuple[int, int]:
    share = min(1.0, THUMBNAIL_SIDE / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _smaller(pixels: Pixels) -> Pixels:
    from PIL import Image

    size = _small_size(pixels.shape[1], pixels.shape[0])
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
