"""Reading at a cost that follows change: of a frame, only what earlier frames do not tell.

1. Of the frames read last, take the one that this one differs from least.
2. Where a pane was scrolled, move its lines along (`scrolling`).
3. Search the patches that still differ for lines (`patches`), unless a patch of the same pixels was
   searched before; all other lines stand as they were.
4. Of the lines found, read those whose pixels were not read before (`known`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mirrordesk import tiles
from mirrordesk.perception import scrolling
from mirrordesk.perception.base import Ocr, Pixels
from mirrordesk.perception.finding import FLAT, SCALE, Corners, box_around
from mirrordesk.perception.known import Known, exact_key, line_key
from mirrordesk.perception.line_reader import LineReader, Words, text_lines
from mirrordesk.perception.patches import NOISE, patches
from mirrordesk.perception.reading import in_reading_order
from mirrordesk.records import Box, TextLine

REMEMBERED = 6  # frames; switching between a few windows is what people do
ALIKE = 0.1  # of a frame: with less changed, the later one stands for both
NEARLY = 0.02  # of a frame: with less changed, no older one is looked at
COARSE = 64  # pixels of the tiles by which the most alike is chosen
MOST_CHANGED = 0.7  # of a frame: with more, the whole is searched at once
MARGIN = 24  # pixels around a patch that the search may look at
UNIT = round(32 / SCALE)  # pixels: other lengths are stretched to such, and letters with them
MOST_LINES = 20_000  # remembered; a busy day has about as many different ones
MOST_PATCHES = 2000  # remembered, each with a few lines
LEAST_PANE = 96  # pixels: lower patches are searched faster than scrolling is found


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A frame and its lines."""

    pixels: Pixels
    lines: tuple[TextLine, ...]


class RereadingOcr(Ocr):
    """An OCR that remembers what it has read. `reader` does what is left to do."""

    def __init__(self, reader: LineReader) -> None:
        self.name, self.device, self.why = reader.name, reader.device, reader.why
        self._reader = reader
        self._readings: deque[Reading] = deque(maxlen=REMEMBERED)
        self._known = Known[Words](MOST_LINES)
        self._searched = Known[tuple[TextLine, ...]](MOST_PATCHES)

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """The lines in reading order, their boxes in pixels of `pixels`.

        Raises RuntimeError where the reader gives up on a picture.
        """
        changed, base = self._most_alike(pixels)
        found = self._reread(pixels, base) if base else self._lines(pixels)
        lines = tuple(in_reading_order(found))
        if base and changed < ALIKE:
            self._readings.remove(base)  # this one tells nearly all that it told
        self._readings.append(Reading(pixels, lines))
        return lines

    def _most_alike(self, pixels: Pixels) -> tuple[float, Reading | None]:
        """The reading whose frame differs least, and how much of it does: 0 to 1."""
        least, base = 1.0, None
        for each in reversed(self._readings):
            if each.pixels.shape == pixels.shape:
                changed = float(tiles.differing(each.pixels, pixels, COARSE, NOISE).mean())
                if base is None or changed < least:
                    least, base = changed, each
                if least < NEARLY:
                    break
        return least, base

    def _reread(self, pixels: Pixels, base: Reading) -> list[TextLine]:
        changed = _changed(base, pixels)
        shown = scrolled_along(base, pixels, changed)
        if shown is not base:
            base, changed = shown, _changed(shown, pixels)
        if sum(patch.w * patch.h for patch in changed) > MOST_CHANGED * pixels[:, :, 0].size:
            return self._lines(pixels)
        kept = [line for line in base.lines if not any(_holds(p, line.box.middle) for p in changed)]
        return [*kept, *(line for patch in changed for line in self._in_patch(pixels, patch))]

    def _in_patch(self, pixels: Pixels, patch: Box) -> list[TextLine]:
        """The lines whose middles lie in the patch, known where the same was searched before."""
        key = exact_key(pixels[patch.y : patch.bottom, patch.x : patch.right])
        known = self._searched.get(key)
        if known is not None:
            return [replace(line, box=line.box.moved(patch.x, patch.y)) for line in known]
        found = list(self._search(pixels, patch))
        if all(line.box.intersection(patch) == line.box for line in found):
            # of one that reaches out of the patch, its pixels do not tell all
            home = (replace(line, box=line.box.moved(-patch.x, -patch.y)) for line in found)
            self._searched.put(key, tuple(home))
        return found

    def _search(self, pixels: Pixels, patch: Box) -> Iterator[TextLine]:
        """The lines whose middles lie in the patch; what lies around it helps to find them."""
        written = _with_contrast(pixels, patch)
        if written is None:
            return
        x, right = _around(written.x, written.right, pixels.shape[1])
        y, bottom = _around(written.y, written.bottom, pixels.shape[0])
        for line in self._lines(pixels[y:bottom, x:right], inside=patch.moved(-x, -y)):
            yield replace(line, box=line.box.moved(x, y))

    def _lines(self, pixels: Pixels, inside: Box | None = None) -> list[TextLine]:
        """The lines of a picture; of those whose middle lies `inside`, where that is given."""
        corners = self._reader.find(pixels)
        if inside:
            corners = [each for each in corners if _holds(inside, each.mean(axis=0))]
        boxes = [box_around(each, pixels) for each in corners]
        return text_lines(boxes, self._words(pixels, corners, boxes))

    def _words(
        self, pixels: Pixels, corners: Sequence[Corners], boxes: Sequence[Box]
    ) -> list[Words]:
        keys = [line_key(pixels, box) for box in boxes]
        words = [self._known.get(each) for each in keys]
        new = [index for index, known in enumerate(words) if known is None]
        read = self._reader.recognize(pixels, [corners[index] for index in new])
        for index, said in zip(new, read, strict=True):
            self._known.put(keys[index], said)
            words[index] = said
        return [said for said in words if said is not None]


