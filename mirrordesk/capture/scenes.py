"""Which frames of a monitor begin a scene, and which large region of one has changed.

A scene is a view that stays what it was while somebody types in it, scrolls a little or gets a
message. It ends where, since it began, `HIGH` of the tiles have changed, or where the window in
front has another name and `LOW` of them have. While the picture keeps changing, as a film does,
another one begins only now and then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mirrordesk.capture import tiles
from mirrordesk.records import Box
from mirrordesk.tiles import Grid

HIGH = 0.5  # of the tiles
LOW = 0.1  # of the tiles; a dialog has as many, a mark in the title that something is unsaved none
LARGE = 0.15  # of the frame: a picture of that size tells something by itself
FILLED = 0.6  # of the tiles of a region that must have changed; else it is but its corners
NEARLY_ALL = 0.8  # of the frame: a larger region tells no more than the frame does
RESTLESS_S = 10.0  # of large changes one upon another, after which they count once in so long
CALM_S = 3.0  # without a large change: the picture has come to rest


@dataclass(frozen=True, slots=True)
class Place:
    """The scene of a frame, by the id of the frame that began it, and its region."""

    scene: str
    region: Box | None


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """The scene under way: what has changed since it began, and when what was last told."""

    scene: str
    name: str
    moved: Grid
    restless_since_s: float
    changed_s: float  # when a large change was last seen
    told_s: float  # when a scene or a region was last begun


class Scenes:
    """Follows one monitor. Times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._state: _State | None = None
        self._next: _State | None = None

    def place(
        self, frame: str, changed: Grid, shape: tuple[int, int], name: str, now_s: float
    ) -> Place:
        """Where a frame of that id belongs, and what is new on it.

        `changed` are the tiles that differ from the last frame kept, `shape` is (height, width) in
        pixels, `name` what it is named after. It counts once `kept` has been called.
        """
        state = self._state
        if state is None or state.moved.shape != changed.shape:
            self._next = _begun(frame, name, changed, now_s, now_s, now_s)
            return Place(frame, None)
        is_large = changed.mean() >= LOW
        goes_on = is_large and now_s - state.changed_s <= CALM_S
        since_s = state.restless_since_s if goes_on else now_s
        changed_s = now_s if is_large else -math.inf
        is_flood = now_s - since_s >= RESTLESS_S and now_s - state.told_s < RESTLESS_S
        moved = state.moved | changed
        begins = _ends(moved, is_flood, renamed=name != state.name)
        region = None if is_flood else large_region(changed, shape)
        told_s = now_s if begins or region else state.told_s
        if begins:
            self._next = _begun(frame, name, changed, since_s, changed_s, told_s)
        else:
            self._next = _State(state.scene, state.name, moved, since_s, changed_s, told_s)
        return Place(self._next.scene, region)

    def kept(self) -> None:
        """The frame that was placed last is stored."""
        self._state = self._next


def _begun(
    scene: str, name: str, changed: Grid, since_s: float, changed_s: float, told_s: float
) -> _State:
    return _State(scene, name, np.zeros_like(changed), since_s, changed_s, told_s)


def _ends(moved: Grid, is_flood: bool, *, renamed: bool) -> bool:
    """Whether a scene of which `moved` has changed is over."""
    share = moved.mean()
    return bool(share >= LOW) if renamed else bool(share >= HIGH and not is_flood)


def large_region(changed: Grid, shape: tuple[int, int]) -> Box | None:
    """The largest part of a frame in which nearly every tile changed, if it is large, in pixels."""
    largest = max(tiles.clusters(changed), key=lambda part: part.w * part.h, default=None)
    if largest is None:
        return None
    inside = changed[largest.y : largest.bottom, largest.x : largest.right]
    side = tiles.SIDE
    box = Box(largest.x * side, largest.y * side, largest.w * side, largest.h * side)
    height, width = shape
    region = box.intersection(Box(0, 0, width, height))
    if region is None or inside.mean() < FILLED:
        return None
    share = region.w * region.h / (width * height)
    return region if LARGE <= share < NEARLY_ALL else None
