"""The encoders as the rest sees them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mirrordesk.records import TextLine

Pixels = npt.NDArray[np.uint8]  # (height, width, 3), RGB
Samples = npt.NDArray[np.float32]  # (n,), mono, 16 kHz, -1 to 1
Vectors = npt.NDArray[np.float32]  # (n, dimensions), each row of unit length


class Encoder(ABC):
    """A model in use: its name, where it runs and why there."""

    name: str
    device: str
    why: str


class Ocr(Encoder):
    """Reads text in pictures."""

    @abstractmethod
    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """The lines of text in reading order."""


class TextEncoder(Encoder):
    """Turns texts into vectors whose cosine tells how alike they are."""

    dimensions: int

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""


class ImageEncoder(Encoder):
    """Turns pictures and texts into vectors of one space."""

    dimensions: int

    @abstractmethod
    def encode_images(self, pictures: Sequence[Pixels]) -> Vectors:
        """One row a picture."""

    @abstractmethod
    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""


class SpeechEncoder(Encoder):
    """Writes down what was said."""

    @abstractmethod
    def transcribe(self, samples: Samples) -> str:
        """The words; empty where nothing was said."""