def _changed(reading: Reading, pixels: Pixels) -> list[Box]:
    return patches(reading.pixels, pixels, [line.box for line in reading.lines])


def scrolled_along(base: Reading, pixels: Pixels, changed: Iterable[Box]) -> Reading:
    """What `pixels` would be had nothing happened to `base` but scrolling within `changed`.

    It is `base` itself where nothing was scrolled. Ground that came into view, and lines that were
    cut on their way, are made to differ, so that they are searched.
    """
    shown = base
    for pane in changed:
        is_large = pane.h >= LEAST_PANE and pane.w >= scrolling.STRIP
        if is_large and (down := scrolling.shift(base.pixels, pixels, pane)):
            shown = _with_moved(shown, pixels, pane, down)
    return shown


def _with_moved(base: Reading, now: Pixels, pane: Box, down: int) -> Reading:
    predicted = base.pixels.copy()
    part = np.s_[pane.y : pane.bottom, pane.x : pane.right]
    unknown = ~now[part]
    source, target = (slice(None, -down), slice(down, None)) if down > 0 else (
        slice(-down, None), slice(None, down)
    )  # fmt: skip
    unknown[target] = base.pixels[part][source]
    predicted[part] = unknown
    lines = []
    for line in base.lines:
        if not _holds(pane, line.box.middle):  # a pane holds the lines that move with it whole
            lines.append(line)
            continue
        moved = line.box.moved(0, down)
        if pane.y <= moved.y and moved.bottom <= pane.bottom:
            lines.append(replace(line, box=moved))
        elif rest := moved.intersection(pane):
            cut = np.s_[rest.y : rest.bottom, rest.x : rest.right]
            predicted[cut] = ~now[cut]
    return Reading(predicted, tuple(lines))


def _with_contrast(pixels: Pixels, patch: Box) -> Box | None:
    """The part of a patch in which anything can stand; None where all of it is empty."""
    part = pixels[patch.y : patch.bottom, patch.x : patch.right]
    columns = np.flatnonzero((np.ptp(part, axis=0) >= FLAT).any(axis=1))
    rows = np.flatnonzero((np.ptp(part, axis=1) >= FLAT).any(axis=1))
    if not (rows.size and columns.size):
        return None
    x, y = patch.x + int(columns[0]), patch.y + int(rows[0])
    return Box(x, y, int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)


def _around(first: int, last: int, end: int) -> tuple[int, int]:
    """A stretch with its margins, as long as the search likes it where there is room to `end`."""
    first, last = max(first - MARGIN, 0), min(last + MARGIN, end)
    first = max(last - _whole_units(last - first), 0)
    return first, min(first + _whole_units(last - first), end)


def _whole_units(length: int) -> int:
    return -(-length // UNIT) * UNIT


def _holds(box: Box, point: Sequence[float] | npt.NDArray[np.float32]) -> bool:
    x, y = point
    return bool(box.x <= x < box.right and box.y <= y < box.bottom)
