"""Painting over: one flat colour, because a blur can be undone."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mirrordesk.records import Box

if TYPE_CHECKING:
    from mirrordesk.tiles import Pixels

PAINT = (48, 48, 48)  # RGB
INK = 24  # levels of 255 apart from the ground
GAP = 0.15  # heights without ink between two words
FARTHEST = 8.0  # heights that a box is widened at most


def painted(pixels: Pixels, boxes: Iterable[Box]) -> Pixels:
    """A copy of the frame with each box painted over, widened to where its words end."""
    copy = pixels.copy()
    for box in boxes:
        top, bottom = max(0, box.y), min(pixels.shape[0], box.bottom)
        if top < bottom:
            left, right = _widened(pixels[top:bottom], box)
            copy[top:bottom, left:right] = PAINT
    return copy


def png(pixels: Pixels) -> bytes:
    """The frame as a lossless picture, quickly: it is packed smaller when there is time."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _widened(strip: Pixels, box: Box) -> tuple[int, int]:
    """Left and right of the box, moved outwards to the next gap between words.

    `strip` is as high as the box and as wide as the frame.
    """
    width = strip.shape[1]
    far = int(FARTHEST * box.h)
    left, right = max(0, box.x), min(width, box.right)
    first, last = max(0, left - far), min(width, right + far)
    ink = _columns_with_ink(strip[:, first:last])
    gap = max(3, round(GAP * box.h))
    return (
        left - _until_gap(ink[: left - first][::-1], gap),
        right + _until_gap(ink[right - first :], gap),
    )


def _columns_with_ink(strip: Pixels) -> list[bool]:
    import numpy as np

    ground = np.median(strip.reshape(-1, 3), axis=0)
    apart = np.abs(strip.astype(np.int16) - ground.astype(np.int16)).max(axis=2) > INK
    columns: list[bool] = apart.any(axis=0).tolist()
    return columns


def _until_gap(ink: list[bool], gap: int) -> int:
    """How many columns stand before the first `gap` without ink; all where there is none."""
    empty = 0
    for place, has_ink in enumerate(ink):
        empty = 0 if has_ink else empty + 1
        if empty == gap:
            return place + 1 - gap
    return len(ink)
