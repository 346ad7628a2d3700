"""What changed between two frames, and which of it is a photograph rather than drawn or written."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from mirrordesk.records import Box

Codes = npt.NDArray[np.uint32]  # (height, width): red, green, blue and an empty byte
Grid = npt.NDArray[np.bool_]  # (tile rows, tile columns)

TILE = 16  # pixels
# In text and drawings most pixels have the colour of the one to the left or above; in photographs
# and videos, with their noise, few do. On ten screens of clean text no tile was below 0.71.
LEAST_ALIKE = 0.5


def codes(pixels: npt.NDArray[np.uint8]) -> Codes:
    """Pixels (height, width, 3) with one number each."""
    wide = np.zeros((*pixels.shape[:2], 4), np.uint8)
    for colour in range(3):  # each by itself is several times as fast as all at once
        wide[:, :, colour] = pixels[:, :, colour]
    return wide.view("<u4")[:, :, 0]


def pixels(coded: Codes) -> npt.NDArray[np.uint8]:
    """The inverse of `codes`."""
    wide = np.ascontiguousarray(coded).view(np.uint8).reshape(*coded.shape, 4)
    narrow = np.empty((*coded.shape, 3), np.uint8)
    for colour in range(3):
        narrow[:, :, colour] = wide[:, :, colour]
    return narrow


def changed(before: Codes | None, now: Codes) -> Grid:
    """Which tiles differ in any pixel; all where there is nothing before."""
    if before is None:
        return np.ones(_shape(now), np.bool_)
    return _sums(before != now) > 0


def photographic(frame: Codes) -> Grid:
    """Which tiles lie in a photograph, judged with their neighbours."""
    alike = np.zeros(frame.shape, np.bool_)
    alike[:, 1:] = frame[:, 1:] == frame[:, :-1]
    alike[1:] |= frame[1:] == frame[:-1]
    area = _around(_sums(np.ones(frame.shape, np.bool_)))
    return _around(_sums(alike)) < LEAST_ALIKE * area


def clusters(tiles: Grid) -> list[Box]:
    """Boxes, in tiles, around the set tiles that touch; no two of them overlap."""
    found: list[Box] = []
    for row, line in enumerate(tiles):
        edges = np.flatnonzero(np.diff(line.astype(np.int8), prepend=0, append=0)).tolist()
        runs = [Box(x, row, end - x, 1) for x, end in zip(edges[::2], edges[1::2], strict=True)]
        found = _joined(found, runs)
    return found


def in_pixels(tiles: Box, frame: Codes) -> Box:
    """Where a box of tiles lies in the frame."""
    height, width = frame.shape
    x, y = tiles.x * TILE, tiles.y * TILE
    return Box(x, y, min(tiles.w * TILE, width - x), min(tiles.h * TILE, height - y))


def _joined(boxes: list[Box], more: Iterable[Box]) -> list[Box]:
    waiting = list(more)
    while waiting:
        box = waiting.pop()
        near = [other for other in boxes if _touch(box, other)]
        if not near:
            boxes.append(box)
            continue
        for other in near:
            boxes.remove(other)
            box = box.union(other)
        waiting.append(box)  # having grown, it may touch others
    return boxes


def _touch(one: Box, other: Box) -> bool:
    return (
        one.x <= other.right
        and other.x <= one.right
        and one.y <= other.bottom
        and other.y <= one.bottom
    )


def _shape(frame: Codes) -> tuple[int, int]:
    return -(-frame.shape[0] // TILE), -(-frame.shape[1] // TILE)


def _sums(marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """How many pixels of each tile are marked."""
    rows, columns = -(-marks.shape[0] // TILE), -(-marks.shape[1] // TILE)
    padded = np.zeros((rows * TILE, columns * TILE), np.uint8)
    padded[: marks.shape[0], : marks.shape[1]] = marks
    by_row = padded.reshape(rows, TILE, columns * TILE).sum(axis=1, dtype=np.uint8)
    sums: npt.NDArray[np.int32] = by_row.reshape(rows, columns, TILE).sum(axis=2, dtype=np.int32)
    return sums


def _around(sums: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Each tile's sum with those of the tiles around it."""
    padded = np.pad(sums, 1)
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    together: npt.NDArray[np.int32] = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    return together
