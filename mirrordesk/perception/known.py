"""What was read before, known again by its pixels wherever it stands."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from mirrordesk.perception.base import Pixels
from mirrordesk.records import Box

INK = 24  # levels of 255 apart from the ground
AROUND = 8  # pixels: letters that the edge of a box cuts are seen whole
INNER = 0.2  # of a box's height to each side of its middle: what reaches there is of the line
OUTER = 0.35  # of the height of its letters: accents and underscores are no further from them

Parts = npt.NDArray[np.int32]  # (parts, 5): left, top, width, height, pixels
Centres = npt.NDArray[np.float64]  # (parts, 2): x and y
Ink = npt.NDArray[np.bool_]

Told = TypeVar("Told")


class Known(Generic[Told]):
    """What pixels told, by their key; of `most`, the least recently seen go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: OrderedDict[bytes, Told] = OrderedDict()

    def get(self, key: bytes) -> Told | None:
        """What they told; None where they were not read before."""
        found = self._told.get(key)
        if found is not None:
            self._told.move_to_end(key)
        return found

    def put(self, key: bytes, told: Told) -> None:
        """Remember it."""
        self._told[key] = told
        if len(self._told) > self._most:
            self._told.popitem(last=False)


def line_key(picture: Pixels, box: Box) -> bytes:
    """The same for the same line, however wide its box was drawn and whatever stands around it.

    All ink of the line counts, colours included. Two different lines share a key by a collision of
    128-bit hashes, or where all they differ in touches a letter of the line above or below.
    """
    import cv2

    height, width = picture.shape[:2]
    x, y = max(box.x - AROUND, 0), max(box.y - AROUND, 0)
    around = picture[y : min(box.bottom + AROUND, height), x : min(box.right + AROUND, width)]
    place = box.moved(-x, -y)
    ink = _inked(around, place)
    found = cv2.connectedComponentsWithStats(np.asarray(ink, np.uint8), connectivity=8)
    _count, labels, parts, centres = (np.asarray(each) for each in found)
    own = _of_the_line(parts, centres, place, ink)
    if not own.any():
        return exact_key(around)
    (left, top), (right, bottom) = parts[own, :2].min(axis=0), _ends(parts[own]).max(axis=0)
    line = np.s_[top:bottom, left:right]
    return exact_key(around[line] * own[labels[line]][:, :, None])


def _inked(around: Pixels, place: Box) -> Ink:
    """Which pixels stand out from the ground, the middle of the colours within `place`."""
    own = around[place.y : place.bottom, place.x : place.right]
    ground = np.median(own.reshape(-1, 3), axis=0).astype(np.uint8)
    apart = np.maximum(around, ground) - np.minimum(around, ground)  # never below zero
    inked: Ink = (apart > INK).any(axis=2)
    return inked


def _of_the_line(parts: Parts, centres: Centres, place: Box, ink: Ink) -> Ink:
    """Which connected parts of the ink belong to the line in a box: letters, and marks near them.

    The first part is the ground. What goes from end to end is the border of a window or a rule. How
    high the letters are is told by the ink, for boxes vary.
    """
    across, down = centres.T
    possible: Ink = (across >= place.x) & (across < place.right)
    possible &= (parts[:, 2] < ink.shape[1]) & (parts[:, 3] < ink.shape[0])
    possible[0] = False
    middle, inner = place.middle[1], INNER * place.h
    letters = possible & (parts[:, 1] < middle + inner) & (_ends(parts)[:, 1] > middle - inner)
    first, end = float(place.y), float(place.bottom)
    if letters.any():
        top, bottom = parts[letters, 1].min(), _ends(parts[letters])[:, 1].max()
        reach = OUTER * float(bottom - top)
        first, end = min(float(top) - reach, first), max(float(bottom) + reach, end)
    own: Ink = letters | possible & (down >= first) & (down < end)
    return own


def _ends(parts: Parts) -> Parts:
    """(parts, 2): right and bottom."""
    ends: Parts = parts[:, :2] + parts[:, 2:4]
    return ends


def exact_key(picture: Pixels) -> bytes:
    """The same for the same pixels alone."""
    shape = np.array(picture.shape, np.int32).tobytes()
    return hashlib.blake2b(shape + picture.tobytes(), digest_size=16).digest()
