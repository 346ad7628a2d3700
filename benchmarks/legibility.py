"""How much of the text on frames OCR still reads on what an archive gives back."""

from __future__ import annotations

import difflib
import functools
import io
import sys
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.tiles import Pixels


class Legibility:
    """Reads the originals once, and only where something is not as it was, and compares."""

    def __init__(self, originals: Sequence[Pixels]) -> None:
        self._originals = originals

    def against(self, shown: Iterable[Pixels]) -> dict[str, float]:
        """`reocr_chars` and `exact`: the parts of characters and of frames that came back."""
        pairs = list(zip(self._originals, shown, strict=True))
        exact = [np.array_equal(original, pixels) for original, pixels in pairs]
        return {
            "reocr_chars": 1.0 if all(exact) else self._recovered([now for _, now in pairs], exact),
            "exact": sum(exact) / len(exact),
        }

    def _recovered(self, shown: Sequence[Pixels], exact: Sequence[bool]) -> float:
        recovered = 0
        for text, pixels, is_exact in zip(self._texts, shown, exact, strict=True):
            recovered += len(text) if is_exact else _matching(text, self._read(pixels))
        characters = sum(map(len, self._texts))
        return recovered / characters if characters else 1.0

    @functools.cached_property
    def _ocr(self) -> RapidOcr:
        return RapidOcr()

    @functools.cached_property
    def _texts(self) -> list[str]:
        return [self._read(pixels) for pixels in self._originals]

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
