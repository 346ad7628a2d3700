"""OCR in two steps: find the lines of a picture, then read them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from mirrordesk.perception.base import Ocr, Pixels
from mirrordesk.perception.finding import Corners, box_around
from mirrordesk.perception.reading import in_reading_order
from mirrordesk.records import Box, TextLine

LEAST_CONFIDENCE = 0.5
SHORT = 3  # characters: where these are unsure, they are mostly an icon, read one way or another
LEAST_OF_SHORT = 0.8


@dataclass(frozen=True, slots=True)
class Words:
    """What was read, and how sure (0 to 1)."""

    text: str
    confidence: float


class LineReader(Ocr):
    """An OCR whose steps can be had one by one. Both raise RuntimeError where it gives up."""

    @abstractmethod
    def find(self, pixels: Pixels) -> list[Corners]:
        """The corners of each line, in no order."""

    @abstractmethod
    def recognize(self, pixels: Pixels, corners: Sequence[Corners]) -> list[Words]:
        """The words at each place."""

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """The lines in reading order, their boxes in pixels of `pixels`."""
        corners = self.find(pixels)
        boxes = [box_around(each, pixels) for each in corners]
        return tuple(in_reading_order(text_lines(boxes, self.recognize(pixels, corners))))


def text_lines(boxes: Sequence[Box], words: Sequence[Words]) -> list[TextLine]:
    """The lines that hold words and are sure enough of them."""
    return [
        TextLine(said.text, box, said.confidence)
        for box, said in zip(boxes, words, strict=True)
        if _are_believed(said)
    ]


def _are_believed(said: Words) -> bool:
    length = len(said.text.strip())
    return length > 0 and said.confidence >= (
        LEAST_CONFIDENCE if length > SHORT else LEAST_OF_SHORT
    )
