"""The tiles by which capture looks for news, and the spots in them that did change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mirrordesk import tiles
from mirrordesk.capture.base import Pixels
from mirrordesk.records import Box
from mirrordesk.tiles import Grid, Tile

SIDE = 64  # pixels; a typed line then touches 5 to 12 tiles, a clock at most 2
NOISE = 8  # levels of 255 that a colour may drift; faint text on dark is 20 levels away from it
APART = 12  # pixels; what lies closer is one spot, as the digits of a clock
NEXT = 2  # pixels between a caret's old and its new place
CARET_WIDTH = 20  # pixels of the widest block caret, on displays of high density too
CARET_HEIGHTS = range(9, 49)  # pixels; part of a digit is lower, a rule is taller
CARET_SLIMNESS = 1.2  # height to width, at least
CARET_FILL = 0.85  # a caret changes nearly every pixel of its rectangle; few letters do, and …
CARET_RIM = 0.8  # … no letter has one colour all around, as a block has where it is shown
THIN_BAR = 4  # pixels of a caret that is no block
BLOCK_HEIGHT = 12  # pixels of the lowest block; two small digits may differ by less all over


def grid_shape(frame: Pixels) -> tuple[int, int]:
    """Rows and columns of tiles."""
    return tiles.grid_shape(frame, SIDE)


def differing(one: Pixels, other: Pixels) -> Grid:
    """Which tiles of two frames of the same shape differ by more than noise anywhere."""
    return tiles.differing(one, other, SIDE, NOISE)


def box(tile: Tile, frame: Pixels) -> Box:
    """Where a tile lies in the frame."""
    return tiles.box(tile, frame, SIDE)


def touched(spots: Sequence[Box], frame: Pixels) -> Grid:
    """The tiles in which `spots` lie."""
    grid = np.zeros(grid_shape(frame), dtype=np.bool_)
    for spot in spots:
        rows = slice(spot.y // SIDE, (spot.bottom - 1) // SIDE + 1)
        grid[rows, spot.x // SIDE : (spot.right - 1) // SIDE + 1] = True
    return grid


def spots(one: Pixels, other: Pixels, grid: Grid) -> list[Box]:
    """Tight boxes around what differs within the tiles of `grid`, one for each thing apart."""
    found = []
    for cluster in clusters(grid):
        x, y = cluster.x * SIDE, cluster.y * SIDE
        place = Box(x, y, cluster.w * SIDE, cluster.h * SIDE)
        found += [piece.moved(x, y) for piece in _pieces(_changed(one, other, place), APART)]
    return found


def clusters(grid: Grid) -> list[Box]:
    """The parts of a grid that lie apart from one another, in tiles."""
    return _pieces(grid, 1)


def is_flat(frame: Pixels, spot: Box) -> bool:
    """Whether all of `spot` has one colour: nothing is shown there."""
    part = frame[spot.y : spot.bottom, spot.x : spot.right].astype(np.int16)
    return int(np.ptp(part, axis=(0, 1)).max()) <= NOISE


def is_caret(one: Pixels, other: Pixels, spot: Box) -> bool:
    """Whether the frames differ in `spot` by a small solid rectangle, as a caret does.

    Two of a size are one that has moved.
    """
    changed = _changed(one, other, spot)
    bars = _pieces(changed, NEXT)
    if len(bars) > 2 or abs(bars[0].h - bars[-1].h) > 1 or abs(bars[0].w - bars[-1].w) > 1:
        return False
    places = [bar.moved(spot.x, spot.y) for bar in bars if bar.w > THIN_BAR]
    blocks = all(
        place.h >= BLOCK_HEIGHT and (_has_even_rim(one, place) or _has_even_rim(other, place))
        for place in places
    )
    return blocks and all(_is_bar(bar, changed) for bar in bars)


def _is_bar(bar: Box, changed: Grid) -> bool:
    slim = bar.w <= CARET_WIDTH and bar.h >= CARET_SLIMNESS * bar.w
    if not slim or bar.h not in CARET_HEIGHTS:
        return False
    inside = changed[bar.y : bar.bottom, bar.x : bar.right]
    return int(np.count_nonzero(inside)) >= CARET_FILL * bar.h * bar.w


def _has_even_rim(frame: Pixels, place: Box) -> bool:
    part = frame[place.y : place.bottom, place.x : place.right].astype(np.int16)
    rim = np.concatenate([part[0], part[-1], part[1:-1, 0], part[1:-1, -1]])
    alike = np.abs(rim - np.median(rim, axis=0)).max(axis=1) <= NOISE
    return float(alike.mean()) >= CARET_RIM


def _changed(one: Pixels, other: Pixels, place: Box) -> Grid:
    """Which pixels of `place` differ by more than noise."""
    part = np.s_[place.y : place.bottom, place.x : place.right]
    grid: Grid = tiles.difference(one[part], other[part]).max(axis=2) > NOISE
    return grid


def _pieces(mask: Grid, apart: int) -> list[Box]:
    """Tight boxes around what is set, cut along empty rows and columns, `apart` or more of them."""
    rows = _runs(np.flatnonzero(mask.any(axis=1)), apart)
    columns = _runs(np.flatnonzero(mask.any(axis=0)), apart)
    if len(rows) == len(columns) == 1:
        (row,), (column,) = rows, columns
        return [Box(column.start, row.start, len(column), len(row))]
    return [
        piece.moved(column.start, row.start)
        for row in rows
        for column in columns
        for piece in _pieces(mask[row.start : row.stop, column.start : column.stop], apart)
    ]


def _runs(places: npt.NDArray[np.intp], apart: int) -> list[range]:
    """Ascending places as runs that `apart` or more missing ones divide."""
    if not places.size:
        return []
    ends = np.flatnonzero(np.diff(places) > apart)
    firsts, lasts = [0, *(ends + 1)], [*ends, len(places) - 1]
    return [range(int(places[a]), int(places[b]) + 1) for a, b in zip(firsts, lasts, strict=True)]
