"""What must not be recorded: which windows, and which pixels of a frame they show.

Everything fails closed: a window that nobody can name is treated as an excluded one, and only an
opaque window that is allowed takes pixels out of the mask again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirrordesk.capture import program
from mirrordesk.capture.base import Pixels
from mirrordesk.config import PrivacySettings
from mirrordesk.records import Box, GapReason, Window

Mask = npt.NDArray[np.bool_]  # (height, width); True where a pixel must be painted

PAINT = (48, 48, 48)  # RGB; one flat colour, because a blur can be undone

_OURS = "mirrordesk"


@dataclass(frozen=True, slots=True)
class Judged:
    """A window, and why it must not be recorded (None: it may)."""

    window: Window
    reason: GapReason | None


class Rules:
    """Decides which windows are recorded. MirrorDesk's own never are.

    `own_pids` are processes of MirrorDesk that the caller knows of; `is_ours` finds the others.
    """

    def __init__(
        self,
        settings: PrivacySettings,
        own_pids: Collection[int] = (),
        is_ours: Callable[[int], bool] = program.is_mirrordesk,
    ) -> None:
        self._apps = (*_words(settings.excluded_apps), _OURS)
        self._titles = tuple(_words(settings.excluded_titles))
        self._own_pids = frozenset(own_pids)
        self._is_ours = is_ours

    def excluded(self, window: Window) -> GapReason | None:
        """Why `window` must not be recorded, or None. A window of no known program must not."""
        app, title = window.app.casefold(), window.title.casefold()
        if any(name in app for name in self._apps) or any(name in title for name in self._titles):
            return GapReason.EXCLUDED
        if window.pid is not None and (window.pid in self._own_pids or self._is_ours(window.pid)):
            return GapReason.EXCLUDED
        return None if app else GapReason.UNIDENTIFIED

    def judge(self, windows: Iterable[Window]) -> list[Judged]:
        """Every window with its reason.

        A window without a title (a menu, a list of suggestions) shares the fate of its program's
        other windows: one excluded among them excludes it, as it may belong to that one.
        """
        judged = [Judged(window, self.excluded(window)) for window in windows]
        tainted = {_process(j.window) for j in judged if j.reason is not None}
        return [
            Judged(j.window, GapReason.EXCLUDED)
            if j.reason is None and not j.window.title and _process(j.window) in tainted
            else j
            for j in judged
        ]

    def mask(self, windows: Sequence[Window], monitor: Box, shape: tuple[int, int]) -> Mask:
        """The pixels of `monitor`, grabbed as (height, width) `shape`, that must be painted.

        `windows` stand bottom of the stack first. An excluded one covers its rectangle, an allowed
        opaque one above it uncovers its own.
        """
        return mask_of(self.judge(windows), monitor, shape)


def mask_of(windows: Iterable[Judged], monitor: Box, shape: tuple[int, int]) -> Mask:
    """`Rules.mask` of windows that are judged already."""
    mask = np.zeros(shape, dtype=np.bool_)
    for judged in windows:
        window = judged.window
        if judged.reason is not None:
            mask[_pixels(window.box, monitor, shape, outward=True)] = True
        elif window.opaque:
            mask[_pixels(window.box, monitor, shape, outward=False)] = False
    return mask


def paint(frame: Pixels, mask: Mask) -> None:
    """Overwrite the masked pixels of `frame` in place."""
    if mask.any():
        frame[mask] = PAINT


def _words(names: Iterable[str]) -> list[str]:
    return [name.casefold() for name in names if name.strip()]


def _process(window: Window) -> int | str:
    return window.app if window.pid is None else window.pid


def _pixels(
    box: Box, monitor: Box, shape: tuple[int, int], *, outward: bool
) -> tuple[slice, slice]:
    """Rows and columns of the frame that `box` covers; in doubt one more (`outward`) or one less.

    A frame may have more pixels than the desktop has points, as on displays of high density.
    """
    across, down = shape[1] / monitor.w, shape[0] / monitor.h
    low, high = (math.floor, math.ceil) if outward else (math.ceil, math.floor)
    rows = slice(
        max(0, low((box.y - monitor.y) * down)), max(0, high((box.bottom - monitor.y) * down))
    )
    columns = slice(
        max(0, low((box.x - monitor.x) * across)), max(0, high((box.right - monitor.x) * across))
    )
    return rows, columns
