"""The lossless layer of a segment: what is drawn or written, pixel for pixel.

Screens repeat themselves: the same letter is the same pixels wherever it stands. To let a general
compressor see that, each region that changed is cut into strips at its empty rows, which leaves
one line of text a strip, and a strip is written column by column. A letter is then one unbroken
run of bytes, found again wherever it was drawn before.

A pixel is a byte: its rank among the commonest colours of the segment, or RARE, whose colours
follow in a stream of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirrordesk.memory.archive.regions import TILE, Codes, codes
from mirrordesk.records import Box

ELSEWHERE = 1 << 24  # no colour: this pixel is to be found in the film
RARE = 255  # of the ranks of colours
LEVEL = 19  # of zstd: a third smaller than 12, and still cheaper than any video codec measured
_COLOURS = 1 << 24

Ranks = npt.NDArray[np.uint8]

# columns of the table of boxes
_FRAME, _X, _Y, _W, _H, _RARE, _STRIPS = range(7)


@dataclass(frozen=True, slots=True)
class Ink:
    """The layer in bytes. `plan` tells where the boxes lie, the others fill them."""

    plan: bytes
    ranks: bytes
    rare: bytes


class InkWriter:
    """Takes the frames of a segment in order, each as the boxes in which it differs."""

    def __init__(self) -> None:
        self._boxes: list[tuple[int, ...]] = []
        self._strips: list[int] = []
        self._parts: list[Codes] = []
        self._colours: Counter[int] = Counter()
        self.pixels = 0  # taken so far

    def add(self, number: int, frame: Codes, boxes: Sequence[Box]) -> None:
        """Frame `number` differs from the one before in `boxes`, pixels."""
        for box in boxes:
            part = frame[box.y : box.bottom, box.x : box.right].copy()
            heights = _strips(part)
            self._boxes.append((number, box.x, box.y, box.w, box.h, 0, len(heights)))
            self._strips += heights
            self._parts.append(part)
            self._colours.update(_counted(part))
            self.pixels += part.size

    def finish(self) -> Ink:
        """The layer."""
        import zstandard

        self._colours[ELSEWHERE] = 1 << 62  # no rare colour can stand for it
        palette = np.array([colour for colour, _ in self._colours.most_common(RARE)], "<u4")
        rank = np.full(_COLOURS + 1, RARE, np.uint8)
        rank[palette] = np.arange(len(palette), dtype=np.uint8)
        boxes = np.array(self._boxes, np.int32).reshape(-1, 7)
        ranks, rare, end = [], [], 0
        for box, part in zip(boxes, self._parts, strict=True):
            own = rank[part]
            rare.append(part[own == RARE])
            box[_RARE] = rare[-1].size
            heights = self._strips[end : end + box[_STRIPS]]
            ranks += [strip.T.ravel() for strip in np.split(own, np.cumsum(heights[:-1]))]
            end += box[_STRIPS]
        press = zstandard.ZstdCompressor(LEVEL)
        return Ink(
            press.compress(_plan(boxes, self._strips, palette)),
            press.compress(np.concatenate(ranks).tobytes()),
            press.compress(_three_bytes(rare)),
        )


class InkReader:
    """The frames of a layer. Raises ValueError, KeyError or ZstdError where it is damaged."""

    def __init__(self, ink: Ink, width: int, height: int) -> None:
        self._boxes, self._strips, self._palette = _read_plan(ink.plan)
        self._ink = ink
        self._shape = (height, width)
        self._ends = np.cumsum(self._boxes[:, _W].astype(np.int64) * self._boxes[:, _H])
        self._rare_ends = np.cumsum(self._boxes[:, _RARE])
        self._strip_ends = np.cumsum(self._boxes[:, _STRIPS]).tolist()

    def frame(self, number: int) -> Codes:
        """What frame `number` shows; pixels that are ELSEWHERE included."""
        last = self._before(number + 1)
        easel = self._easel(last)
        for index in self._visible(last):
            self._paint(easel, index)
        return easel.shown(self._palette)

    def frames(self, count: int) -> Iterator[Codes]:
        """The first `count` frames in order."""
        easel = self._easel(len(self._boxes))
        for number in range(count):
            for index in range(self._before(number), self._before(number + 1)):
                self._paint(easel, index)
            yield easel.shown(self._palette)

    def _before(self, number: int) -> int:
        """How many boxes the frames before that one have."""
        return int(np.searchsorted(self._boxes[:, _FRAME], number))

    def _easel(self, last: int) -> _Easel:
        """What it takes to paint the first `last` boxes."""
        ranks = _opened(self._ink.ranks, int(self._ends[last - 1]) if last else 0)
        rare = _opened(self._ink.rare, 3 * int(self._rare_ends[last - 1]) if last else 0)
        return _Easel(
            np.frombuffer(ranks, np.uint8),
            _coded(rare),
            np.zeros(self._shape, np.uint8),
            np.zeros(self._shape, "<u4"),
        )

    def _visible(self, last: int) -> list[int]:
        """Which of the first `last` boxes are not wholly painted over by later ones."""
        covered = np.zeros((-(-self._shape[0] // TILE), -(-self._shape[1] // TILE)), np.bool_)
        needed = []
        for index in reversed(range(last)):
            _, x, y, w, h, *_ = self._boxes[index].tolist()
            area = covered[y // TILE : -(-(y + h) // TILE), x // TILE : -(-(x + w) // TILE)]
            if not area.all():
                needed.append(index)
                area[:] = True
        return needed[::-1]

    def _paint(self, easel: _Easel, index: int) -> None:
        _, x, y, w, h, rare, strips = self._boxes[index].tolist()
        part = np.s_[y : y + h, x : x + w]
        start, end = int(self._ends[index]) - w * h, self._strip_ends[index]
        row = y
        for height in self._strips[end - strips : end]:
            strip = easel.ranks[start : start + height * w].reshape(w, height)
            easel.canvas[row : row + height, x : x + w] = strip.T
            start, row = start + height * w, row + height
        if row != y + h:
            raise ValueError("The strips of a box do not fill it.")
        if rare:
            rare_end = int(self._rare_ends[index])
            where = easel.canvas[part] == RARE
            easel.odd[part][where] = easel.rare[rare_end - rare : rare_end]


@dataclass(frozen=True, slots=True, eq=False)
class _Easel:
    """Ranks and rare colours to paint with, and what is painted so far."""

    ranks: Ranks
    rare: Codes
    canvas: Ranks  # (height, width)
    odd: Codes  # (height, width), right where the canvas is RARE

    def shown(self, palette: Codes) -> Codes:
        colours: Codes = palette[self.canvas]
        np.copyto(colours, self.odd, where=self.canvas == RARE)
        return colours


_Boxes = npt.NDArray[np.int32]  # (boxes, 7)


def _plan(boxes: _Boxes, strips: Sequence[int], palette: Codes) -> bytes:
    """How many boxes there are, their table, RARE + 1 colours, and the heights of all strips."""
    colours = np.zeros(RARE + 1, "<u4")
    colours[: len(palette)] = palette
    parts = ([len(boxes)], boxes.ravel(), colours.view("<i4"), strips)
    return np.concatenate([np.asarray(part, "<i4") for part in parts]).tobytes()


def _read_plan(packed: bytes) -> tuple[_Boxes, list[int], Codes]:
    import zstandard

    numbers = np.frombuffer(zstandard.ZstdDecompressor().decompress(packed), "<i4")
    boxes, colours, strips = np.split(numbers[1:], np.cumsum([7 * numbers[0], RARE + 1]))
    return boxes.reshape(-1, 7), strips.tolist(), colours.view("<u4")


def _strips(part: Codes) -> list[int]:
    """Heights of strips that begin and end where rows of one colour do."""
    empty = (part[:, 1:] == part[:, :-1]).all(axis=1)
    starts = np.flatnonzero(np.diff(empty)) + 1
    heights: list[int] = np.diff(starts, prepend=0, append=len(part)).tolist()
    return heights


def _counted(piece: Codes) -> dict[int, int]:
    colours, counts = np.unique(piece, return_counts=True)
    return dict(zip(colours.tolist(), counts.tolist(), strict=True))


def _three_bytes(pieces: Sequence[Codes]) -> bytes:
    together = np.concatenate([np.zeros(0, "<u4"), *pieces])
    return together.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def _coded(three: bytes) -> Codes:
    row: Codes = codes(np.frombuffer(three, np.uint8).reshape(1, -1, 3))[0]
    return row


def _opened(packed: bytes, amount: int) -> bytes:
    """The first `amount` bytes of what was compressed."""
    import zstandard

    with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        data: bytes = reader.read(amount)
    if len(data) != amount:
        raise ValueError("The ink ends too early.")
    return data
