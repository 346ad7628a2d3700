"""Decides whether a frame shows anything new since the last one that was kept.

A frame is news at once when `MANY` tiles differ from the last kept frame. Fewer tiles may be a word
or a blinking caret, so they wait: a tile that holds still for `SETTLED_S`, a caret apart, is news
too. What keeps moving (a clock with seconds, a spinner) never settles, and what changes at a
steady pace (a clock with minutes, a monitor of the system's load) is learned and passed over for as
long as it keeps its pace.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirrordesk.capture import tiles
from mirrordesk.capture.base import Pixels
from mirrordesk.records import Box
from mirrordesk.tiles import Grid, Tile

MANY = 5  # tiles; a typed line changes 5 to 12
SETTLED_S = 1.8  # two looks later at the default pace of one a second
SHORTEST_BEAT_S = 3.0  # what changes more often does not settle anyway
SLACK_S = 1.2  # a change is seen up to one look late
SLACK_SHARE = 0.05
LONG_AGO_S = -1e9
BEATS = 3  # steady intervals in a row until a tile counts as ticking


@dataclass(frozen=True, slots=True)
class Change:
    """What is new in a frame: the tiles, as boxes of its pixels."""

    boxes: tuple[Box, ...]


class ChangeDetector:
    """Watches one monitor. Times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._kept: Pixels | None = None
        self._previous: Pixels | None = None
        self._waiting: dict[Tile, float] = {}
        self._ticking = Ticking()

    def compare(self, frame: Pixels, now_s: float) -> Change | None:
        """What `frame` (height, width, 3) shows that the last kept one does not, if it is news."""
        kept, previous = self._kept, self._previous
        self._previous = frame
        if kept is None or previous is None or not kept.shape == previous.shape == frame.shape:
            return _change(np.ones(tiles.grid_shape(frame), dtype=np.bool_), frame)
        moved = tiles.differing(frame, previous)
        self._ticking.learn(moved, now_s)
        news = self._news(frame, kept, now_s)
        stirring = np.zeros_like(news)
        for tile in _listed(news & moved) if np.count_nonzero(news) < MANY else ():
            stirring[tile] = not tiles.is_caret(frame, previous, tile)
        if np.count_nonzero(news) >= MANY or self._has_settled(news, stirring, now_s):
            return _change(news, frame)
        return None

    def kept(self, frame: Pixels) -> None:
        """`frame` is stored: from now on it is what counts as known."""
        self._kept = frame
        self._waiting.clear()

    def _news(self, frame: Pixels, kept: Pixels, now_s: float) -> Grid:
        news = tiles.differing(frame, kept) & ~self._ticking.known(now_s)
        if np.count_nonzero(news) <= 3 * MANY:  # with more, a caret among them makes no difference
            for tile in _listed(news):
                news[tile] = not tiles.is_caret(frame, kept, tile)
        return news

    def _has_settled(self, news: Grid, stirring: Grid, now_s: float) -> bool:
        """Whether some tile has been news for `SETTLED_S` without anything but a caret moving."""
        self._waiting = {
            tile: now_s if stirring[tile] else self._waiting.get(tile, now_s)
            for tile in _listed(news)
        }
        return any(now_s - since >= SETTLED_S for since in self._waiting.values())


class Ticking:
    """Tiles that change at a steady pace."""

    def __init__(self) -> None:
        self._fit((0, 0))

    def learn(self, moved: Grid, now_s: float) -> None:
        """The tiles that changed since the look before."""
        if self._last.shape != moved.shape:
            self._fit(moved.shape)
        beat = now_s - self._last[moved]
        alike = np.abs(beat - self._beat[moved]) <= _slack(beat)
        steady = alike & (beat >= SHORTEST_BEAT_S)
        self._steady[moved] = np.where(steady, self._steady[moved] + 1, 0)
        self._beat[moved] = beat
        self._last[moved] = now_s

    def known(self, now_s: float) -> Grid:
        """The tiles that are ticking: steady so far, and the next beat is not overdue."""
        due = now_s - self._last <= self._beat + _slack(self._beat)
        ticking: Grid = due & (self._steady >= BEATS)
        return ticking

    def _fit(self, shape: tuple[int, ...]) -> None:
        self._last = np.full(shape, LONG_AGO_S)  # when each tile changed last
        self._beat = np.zeros(shape)  # seconds between its last two changes
        self._steady = np.zeros(shape, dtype=np.int64)  # intervals in a row that were alike


def _slack(beat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.maximum(SLACK_S, SLACK_SHARE * beat)


def _listed(grid: Grid) -> list[Tile]:
    return [(int(row), int(column)) for row, column in np.argwhere(grid)]


def _change(grid: Grid, frame: Pixels) -> Change:
    return Change(tuple(tiles.box(tile, frame) for tile in _listed(grid)))
