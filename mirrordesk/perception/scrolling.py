"""Text that has moved up or down within a pane, found by its pixels.

Each upright strip of a changed pane votes with its rows: a row that stands alone in both frames
tells how far it has moved. Strips vote apart, so that a scroll bar beside the text spoils nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mirrordesk.perception.base import Pixels
from mirrordesk.records import Box

STRIP = 64  # pixels wide
FEWEST = 24  # rows that must agree, over all strips
LEAST_SHARE = 0.3  # of the rows that could be matched

Rows = npt.NDArray[np.int64]


def shift(before: Pixels, now: Pixels, where: Box) -> int:
    """How many pixels the content of a box has moved down (negative: up); 0 where it has not."""
    part = np.s_[where.y : where.bottom, where.x : where.right]
    deltas = _moved(before[part], now[part])
    if not deltas.size:
        return 0
    values, votes = np.unique(deltas, return_counts=True)
    best = int(votes.argmax())
    enough = votes[best] >= max(FEWEST, LEAST_SHARE * deltas.size)
    return int(values[best]) if enough else 0


def _moved(before: Pixels, now: Pixels) -> Rows:
    """How far each row of each strip has moved, for those that stand alone in both."""
    old, new = _signatures(before), _signatures(now)
    found = [_matched(old[:, strip], new[:, strip]) for strip in range(old.shape[1])]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _signatures(part: Pixels) -> Rows:
    """(rows, strips): a number that tells the row of a strip from others; 0 for a flat one."""
    strips = part.shape[1] // STRIP
    cut = np.ascontiguousarray(part[:, : strips * STRIP]).reshape(-1, STRIP * 3)
    # whole numbers that floats hold exactly, sums included: several times as fast as integers
    weights = np.random.default_rng(0).integers(1, 1 << 36, STRIP * 3).astype(np.float64)
    signatures: Rows = (cut.astype(np.float64) @ weights).astype(np.int64)
    signatures[(cut[:, 3:] == cut[:, :-3]).all(axis=1)] = 0
    return signatures.reshape(len(part), strips)


def _matched(old: Rows, new: Rows) -> Rows:
    old_values, old_rows = _alone(old)
    new_values, new_rows = _alone(new)
    _common, at_old, at_new = np.intersect1d(
        old_values, new_values, assume_unique=True, return_indices=True
    )
    moved: Rows = (new_rows[at_new] - old_rows[at_old]).astype(np.int64)
    return moved


def _alone(signatures: Rows) -> tuple[Rows, Rows]:
    """The signatures that occur once, and their rows."""
    values, first, counts = np.unique(signatures, return_index=True, return_counts=True)
    alone = (counts == 1) & (values != 0)
    return values[alone], first[alone].astype(np.int64)
