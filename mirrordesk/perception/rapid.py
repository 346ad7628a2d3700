"""OCR by RapidOCR: PP-OCRv6 small, whose weights come with its package."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mirrordesk.perception.base import Ocr, Pixels
from mirrordesk.records import Box, TextLine

LEAST_CONFIDENCE = 0.5
THREADS = min(2, os.cpu_count() or 1)
LINE_PART = 0.5  # lines whose middles differ by less than this part of their height share a row


class RapidOcr(Ocr):
    """Reads a frame at its full size; text on screens is small and does not survive shrinking."""

    name = "PP-OCRv6 small"
    device = "cpu"
    why = "onnxruntime with the weights of the rapidocr package"

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._engine: Any = RapidOCR(
            params={
                "Global.log_level": "critical",  # it says on every blank picture that it is blank
                "Global.text_score": LEAST_CONFIDENCE,
                "Global.max_side_len": 8192,
                "Global.use_cls": False,  # text on a screen does not stand on its head
                "Det.limit_side_len": 64,  # small pictures are not blown up first
                "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """The lines, row by row from the top, left to right, in pixels of `pixels`."""
        bgr = np.ascontiguousarray(pixels[:, :, ::-1])
        found = self._engine(bgr)
        if found.boxes is None:
            return ()
        triples = zip(found.txts, found.boxes, found.scores, strict=True)
        lines = [TextLine(text, _box(corners), float(score)) for text, corners, score in triples]
        return tuple(_in_reading_order([line for line in lines if line.text.strip()]))


def _box(corners: Any) -> Box:
    """The upright box around four corners (4, 2)."""
    left, top = np.floor(corners.min(axis=0)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    return Box(int(left), int(top), int(right - left), int(bottom - top))


def _in_reading_order(lines: list[TextLine]) -> list[TextLine]:
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda each: each.box.y + each.box.h / 2):
        row = rows[-1] if rows else None
        if row and _same_row(row[-1].box, line.box):
            row.append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda each: each.box.x)]


def _same_row(a: Box, b: Box) -> bool:
    return abs((a.y + a.h / 2) - (b.y + b.h / 2)) < LINE_PART * min(a.h, b.h)
