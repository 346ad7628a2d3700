"""The tiles by which capture tells news from a caret."""

from __future__ import annotations

import numpy as np

from mirrordesk import tiles
from mirrordesk.capture.base import Pixels
from mirrordesk.records import Box
from mirrordesk.tiles import Grid, Tile

SIDE = 64  # pixels; a typed line then touches 5 to 12 tiles, a clock at most 2
NOISE = 16  # levels of 255 that a colour may drift without being news
CARET_WIDTH = 20  # pixels of the widest block caret, on displays of high density too
CARET_HEIGHT = 40
CARET_FILL = 0.85  # a caret changes nearly every pixel of its rectangle; a letter does not


def grid_shape(frame: Pixels) -> tuple[int, int]:
    """Rows and columns of tiles."""
    return tiles.grid_shape(frame, SIDE)


def differing(one: Pixels, other: Pixels) -> Grid:
    """Which tiles of two frames of the same shape differ by more than noise anywhere."""
    return tiles.differing(one, other, SIDE, NOISE)


def box(tile: Tile, frame: Pixels) -> Box:
    """Where a tile lies in the frame."""
    return tiles.box(tile, frame, SIDE)


def is_caret(one: Pixels, other: Pixels, tile: Tile) -> bool:
    """Whether the two frames differ in `tile` by a small solid rectangle, as a caret does."""
    place = box(tile, one)
    part = np.s_[place.y : place.bottom, place.x : place.right]
    changed: Grid = np.any(tiles.difference(one[part], other[part]) > NOISE, axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return True
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    if height > CARET_HEIGHT or width > CARET_WIDTH:
        return False
    return int(np.count_nonzero(changed)) >= CARET_FILL * height * width
