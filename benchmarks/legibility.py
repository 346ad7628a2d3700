"""How much of the text on frames OCR still reads on what an archive gives back."""

from __future__ import annotations

import difflib
import io
import sys
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.tiles import Pixels


class Legibility:
    """Reads the originals once, and compares."""

    def __init__(self, originals: Sequence[Pixels]) -> None:
        self._originals = originals
        self._ocr = RapidOcr()
        self._texts = [self._read(pixels) for pixels in originals]

    def against(self, shown: Iterable[Pixels]) -> dict[str, float]:
        """`reocr_chars` and `exact`: the parts of characters and of frames that came back."""
        recovered = exact = 0
        for original, text, pixels in zip(self._originals, self._texts, shown, strict=True):
            is_exact = np.array_equal(original, pixels)
            exact += is_exact
            recovered += len(text) if is_exact else _matching(text, self._read(pixels))
        characters = sum(map(len, self._texts))
        return {
            "reocr_chars": recovered / characters if characters else 1.0,
            "exact": exact / len(self._originals),
        }

    def _read(self, pixels: Pixels) -> str:
        text = "\n".join(line.text for line in self._ocr.read(pixels))
        print(f"read {len(text)} characters", file=sys.stderr)
        return text


def _matching(one: str, other: str) -> int:
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def png(pixels: Pixels) -> bytes:
    """A frame as the recorder hands it over."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=1)
    return data.getvalue()
