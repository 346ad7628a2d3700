"""Decides whether a frame shows anything new since the last one that was kept.

A frame is news at once when `MANY` tiles differ from the last kept frame. Fewer may be a word that
is being typed, so they wait until they hold still, which is mostly at the next look. A caret is no
news while it blinks, and neither is what changes by itself at a pace of its own (`ticking.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mirrordesk.capture import tiles
from mirrordesk.capture.base import Pixels
from mirrordesk.capture.ticking import Ticking
from mirrordesk.records import Box
from mirrordesk.tiles import Grid

MANY = 5  # tiles; a typed line changes 5 to 12
FEW = 15  # tiles; with more there is no need to know what exactly has changed
SETTLED_S = 0.9  # the next look at one a second, the second next at a brisk pace
CARET_SETTLED_S = 90.0  # what looks like a caret and has stood so long is a stroke that was written


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What is new in a frame: the tiles, and the same as boxes of its pixels."""

    grid: Grid
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Stir:
    """Something moved between two looks: where, when, and whether it was but a caret."""

    box: Box
    at_s: float
    is_caret: bool


class ChangeDetector:
    """Watches one monitor. Times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._kept: Pixels | None = None
        self._previous: Pixels | None = None
        self._looked_s = 0.0
        self._stirs: list[Stir] = []
        self._ticking = Ticking()

    def compare(self, frame: Pixels, now_s: float) -> Change | None:
        """What `frame` (height, width, 3) shows that the last kept one does not, if it is news."""
        kept, previous = self._kept, self._previous
        look_s, self._looked_s = now_s - self._looked_s, now_s
        self._previous = frame
        if kept is None or previous is None or not kept.shape == previous.shape == frame.shape:
            return _change(np.ones(tiles.grid_shape(frame), dtype=np.bool_), frame)
        self._follow(frame, previous, now_s, look_s)
        differing = tiles.differing(frame, kept)
        if np.count_nonzero(differing) > FEW:
            return _change(differing, frame)
        spots = tiles.spots(frame, kept, differing)
        return self._news([s for s in spots if not self._ticking.explains(s)], frame, now_s)

    def kept(self, frame: Pixels) -> None:
        """`frame` is stored: from now on it is what counts as known."""
        self._kept = frame

    def _follow(self, frame: Pixels, previous: Pixels, now_s: float, look_s: float) -> None:
        """Remember what moved since the look before, and learn from it what ticks."""
        moved = tiles.differing(frame, previous)
        self._stirs = [s for s in self._stirs if now_s - s.at_s < CARET_SETTLED_S]
        if np.count_nonzero(moved) > FEW:
            everything = Box(0, 0, frame.shape[1], frame.shape[0])
            self._stirs.append(Stir(everything, now_s, is_caret=False))
            return
        spots = tiles.spots(frame, previous, moved)
        carets = {spot for spot in spots if tiles.is_caret(frame, previous, spot)}
        # a digit may change as a caret does, but no caret makes a place of its own
        places = [spot for spot in spots if spot not in carets or self._ticking.has(spot)]
        shown = [place for place in places if not tiles.is_flat(previous, place)]
        turned = [place for place in shown if not tiles.is_flat(frame, place)]
        self._ticking.learn(places, now_s, look_s, turned)
        self._stirs += [
            Stir(spot, now_s, spot in carets) for spot in spots if not self._ticking.explains(spot)
        ]

    def _news(self, spots: list[Box], frame: Pixels, now_s: float) -> Change | None:
        assert self._kept is not None
        carets = [spot for spot in spots if tiles.is_caret(frame, self._kept, spot)]
        words = [spot for spot in spots if spot not in carets]
        touched = tiles.touched(words, frame)
        settled = any(self._is_still(spot, now_s) for spot in words)
        if np.count_nonzero(touched) >= MANY or settled:
            return _change(touched, frame)
        strokes = [spot for spot in carets if self._has_long_stood(spot)]
        return _change(tiles.touched(strokes, frame), frame) if strokes else None

    def _is_still(self, spot: Box, now_s: float) -> bool:
        """Whether nothing but a caret has moved in `spot` for `SETTLED_S`."""
        return not any(
            stir.box.intersection(spot) and now_s - stir.at_s < SETTLED_S
            for stir in self._stirs
            if not stir.is_caret
        )

    def _has_long_stood(self, spot: Box) -> bool:
        return not any(stir.box.intersection(spot) for stir in self._stirs)


def _change(grid: Grid, frame: Pixels) -> Change:
    found = ((int(row), int(column)) for row, column in np.argwhere(grid))
    return Change(grid, tuple(tiles.box(tile, frame) for tile in found))
