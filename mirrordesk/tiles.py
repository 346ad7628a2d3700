"""Two frames compared tile by tile."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mirrordesk.records import Box

Pixels = npt.NDArray[np.uint8]  # (height, width, 3), RGB
Grid = npt.NDArray[np.bool_]  # (tile rows, tile columns)
Tile = tuple[int, int]  # row and column in the grid


def grid_shape(frame: Pixels, side: int) -> tuple[int, int]:
    """Rows and columns of tiles of `side` pixels; those at the right and bottom may be narrower."""
    return -(-frame.shape[0] // side), -(-frame.shape[1] // side)


def differing(one: Pixels, other: Pixels, side: int, noise: int) -> Grid:
    """Which tiles of two frames of the same shape differ by more than `noise` levels anywhere."""
    rows, columns = grid_shape(one, side)
    grid = np.zeros((rows, columns), dtype=np.bool_)
    starts = np.arange(columns) * side * 3  # 3 colours a pixel
    for row in range(rows):
        band = slice(row * side, (row + 1) * side)
        if not np.array_equal(one[band], other[band]):
            most = difference(one[band], other[band]).reshape(-1, one.shape[1] * 3).max(axis=0)
            grid[row] = np.maximum.reduceat(most, starts) > noise
    return grid


def box(tile: Tile, frame: Pixels, side: int) -> Box:
    """Where a tile lies in the frame."""
    y, x = tile[0] * side, tile[1] * side
    return Box(x, y, min(side, frame.shape[1] - x), min(side, frame.shape[0] - y))


def difference(one: Pixels, other: Pixels) -> Pixels:
    """How far apart two frames of the same shape are, value by value."""
    apart: Pixels = np.maximum(one, other) - np.minimum(one, other)  # never below zero
    return apart
