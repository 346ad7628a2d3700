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
    """A model in use: its name, where it runs and why there.

    What a `provisional` one writes, which is for trying things out, gives way to a real one's.
    `together` is how many inputs are best given at once.
    """

    name: str
    device: str
    why: str
    provisional = False
    together = 1


class Ocr(Encoder):
    """Reads text in pictures."""

    @abstractmethod
    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """The lines of text in reading order."""


class VectorEncoder(Encoder):
    """Makes vectors of unit length. Only those of one `identity` can be compared."""

    identity: str  # of its weights, "clip-micro@1a2b3c4d"
    dimensions: int

    @abstractmethod
    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """One row a question, to be compared with what may answer it."""


class TextEncoder(VectorEncoder):
    """Turns texts into vectors whose cosine tells how alike they are."""

    query_prefix = ""  # what the model wants written before a question

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """One row a question, to be compared with the texts that may answer it."""
        return self.encode([self.query_prefix + question for question in questions])


class ImageEncoder(VectorEncoder):
    """Turns pictures and texts into vectors of one space."""

    @abstractmethod
    def encode_images(self, pictures: Sequence[Pixels]) -> Vectors:
        """One row a picture."""

    @abstractmethod
    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """One row a question, to be compared with the pictures that may show it."""
        return self.encode_texts(questions)


class SpeechEncoder(Encoder):
    """Writes down what was said."""

    @abstractmethod
    def transcribe(self, samples: Samples) -> str:
        """The words; empty where nothing was said."""

    def transcribe_all(self, sounds: Sequence[Samples]) -> list[str]:
        """The words of each of several sounds, which need not be as long as one another."""
        return [self.transcribe(samples) for samples in sounds]
