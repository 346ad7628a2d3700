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
NEIGHBOUR = 0.25  # of a box's height: what reaches into it and is higher is of another line

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
    """The same for the same line, however much empty ground its box holds, and whatever of the
    lines above and below.

    The whole of the ink counts, colours included: no two different lines share a key but by a
    collision of 128-bit hashes.
    """
    top, bottom = max(box.y - box.h, 0), min(box.bottom + box.h, len(picture))
    around = picture[top:bottom, box.x : box.right]
    ground = np.median(picture[box.y : box.bottom, box.x : box.right].reshape(-1, 3), axis=0)
    ink = np.abs(around.astype(np.int16) - ground.astype(np.int16)).max(axis=2) > INK
    first, last = _own_rows(ink.any(axis=1), box.y - top, box.bottom - top)
    line, ink = around[first:last], ink[first:last]
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size:
        line = line[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return exact_key(line)


def _own_rows(inked: npt.NDArray[np.bool_], first: int, last: int) -> tuple[int, int]:
    """The rows from `first` to `last` without those of the lines above and below.

    Such a line reaches into the box from outside and leaves an empty row between. An accent or an
    underscore that the edge of the box cuts does so, too, but is lower than any line.
    """
    edges = np.flatnonzero(np.diff(inked.astype(np.int8), prepend=0, append=0))
    middle, least = (first + last) / 2, NEIGHBOUR * (last - first)
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start >= least:
            if start < first < end < middle:
                first = end
            elif middle < start < last < end:
                last = start
    return first, last


def exact_key(picture: Pixels) -> bytes:
    """The same for the same pixels alone."""
    shape = np.array(picture.shape, np.int32).tobytes()
    return hashlib.blake2b(shape + picture.tobytes(), digest_size=16).digest()
