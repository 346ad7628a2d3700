"""Which windows a frame shows, and where: kept beside it, so that a later rule can judge them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mirrordesk.capture.privacy import Judged, pixels_of
from mirrordesk.records import Box, FrameWindow, Window


def seen(
    windows: Sequence[Judged], monitor: Box, shape: tuple[int, int], always: Window | None
) -> tuple[FrameWindow, ...]:
    """The windows that may be recorded and of which some pixel of `monitor` can be seen.

    `windows` stand bottom of the stack first, and so does what is returned; the monitor was grabbed
    as (height, width) `shape`. The one that gave the frame its name is `always` among them.
    """
    covered = np.zeros(shape, np.bool_)
    found: list[FrameWindow] = []
    for judged in reversed(windows):
        window = judged.window
        rows, columns = pixels_of(window.box, monitor, shape, outward=True)
        is_visible = not covered[rows, columns].all()
        if judged.reason is not None:
            covered[rows, columns] = True  # painted over, and all beneath it
            continue
        if is_visible or window is always:
            box = _box(rows, columns, shape)
            found.append(FrameWindow(window.app, window.title, box, window.url, window.private))
        if window.opaque:
            covered[pixels_of(window.box, monitor, shape, outward=False)] = True
    return tuple(reversed(found))


def _box(rows: slice, columns: slice, shape: tuple[int, int]) -> Box:
    bottom, right = min(rows.stop, shape[0]), min(columns.stop, shape[1])
    return Box(columns.start, rows.start, right - columns.start, bottom - rows.start)
