"""Pictures of frames, decoded off the main thread and kept in a bounded cache.

A widget asks `get` each time it paints. What is not there yet comes later, with `ready`. Requests
wait newest first and old ones fall off, so that fast scrubbing never queues behind itself.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from mirrordesk.records import Box
from mirrordesk.seal import files
from mirrordesk.seal.broken import Broken
from mirrordesk.ui.background import Background

CACHE_BYTES = 160 * 2**20
MOST_WAITING = 48  # more than a strip of thumbnails and a page of cards together
AT_A_TIME = 2
MOST_SHRUNK = 1.7  # frame pixels to a pixel of a cut, so that its words stay legible


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture in device pixels: the whole frame within `size`, or a cut of just that shape
    around `focus`. No `size`: every pixel."""

    path: Path
    size: tuple[int, int] | None = None
    focus: Box | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture and which part of the frame it shows, in the frame's pixels.

    `thinned`: only a thumbnail of the frame was left.
    """

    image: QImage
    part: Box
    thinned: bool = False


def cut_around(focus: Box, frame: tuple[int, int], shape: tuple[int, int]) -> Box:
    """The part of a `frame` (w, h) with the proportions of `shape` that shows `focus` in context.

    It lies within the frame and holds the middle of `focus`, or its beginning where that is wider.
    """
    width, height = frame
    ratio = shape[0] / shape[1]
    wide = min(max(focus.w + 48, (focus.h + 32) * ratio, shape[0]), shape[0] * MOST_SHRUNK)
    least = min(wide, width, height * ratio)
    w, h = max(1, int(least)), max(1, min(int(least / ratio), height))
    # A line wider than the cut is shown from its beginning, as it is read.
    middle = focus.x + focus.w / 2 if focus.w <= w else focus.x + w / 2 - min(12, w // 8)
    x = int(min(max(middle - w / 2, 0), width - w))
    y = int(min(max(focus.y + focus.h / 2 - h / 2, 0), height - h))
    return Box(x, y, w, h)


def read(wanted: Wanted) -> Picture | None:
    """Decode, or None where the frame is not there or is no picture.

    Raises StoreError where its archive file is damaged or its pixels were let go, KeyTrouble.
    """
    try:
        data = files.read(wanted.path)
    except FileNotFoundError:
        return _from_archive(wanted)
    except Broken:
        return None
    buffer = QBuffer()
    buffer.setData(data)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    frame = reader.size()
    if wanted.size and not wanted.focus and frame.isValid():
        fitted = frame.scaled(QSize(*wanted.size), Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(fitted if fitted.width() < frame.width() else frame)
    image = reader.read()
    return None if image.isNull() else _shaped(image, frame, wanted)


def _from_archive(wanted: Wanted) -> Picture | None:
    from mirrordesk.memory.archive import shelf  # with numpy, which the window starts without

    kept = shelf.frame(wanted.path)
    if kept is None:
        return None
    height, width, _ = kept.pixels.shape
    data = kept.pixels.tobytes()
    image = QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    frame = image.size()
    if wanted.size and not wanted.focus:
        image = _scaled(image, wanted.size)
    return replace(_shaped(image, frame, wanted), thinned=kept.thinned)


def _shaped(image: QImage, frame: QSize, wanted: Wanted) -> Picture:
    """The picture, cut around what is looked at where that is asked for."""
    whole = Box(0, 0, frame.width(), frame.height())
    if not (wanted.focus and wanted.size):
        return Picture(image, whole)
    part = cut_around(wanted.focus, (frame.width(), frame.height()), wanted.size)
    cut = image.copy(QRect(part.x, part.y, part.w, part.h))
    return Picture(_scaled(cut, wanted.size), part)


def _scaled(image: QImage, size: tuple[int, int]) -> QImage:
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(QSize(*size), Qt.AspectRatioMode.KeepAspectRatio, smooth)


class Pictures(QObject):
    """The cache. Lives on the main thread; only `read` runs elsewhere."""

    ready = Signal(object)  # the Wanted that is there now, or is known to be unreadable

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._kept: OrderedDict[Wanted, Picture] = OrderedDict()
        self._bytes = 0
        self._unreadable: dict[Wanted, str] = {}  # with the reason, where one is known
        self._waiting: OrderedDict[Wanted, None] = OrderedDict()
        self._reading: set[Wanted] = set()
        self._age = 0  # grows with `clear`: what was read before that is not kept

    def get(self, wanted: Wanted) -> Picture | None:
        """The picture if it is here; else None, and it is on its way."""
        if wanted in self._kept:
            self._kept.move_to_end(wanted)
            return self._kept[wanted]
        if wanted not in self._unreadable and wanted not in self._reading:
            self._waiting[wanted] = None
            self._waiting.move_to_end(wanted)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
            self._next()
        return None

    def unreadable(self, wanted: Wanted) -> bool:
        """Whether this was tried and cannot be shown."""
        return wanted in self._unreadable

    def why(self, wanted: Wanted) -> str:
        """Why this cannot be shown, in a sentence; empty where that is not known."""
        return self._unreadable.get(wanted, "")

    def clear(self) -> None:
        """Keep nothing: something was forgotten."""
        self._age += 1
        self._kept.clear()
        self._bytes = 0
        self._unreadable.clear()
        self._waiting.clear()

    def _next(self) -> None:
        while self._waiting and len(self._reading) < AT_A_TIME:
            wanted, _ = self._waiting.popitem()
            self._reading.add(wanted)
            self._read(wanted, self._age)

    def _read(self, wanted: Wanted, age: int) -> None:
        def done(picture: Picture | None, why: str = "") -> None:
            self._reading.discard(wanted)
            if age == self._age:
                self._keep(wanted, picture, why)
            self._next()
            self.ready.emit(wanted)

        self._background.run(lambda: read(wanted), done, lambda sentence: done(None, sentence))

    def _keep(self, wanted: Wanted, picture: Picture | None, why: str) -> None:
        if picture is None:
            self._unreadable[wanted] = why
            return
        self._kept[wanted] = picture
        self._bytes += picture.image.sizeInBytes()
        while self._bytes > CACHE_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.image.sizeInBytes()
