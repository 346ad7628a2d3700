"""Frames compared tile by tile."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mirrordesk.capture.base import Pixels
from mirrordesk.records import Box

Grid = npt.NDArray[np.bool_]  # (tile rows, tile columns)
Tile = tuple[int, int]  # row and column in the grid

SIDE = 64  # pixels; a typed line then touches 5 to 12 tiles, a clock at most 2
NOISE = 16  # levels of 255 that a colour may drift without being news
CARET_WIDTH = 20  # pixels of the widest block caret, on displays of high density too
CARET_HEIGHT = 40
CARET_FILL = 0.85  # a caret changes nearly every pixel of its rectangle; a letter does not


def grid_shape(frame: Pixels) -> tuple[int, int]:
    """Rows and columns of tiles; those at the right and bottom edge may be narrower."""
    return -(-frame.shape[0] // SIDE), -(-frame.shape[1] // SIDE)


def differing(one: Pixels, other: Pixels) -> Grid:
    """Which tiles of two frames of the same shape differ by more than noise anywhere."""
    rows, columns = grid_shape(one)
    grid = np.zeros((rows, columns), dtype=np.bool_)
    starts = np.arange(columns) * SIDE * 3  # 3 colours a pixel
    for row in range(rows):
        band = slice(row * SIDE, (row + 1) * SIDE)
        if not np.array_equal(one[band], other[band]):
            most = _difference(one[band], other[band]).reshape(-1, one.shape[1] * 3).max(axis=0)
            grid[row] = np.maximum.reduceat(most, starts) > NOISE
    return grid


def box(tile: Tile, frame: Pixels) -> Box:
    """Where a tile lies in the frame."""
    y, x = tile[0] * SIDE, tile[1] * SIDE
    return Box(x, y, min(SIDE, frame.shape[1] - x), min(SIDE, frame.shape[0] - y))


def is_caret(one: Pixels, other: Pixels, tile: Tile) -> bool:
    """Whether the two frames differ in `tile` by a small solid rectangle, as a caret does."""
    place = box(tile, one)
    part = np.s_[place.y : place.bottom, place.x : place.right]
    changed: Grid = np.any(_difference(one[part], other[part]) > NOISE, axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return True
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    if height > CARET_HEIGHT or width > CARET_WIDTH:
        return False
    return int(np.count_nonzero(changed)) >= CARET_FILL * height * width


def _difference(one: Pixels, other: Pixels) -> Pixels:
    difference: Pixels = np.maximum(one, other) - np.minimum(one, other)  # never below zero
    return difference
