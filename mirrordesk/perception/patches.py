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


def patches(before: Pixels, now: Pixels, lines: Iterable[Box]) -> list[Box]:
    """Boxes apart from one another that hold all that differs between two frames of one shape.

    Each holds whole every one of `lines` that it touches or comes close to: a word typed behind
    another makes one line with it. The borders and the ground of windows, which change when another
    one is in front, are no difference: they lie around all text and hold none.
    """
    differing = tiles.differing(before, now, SIDE, NOISE)
    if not differing.any():
        return []
    differing &= _with_strokes(before, now, differing)
    height, width = now.shape[:2]
    frame = Box(0, 0, width, height)
    found = [box for part in _connected(differing) if (box := part.intersection(frame))]
    return _apart(found, list(lines))


def _with_strokes(before: Pixels, now: Pixels, differing: Grid) -> Grid:
    """Which tiles hold a change that is no part of a long straight run of one change of colour."""
    rows, columns = (np.flatnonzero(differing.any(axis=axis)) for axis in (1, 0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    pixels = np.s_[
        rows[0] * SIDE : (rows[-1] + 1) * SIDE, columns[0] * SIDE : (columns[-1] + 1) * SIDE
    ]
    old, new = _colours(before[pixels]), _colours(now[pixels])
    changed = old != new
    height, width = changed.shape
    level = _in_runs(changed, old[:, 1:] == old[:, :-1], new[:, 1:] == new[:, :-1])
    upright = _in_runs(changed.T, (old[1:] == old[:-1]).T, (new[1:] == new[:-1]).T).T
    strokes = changed & ~(level | upright)
    padded = np.zeros((-(-height // SIDE) * SIDE, -(-width // SIDE) * SIDE), np.bool_)
    padded[:height, :width] = strokes
    found = np.zeros_like(differing)
    found[part] = padded.reshape(len(padded) // SIDE, SIDE, -1, SIDE).any(axis=(1, 3))
    return found


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


def _connected(differing: Grid) -> list[Box]:
    """The parts of a grid that hang together, a tile more on each side, in pixels."""
    import cv2

    wider = cv2.dilate(differing.astype(np.uint8), np.ones((3, 3), np.uint8))
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(wider, connectivity=8)
    return [Box(*(int(side) * SIDE for side in part[:4])) for part in stats[1:]]


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
    for line in lines:
        if _core(line).intersection(box):
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
