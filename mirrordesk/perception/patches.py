"""Where two frames differ, as boxes that cut no line of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from mirrordesk import tiles
from mirrordesk.perception.base import Pixels
from mirrordesk.records import Box
from mirrordesk.tiles import Grid

Mask = npt.NDArray[np.bool_]  # (height, width)

SIDE = 16  # pixels of a tile: about one line of small text
NOISE = 8  # levels of 255; a screen's own pixels come without any
LONG = 256  # pixels: no letter is drawn in strokes of this length
LOOSE = 1.25  # boxes become one where that costs no more than this times their area
LOWEST = 12  # pixels: a line of small text, of which a hyphen may be all that changed
REACH = 24  # pixels: a word this far behind another makes one line with it


def patches(before: Pixels, now: Pixels, lines: Iterable[Box]) -> list[Box]:
    """Boxes apart from one another that hold all that differs between two frames of one shape.

    Each holds whole every one of `lines` that it touches or that it stands beside: a word typed
    behind another makes one line with it. The borders and the ground of windows, which change when
    another one is in front, are no difference: they lie around all text and hold none.
    """
    differing = tiles.differing(before, now, SIDE, NOISE)
    if not differing.any():
        return []
    height, width = now.shape[:2]
    frame = Box(0, 0, width, height)
    found = [_roomy(box, frame) for box in _connected(*_strokes(before, now, differing))]
    return _apart(found, list(lines))


def _strokes(before: Pixels, now: Pixels, differing: Grid) -> tuple[Mask, Box]:
    """Which pixels changed and are no part of a long straight run of one change of colour.

    The mask covers the box that is told with it, the smallest of whole tiles that holds all.
    """
    rows, columns = (np.flatnonzero(differing.any(axis=axis)) for axis in (1, 0))
    tops, lefts = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    part = np.s_[tops.start * SIDE : tops.stop * SIDE, lefts.start * SIDE : lefts.stop * SIDE]
    old, new = _colours(before[part]), _colours(now[part])
    changed = old != new
    level = _in_runs(changed, old[:, 1:] == old[:, :-1], new[:, 1:] == new[:, :-1])
    upright = _in_runs(changed.T, (old[1:] == old[:-1]).T, (new[1:] == new[:-1]).T).T
    height, width = changed.shape
    noted = differing[tops, lefts].repeat(SIDE, axis=0).repeat(SIDE, axis=1)[:height, :width]
    place = Box(int(lefts.start) * SIDE, int(tops.start) * SIDE, width, height)
    return changed & noted & ~(level | upright), place


def _in_runs(changed: Mask, old_alike: Mask, new_alike: Mask) -> Mask:
    """Which pixels lie in a row of at least LONG that had one colour and have one colour now.

    The other masks tell of each but the first pixel of a row whether it is like the one before.
    """
    import cv2

    runs = np.zeros(changed.shape, np.uint8)
    if changed.shape[1] < LONG:
        return runs.astype(np.bool_)
    runs[:, 1:] = changed[:, 1:] & changed[:, :-1] & old_alike & new_alike
    opened = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((1, LONG - 1), np.uint8))
    found = opened.astype(np.bool_)
    found[:, :-1] |= found[:, 1:]  # the first of each run
    return found


def _colours(part: Pixels) -> npt.NDArray[np.uint32]:
    """(height, width): one number for each pixel's colour."""
    wide = np.zeros((*part.shape[:2], 4), np.uint8)
    for colour in range(3):  # each by itself is several times as fast as all at once
        wide[:, :, colour] = part[:, :, colour]
    return wide.view(np.uint32)[:, :, 0]


def _connected(changed: Mask, place: Box) -> list[Box]:
    """The boxes around what changed, one for all that is less than two tiles apart."""
    import cv2

    height, width = changed.shape
    padded = np.zeros((-(-height // SIDE) * SIDE, -(-width // SIDE) * SIDE), np.bool_)
    padded[:height, :width] = changed
    grid = padded.reshape(len(padded) // SIDE, SIDE, -1, SIDE).any(axis=(1, 3))
    wider = cv2.dilate(np.asarray(grid, np.uint8), np.ones((3, 3), np.uint8))
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(wider, connectivity=8)
    found = []
    for x, y, w, h in (stats[1:, :4] * SIDE).tolist():
        part = changed[y : y + h, x : x + w]
        rows, columns = (np.flatnonzero(part.any(axis=axis)) for axis in (1, 0))
        left, top = x + int(columns[0]), y + int(rows[0])
        box = Box(left, top, x + int(columns[-1]) + 1 - left, y + int(rows[-1]) + 1 - top)
        found.append(box.moved(place.x, place.y))
    return found


def _roomy(box: Box, frame: Box) -> Box:
    """The box made as high and as wide as a letter, within the frame."""
    right, down = max(LOWEST - box.w, 0), max(LOWEST - box.h, 0)
    grown = Box(box.x - right // 2, box.y - down // 2, box.w + right, box.h + down)
    return grown.intersection(frame) or box


def _apart(boxes: Sequence[Box], lines: list[Box]) -> list[Box]:
    """The boxes with the lines they touch, those that then overlap made one."""
    waiting, done = list(boxes), list[Box]()
    while waiting:
        box = waiting.pop()
        grown = _grown(box, lines)
        partner = next((other for other in done if _belong_together(grown, other)), None)
        if partner is not None:
            done.remove(partner)
            waiting.append(grown.union(partner))
        elif grown != box:
            waiting.append(grown)
        else:
            done.append(box)
    return done


def _grown(box: Box, lines: list[Box]) -> Box:
    beside = Box(box.x - REACH, box.y, box.w + 2 * REACH, box.h)
    for line in lines:
        if _core(line).intersection(beside):
            box = box.union(line)
    return box


def _core(line: Box) -> Box:
    """The rows of a line that are surely its own: boxes of dense lines overlap."""
    return Box(line.x, line.y + line.h // 4, line.w, max(line.h // 2, 1))


def _belong_together(one: Box, other: Box) -> bool:
    both = one.union(other)
    return one.intersection(other) is not None or both.w * both.h <= LOOSE * (
        one.w * one.h + other.w * other.h
    )
