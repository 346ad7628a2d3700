"""Silero VAD: how probable it is that a piece of sound holds a voice.

The network comes with the `silero_vad` package, whose own code imports torch; only its ONNX file is
read here, so that the recorder stays light. Silero VAD: github.com/snakers4/silero-vad (MIT).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np

from mirrordesk.capture.base import SAMPLE_RATE, Samples
from mirrordesk.errors import CaptureUnavailable

CHUNK = 512  # samples, 32 ms at 16 kHz: the only length the network takes
_CONTEXT = 64  # samples of the chunk before that the network sees again
_STATE = (2, 1, 128)  # layers, batch, width of its memory
_ERRORS_ONLY = 3  # onnxruntime's severity; it warns about harmless constants otherwise


class Voice(Protocol):
    """Hears one chunk after another."""

    def probability(self, chunk: Samples) -> float:
        """How probable it is, 0 to 1, that `chunk` (CHUNK samples) holds speech."""

    def reset(self) -> None:
        """Forget what was heard: the next chunk does not follow the last."""


class SileroVad:
    """The voice detector of one stream of sound; it remembers what came before."""

    def __init__(self) -> None:
        """Load the network. Raises CaptureUnavailable where its package is not installed."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        self._session = onnxruntime.InferenceSession(
            str(_network()), options, providers=["CPUExecutionProvider"]
        )
        self._rate = np.array(SAMPLE_RATE, np.int64)
        self._state = np.zeros(_STATE, np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def probability(self, chunk: Samples) -> float:
        """How probable it is, 0 to 1, that `chunk` (CHUNK samples) holds speech."""
        heard = np.concatenate((self._context, chunk))
        output, self._state = self._session.run(
            None, {"input": heard[np.newaxis], "state": self._state, "sr": self._rate}
        )
        self._context = heard[-_CONTEXT:]
        return float(output[0, 0])

    def reset(self) -> None:
        """Forget what was heard: the next chunk does not follow the last."""
        self._state = np.zeros_like(self._state)
        self._context = np.zeros_like(self._context)


def _network() -> Path:
    """The ONNX file inside the silero_vad package, which is found but not imported."""
    package = find_spec("silero_vad")
    folders = package.submodule_search_locations if package else None
    for folder in folders or ():
        path = Path(folder) / "data" / "silero_vad.onnx"
        if path.is_file():
            return path
    raise CaptureUnavailable(
        "Speech cannot be told from noise: the package silero-vad is not installed."
    )
