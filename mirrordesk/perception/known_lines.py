"""Lines that were read before, known again by their pixels wherever they stand."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import numpy as np

from mirrordesk.perception.base import Pixels
from mirrordesk.perception.line_reader import Words

MOST = 20_000  # lines kept; a busy day has about as many different ones
INK = 24  # levels of 255 apart from the ground


class KnownLines:
    """A cache of words by the pixels of their line, the least recently seen going first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._words: OrderedDict[bytes, Words] = OrderedDict()

    def get(self, key: bytes) -> Words | None:
        """The words of a line; None where it was not read before."""
        found = self._words.get(key)
        if found is not None:
            self._words.move_to_end(key)
        return found

    def put(self, key: bytes, words: Words) -> None:
        """Remember a line."""
        self._words[key] = words
        if len(self._words) > self._most:
            self._words.popitem(last=False)


def key(picture: Pixels) -> bytes:
    """The same for the same line, however much empty ground a picture shows around it.

    The whole of the ink counts, colours included: no two different lines share a key but by a
    collision of 128-bit hashes.
    """
    ground = np.median(picture.reshape(-1, 3), axis=0)
    ink = np.abs(picture.astype(np.int16) - ground.astype(np.int16)).max(axis=2) > INK
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size:
        picture = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    shape = np.array(picture.shape, np.int32).tobytes()
    return hashlib.blake2b(shape + picture.tobytes(), digest_size=16).digest()
