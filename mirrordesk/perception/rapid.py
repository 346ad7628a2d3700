"""OCR by RapidOCR: PP-OCRv6 small, whose weights come with its package."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mirrordesk import weights
from mirrordesk.errors import WeightsError
from mirrordesk.perception.base import Ocr, Pixels
from mirrordesk.perception.reading import in_reading_order
from mirrordesk.records import Box, TextLine

LEAST_CONFIDENCE = 0.5
THREADS = 1  # two take 1.6 times the processor's time, and longer where it has other work
# Lines are found in a smaller picture and read in the full one. Finding is what a large frame
# costs; at this scale every line of 9 pixels and up is still found, at 0.67 those of 10 and up.
DETECTION_SCALE = 0.8
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
                f"The OCR models in {files.detection.parent} cannot be loaded; "
                "`pip install --force-reinstall rapidocr` brings them again."
            ) from error

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """The lines in reading order, their boxes in pixels of `pixels`.

        Raises RuntimeError where onnxruntime gives up on a picture.
        """
        from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError

        bgr = np.ascontiguousarray(pixels[:, :, ::-1])
        self._engine.text_det.limit_side_len = max(bgr.shape) * DETECTION_SCALE
        try:
            found = self._engine(bgr)
        except ONNXRuntimeError as error:
            last = str(error).strip().rpartition("\n")[2]
            raise RuntimeError(f"The OCR gave up: {last}") from error
        if found.boxes is None:
            return ()
        lines = [
            TextLine(text, _box(corners), float(score))
            for text, corners, score in zip(found.txts, found.boxes, found.scores, strict=True)
            if text.strip()
        ]
        return tuple(in_reading_order(lines))


def _load(files: weights.OcrWeights) -> Any:
    """RapidOCR with both models in memory."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "critical",  # it tells of every blank picture
            "Global.text_score": LEAST_CONFIDENCE,
            "Global.use_cls": False,  # text on a screen does not stand on its head
            "Global.max_side_len": _NEVER,
            # named, so that it never looks for them on the network
            "Det.model_path": str(files.detection),
            "Rec.model_path": str(files.recognition),
            "Det.limit_type": "max",  # to `limit_side_len`, which `read` sets for each frame
            "Det.max_candidates": MOST_LINES,
            "Rec.rec_batch_num": 1,  # a batch pads its short lines and takes a fifth longer
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    blank = np.full((48, 320, 3), 255, np.uint8)
    engine(blank, use_rec=False)  # each model loads at its first use
    engine(blank, use_det=False, use_rec=True)
    engine.use_det = True
    return engine


def _box(corners: npt.NDArray[np.float32]) -> Box:
    """The upright box around four corners (4, 2)."""
    left, top = np.floor(corners.min(axis=0)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int)
    return Box(int(left), int(top), int(right - left), int(bottom - top))
