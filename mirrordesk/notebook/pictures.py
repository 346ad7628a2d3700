"""The picture on a citation card: the part of the frame that is cited, its lines outlined."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import reduce
from pathlib import Path

from PIL import Image, ImageDraw

from mirrordesk.errors import StoreError
from mirrordesk.memory.archive import shelf
from mirrordesk.records import Box
from mirrordesk.seal import files

WIDTH, HEIGHT = 576, 360  # pixels of a thumbnail, twice what a card shows
NARROWEST, WIDEST = (
    400,
    720,
)  # pixels of the frame that a thumbnail spans; beyond, text is too small
MARGIN = 28  # pixels of the frame kept around what is cited
STROKE, PAD = 3, 5  # pixels of the thumbnail
MARKER = (240, 158, 11)  # amber shows on light and on dark screens
WASH = 44  # opacity of the marker over the cited lines, 0 to 255


def thumbnail(frame: Path, boxes: Sequence[Box]) -> bytes:
    """WebP of the part of `frame` around `boxes`, or of the whole frame where there are none.

    Raises StoreError where the frame is gone or is not a picture.
    """
    image = _opened(frame)
    part = region(image.width, image.height, boxes)
    cut = image.crop((part.x, part.y, part.right, part.bottom))
    cut.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS, reducing_gap=None)
    return _webp(_outlined(cut, part, boxes))


def archived(frame: Path) -> bytes | None:
    """A frame that has no file of its own any more, as WebP; None where it is not archived either.

    Raises StoreError where its archive file is damaged or its pixels were let go.
    """
    kept = shelf.frame(frame)
    return None if kept is None else _webp(Image.fromarray(kept.pixels))


def _opened(frame: Path) -> Image.Image:
    try:
        with files.opened(frame) as file, Image.open(file) as image:
            return image.convert("RGB")
    except FileNotFoundError as error:
        kept = shelf.frame(frame)
        if kept is None:
            raise StoreError(_GONE.format(frame.name)) from error
        return Image.fromarray(kept.pixels)
    except (OSError, ValueError) as error:  # ValueError: a broken header that Pillow believes
        raise StoreError(_GONE.format(frame.name)) from error


_GONE = "The picture {} is gone or cannot be read."


def region(width: int, height: int, boxes: Sequence[Box]) -> Box:
    """The part of a `width` by `height` frame to show, in the shape of a thumbnail.

    Where the cited lines are wider than can be read at this size it shows where they begin.
    """
    if not boxes:
        return Box(0, 0, width, height)
    cited = reduce(Box.union, boxes)
    w = min(width, max(NARROWEST, min(cited.w + 2 * MARGIN, WIDEST)))
    h = min(height, max(1, w * HEIGHT // WIDTH))
    return Box(_start(cited.x, cited.w, w, width), _start(cited.y, cited.h, h, height), w, h)


def _start(at: int, length: int, window: int, whole: int) -> int:
    fits = length + 2 * MARGIN <= window
    wanted = at + length // 2 - window // 2 if fits else at - min(MARGIN, window // 4)
    return max(0, min(wanted, whole - window))


def _outlined(cut: Image.Image, part: Box, boxes: Sequence[Box]) -> Image.Image:
    scale = cut.width / part.w
    layer = Image.new("RGBA", cut.size)
    draw = ImageDraw.Draw(layer)
    for box in boxes:
        left, top = (box.x - part.x) * scale - PAD, (box.y - part.y) * scale - PAD
        right, bottom = left + box.w * scale + 2 * PAD, top + box.h * scale + 2 * PAD
        draw.rounded_rectangle(
            (left, top, right, bottom), 6, (*MARKER, WASH), (*MARKER, 255), STROKE
        )
    return Image.alpha_composite(cut.convert("RGBA"), layer).convert("RGB")


def _webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80)
    return out.getvalue()
