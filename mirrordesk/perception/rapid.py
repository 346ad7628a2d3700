"""OCR by RapidOCR: PP-OCRv6 small, whose weights come with its package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mirrordesk import weights
from mirrordesk.errors import WeightsError
from mirrordesk.perception.base import Ocr, Pixels
from mirrordesk.perception.finding import Corners, find_lines
from mirrordesk.perception.reading import in_reading_order
from mirrordesk.records import Box, TextLine

LEAST_CONFIDENCE = 0.5
THREADS = 1  # two take 1.6 times the processor's time, and longer where it has other work
MOST_LINES = 4000
_NEVER = 1 << 20  # pixels: a limit that no frame reaches


class RapidOcr(Ocr):
    """Reads a frame at its full size; text on screens is small and does not survive shrinking."""

    name = "PP-OCRv6 small"
    device = "cpu"
    why = "onnxruntime with the weights of the rapidocr package"

    def __init__(self) -> None:
        """Raises WeightsError, WeightsMissing."""
        files = weights.ocr()
        try:
            self._engine = _load(files)
        except Exception as error:
            # the errors of onnxruntime have no base class of their own
            raise WeightsError(
                f"The OCR models in {files.folder} cannot be loaded; "
                "`pip install --force-reinstall rapidocr` brings them again."
            ) from error

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """The lines in reading order, their boxes in pixels of `pixels`.

        Raises RuntimeError where onnxruntime gives up on a picture.
        """
        from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError

        bgr = np.ascontiguousarray(pixels[:, :, ::-1])
        try:
            corners = find_lines(bgr, self._detect)
            texts = self._recognize(bgr, corners)
        except ONNXRuntimeError as error:
            last = str(error).strip().rpartition("\n")[2]
            raise RuntimeError(f"The OCR gave up: {last}") from error
        lines = [
            TextLine(text, _box(where, bgr), float(confidence))
            for where, (text, confidence) in zip(corners, texts, strict=True)
            if text.strip() and confidence >= LEAST_CONFIDENCE
        ]
        return tuple(in_reading_order(lines))

    def _detect(self, bgr: Pixels, scale: float) -> Sequence[Corners]:
        self._engine.text_det.limit_side_len = max(bgr.shape) * scale
        found = self._engine(bgr, use_rec=False).boxes
        return [] if found is None else list(found)

    def _recognize(self, bgr: Pixels, corners: Sequence[Corners]) -> Sequence[tuple[str, float]]:
        """Text and confidence at each place, read at full size."""
        if not corners:
            return []
        read = self._engine.recognize_txt(self._engine.crop_text_regions(bgr, corners))
        return list(zip(read.txts, read.scores, strict=True))


def _load(files: weights.OcrWeights) -> Any:
    """RapidOCR with both models in memory."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "critical",  # it tells of every blank picture
            "Global.use_cls": False,  # text on a screen does not stand on its head
            "Global.max_side_len": _NEVER,
            "Global.use_vertical_padding": False,  # a wide band would become a large picture
            # named, so that it never looks for them on the network
            "Det.model_path": str(files.detection),
            "Rec.model_path": str(files.recognition),
            "Det.limit_type": "max",  # to `limit_side_len`, which `_detect` sets each time
            "Det.max_candidates": MOST_LINES,
            "Rec.rec_batch_num": 1,  # a batch pads its short lines and takes a fifth longer
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    blank = np.full((48, 320, 3), 255, np.uint8)
    engine(blank, use_rec=False)  # each model loads at its first use
    engine.recognize_txt([blank])
    return engine


def _box(corners: Corners, picture: Pixels) -> Box:
    """The upright box around four corners, within the picture."""
    height, width = picture.shape[:2]
    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(corners.max(axis=0)), (width, height)).astype(int).tolist()
    return Box(left, top, right - left, bottom - top)
