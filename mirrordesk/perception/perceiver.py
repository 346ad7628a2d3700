"""Completes moments channel by channel with whatever encoders are there."""

from __future__ import annotations

import dataclasses
import io
import sys
import wave
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from mirrordesk.perception.encoders import Encoders
from mirrordesk.records import Channel, Moment, State

Pixels = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float32]
Result = TypeVar("Result")


class MediaReader(Protocol):
    """Where the pixels and sound of stored moments are read."""

    def frame(self, relative: str) -> Pixels: ...

    def speech(self, relative: str) -> Samples: ...


class Perceiver:
    """Fills the pending channels of moments.

    A channel whose encoder is absent stays pending. An input that an encoder cannot read makes its
    channel FAILED, which is kept apart from "there was nothing": no empty text, no zero vector.
    """

    def __init__(self, encoders: Encoders, media: MediaReader) -> None:
        self._encoders = encoders
        self._media = media

    def fill(
        self,
        moments: Sequence[Moment],
        payloads: Mapping[str, bytes],
        breathe: Callable[[], None],
    ) -> list[Moment]:
        """The moments with all that can be done now. `breathe` is called after each input read.

        `payloads` holds the lossless PNG or WAV by moment id; others are read from their media.
        """
        filled = list(moments)
        for channel, complete in (
            (Channel.OCR, self._ocr),
            (Channel.SPEECH, self._speech),
            (Channel.IMAGE, self._image),
            (Channel.TEXT, self._text),
        ):
            for index, moment in enumerate(filled):
                if state_of(moment, channel) is State.PENDING and self._encoders.available(channel):
                    filled[index] = complete(moment, payloads.get(moment.id))
                    breathe()
        return filled

    def _ocr(self, moment: Moment, payload: bytes | None) -> Moment:
        lines = self._attempt(
            moment, lambda: self._encoders.ocr().read(self._pixels(moment, payload))
        )
        if lines is None:
            return dataclasses.replace(moment, ocr=State.FAILED)
        text = "\n".join(line.text for line in lines)
        return _with_text(dataclasses.replace(moment, lines=lines, ocr=State.DONE), text)

    def _speech(self, moment: Moment, payload: bytes | None) -> Moment:
        text = self._attempt(
            moment, lambda: self._encoders.speech().transcribe(self._samples(moment, payload))
        )
        if text is None:
            return dataclasses.replace(moment, speech=State.FAILED)
        return _with_text(dataclasses.replace(moment, speech=State.DONE), text)

    def _image(self, moment: Moment, payload: bytes | None) -> Moment:
        vectors = self._attempt(
            moment, lambda: self._encoders.image().encode_images([self._pixels(moment, payload)])
        )
        if vectors is None:
            return dataclasses.replace(moment, image=State.FAILED)
        vector = tuple(map(float, vectors[0]))
        return dataclasses.replace(moment, image_vector=vector, image=State.DONE)

    def _text(self, moment: Moment, _payload: bytes | None) -> Moment:
        vectors = self._attempt(moment, lambda: self._encoders.text().encode([moment.text]))
        if vectors is None:
            return dataclasses.replace(moment, text_state=State.FAILED)
        vector = tuple(map(float, vectors[0]))
        return dataclasses.replace(moment, text_vector=vector, text_state=State.DONE)

    def _attempt(self, moment: Moment, read: Callable[[], Result]) -> Result | None:
        """What `read` gives, or None where this one input defeats the encoder."""
        try:
            return read()
        except (ValueError, RuntimeError, OSError, ArithmeticError) as error:
            print(f"{moment.kind} {moment.id} cannot be read: {error}", file=sys.stderr)
            return None

    def _pixels(self, moment: Moment, payload: bytes | None) -> Pixels:
        if payload is None:
            assert moment.media is not None
            return self._media.frame(moment.media)
        from PIL import Image

        return np.asarray(Image.open(io.BytesIO(payload)).convert("RGB"))

    def _samples(self, moment: Moment, payload: bytes | None) -> Samples:
        if payload is None:
            assert moment.media is not None
            return self._media.speech(moment.media)
        with wave.open(io.BytesIO(payload)) as sound:
            pcm = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return pcm.astype(np.float32) / 32768.0  # int16 to -1 … 1


def state_of(moment: Moment, channel: Channel) -> State:
    """How far `channel` of `moment` has come."""
    return {
        Channel.OCR: moment.ocr,
        Channel.IMAGE: moment.image,
        Channel.SPEECH: moment.speech,
        Channel.TEXT: moment.text_state,
    }[channel]


def _with_text(moment: Moment, text: str) -> Moment:
    """The moment with its text; the text channel applies where there is any."""
    wanted = State.PENDING if text.strip() else State.NONE
    return dataclasses.replace(moment, text=text, text_state=wanted)
