"""Where two frames differ, as boxes that cut no line of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mirrordesk import tiles
from mirrordesk.perception.base import Pixels
from mirrordesk.records import Box
from mirrordesk.tiles import Grid

SIDE = 16  # pixels of a tile: about one line of small text
NOISE = 8  # levels of 255; a screen's own pixels come without any
LOOSE = 1.25  # boxes become one where that costs no more than this times their area


def patches(before: Pixels, now: Pixels, lines: Iterable[Box]) -> list[Box]:
    """Boxes apart from one another that hold all that differs between two frames of one shape.

    Each holds whole every one of `lines` that it touches or comes close to: a word typed behind
    another makes one line with it.
    """
    differing = tiles.differing(before, now, SIDE, NOISE)
    if not differing.any():
        return []
    height, width = now.shape[:2]
    frame = Box(0, 0, width, height)
    found = [box for part in _connected(differing) if (box := part.intersection(frame))]
    return _apart(found, list(lines))


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
