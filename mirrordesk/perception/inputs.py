"""Pixels and sound of moments, wherever they are now."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from mirrordesk.errors import StoreError
from mirrordesk.perception.base import Pixels, Samples
from mirrordesk.records import Moment


class MediaReader(Protocol):
    """Where the pixels and sound of stored moments are read."""

    def frame(self, relative: str) -> Pixels: ...

    def speech(self, relative: str) -> Samples: ...


class Inputs:
    """What there is to read: from the lossless `payloads` (PNG or WAV by moment id), or from media.

    `painted` holds the frames in which something was painted over, by moment id: from then on
    nobody sees them otherwise.
    """

    def __init__(self, media: MediaReader, payloads: Mapping[str, bytes]) -> None:
        self._media = media
        self._payloads = payloads
        self.painted: dict[str, Pixels] = {}

    def pixels(self, moment: Moment) -> Pixels:
        """Raises StoreError, or OSError and the like where the bytes are no picture."""
        if moment.id in self.painted:
            return self.painted[moment.id]
        if moment.id not in self._payloads:
            return self._media.frame(_media_of(moment))
        from PIL import Image

        with Image.open(io.BytesIO(self._payloads[moment.id])) as picture:
            return np.asarray(picture.convert("RGB"))

    def samples(self, moment: Moment) -> Samples:
        """Raises StoreError, or wave.Error and the like where the bytes are no sound."""
        if moment.id not in self._payloads:
            return self._media.speech(_media_of(moment))
        with wave.open(io.BytesIO(self._payloads[moment.id])) as sound:
            pcm = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return pcm.astype(np.float32) / 32768.0  # int16 to -1 … 1


def _media_of(moment: Moment) -> str:
    if moment.media is None:
        raise StoreError(f"No media file of {moment.id} is stored.")
    return moment.media
