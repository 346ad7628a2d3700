"""OCR by RapidOCR: PP-OCRv6 small, whose weights come with its package."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from mirrordesk import weights
from mirrordesk.errors import WeightsError
from mirrordesk.perception.base import Pixels
from mirrordesk.perception.finding import Corners, find_lines
from mirrordesk.perception.line_reader import LineReader, Words

THREADS = 1  # two take 1.6 times the processor's time, and longer where it has other work
MOST_LINES = 4000
_NEVER = 1 << 20  # pixels: a limit that no frame reaches


class RapidOcr(LineReader):
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

    def find(self, pixels: Pixels) -> list[Corners]:
        """The corners of each line, in no order. Raises RuntimeError."""
        with _giving_up():
            return find_lines(_bgr(pixels), self._detect)

    def recognize(self, pixels: Pixels, corners: Sequence[Corners]) -> list[Words]:
        """Text and confidence at each place, read at full size. Raises RuntimeError."""
        if not corners:
            return []
        with _giving_up():
            crops = self._engine.crop_text_regions(_bgr(pixels), corners)
            read = self._engine.recognize_txt(crops)
        return [Words(text, float(c)) for text, c in zip(read.txts, read.scores, strict=True)]

    def _detect(self, bgr: Pixels, scale: float) -> Sequence[Corners]:
        self._engine.text_det.limit_side_len = max(bgr.shape) * scale
        found = self._engine(bgr, use_rec=False).boxes
        return [] if found is None else list(found)


@contextlib.contextmanager
def _giving_up() -> Iterator[None]:
    """onnxruntime's own error becomes a RuntimeError of one line."""
    from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError

    try:
        yield
    except ONNXRuntimeError as error:
        last = str(error).strip().rpartition("\n")[2]
        raise RuntimeError(f"The OCR gave up: {last}") from error


def _bgr(pixels: Pixels) -> Pixels:
    """The order of colours that OpenCV takes for granted."""
    return np.ascontiguousarray(pixels[:, :, ::-1])


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
