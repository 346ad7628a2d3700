"""Where the lines of text are in a frame of any size.

The detection network looks at the whole picture at once: a single small line in a large empty frame
leaves no trace in it (11-pixel text on a dark 1600x900 screen, 14-pixel text on any of 1920x1080).
So a large frame is searched in level bands of bounded area, each somewhat higher than the rows it
answers for, so that lines at its edges are whole. Headings too tall for that are found in one look
at the whole frame, made small.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from mirrordesk.perception.base import Pixels
from mirrordesk.records import Box

Corners = npt.NDArray[np.float32]  # (4, 2): x and y, clockwise from top left
Detect = Callable[[Pixels, float], Sequence[Corners]]

BAND_PIXELS = 800_000  # up to 900,000 a lone line of 10 pixels is found on light and dark ground
MARGIN = 40  # rows above and below the ones a band answers for
EDGE = 2  # rows: a line that comes this close to the edge of its band is cut by it
TALL = 64  # only a box higher than this is taken from the look at the whole frame
SCALE = 0.8  # loses no line of 9 pixels and up, and costs two thirds; 0.67 loses those of 9
WHOLE_SCALE = 0.25  # letters of 40 pixels, whose box is TALL, are 10 pixels high in it
FLAT = 12  # levels of 255: less contrast than this is no text


def find_lines(picture: Pixels, detect: Detect) -> list[Corners]:
    """The corners of each line, in pixels of `picture` and in no order.

    `detect` gets a picture and the scale to look at it, and answers in pixels of what it got.
    """
    height, width = picture.shape[:2]
    bands = list(_bands(height, width))
    if len(bands) == 1:
        return _seen(picture, SCALE, detect)
    found = [line for first, last in bands for line in _in_band(picture, first, last, detect)]
    for line in _seen(picture, WHOLE_SCALE, detect):
        # an icon and its caption are one tall thing when seen from afar; their own lines win
        if np.ptp(line[:, 1]) > TALL and not any(_covers(line, other) for other in found):
            found.append(line)
    return found


def box_around(corners: Corners, picture: Pixels) -> Box:
    """The upright box around four corners, within the picture."""
    height, width = picture.shape[:2]
    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(corners.max(axis=0)), (width, height)).astype(int).tolist()
    return Box(left, top, right - left, bottom - top)


def _bands(height: int, width: int) -> Iterator[tuple[int, int]]:
    """First row and the row after the last of what each band answers for."""
    if height * width <= BAND_PIXELS:
        yield 0, height
        return
    most = max(BAND_PIXELS // width - 2 * MARGIN, 2 * MARGIN)
    edges = np.linspace(0, height, math.ceil(height / most) + 1).astype(int).tolist()
    yield from itertools.pairwise(edges)


def _in_band(picture: Pixels, first: int, last: int, detect: Detect) -> Iterator[Corners]:
    """The lines whose middles lie in the band's own rows, and which are whole."""
    top, bottom = max(first - MARGIN, 0), min(last + MARGIN, len(picture))
    for line in _seen(picture[top:bottom], SCALE, detect):
        line[:, 1] += top
        cut_above = top > 0 and line[:, 1].min() <= top + EDGE
        cut_below = bottom < len(picture) and line[:, 1].max() >= bottom - EDGE
        if first <= line[:, 1].mean() < last and not (cut_above or cut_below):
            yield line


def _seen(picture: Pixels, scale: float, detect: Detect) -> list[Corners]:
    if np.ptp(picture) < FLAT:
        return []
    return [np.array(line, np.float32) for line in detect(picture, scale)]


def _covers(other: Corners, line: Corners) -> bool:
    """Whether the middle of `line` lies in the upright box around `other`."""
    middle = line.mean(axis=0)
    return bool((other.min(axis=0) <= middle).all() and (middle <= other.max(axis=0)).all())
