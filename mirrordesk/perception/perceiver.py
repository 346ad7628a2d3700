"""Completes moments channel by channel with whatever encoders are there."""

from __future__ import annotations

import dataclasses
import functools
import io
import sys
import wave
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from mirrordesk.errors import StoreError
from mirrordesk.perception.base import (
    Encoder,
    ImageEncoder,
    Ocr,
    Pixels,
    Samples,
    SpeechEncoder,
    TextEncoder,
    VectorEncoder,
    Vectors,
)
from mirrordesk.perception.encoders import Encoders
from mirrordesk.records import Channel, Moment, State, Vector

Row = npt.NDArray[np.float32]  # (dimensions,)

Result = TypeVar("Result")
Input = TypeVar("Input")

# One input that defeats an encoder, or a media file that is gone or damaged
UNREADABLE = (StoreError, ValueError, RuntimeError, OSError, ArithmeticError)


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
        steps: tuple[tuple[Channel, Callable[[Any, Moment, bytes | None], Moment]], ...] = (
            (Channel.OCR, self._ocr),
            (Channel.SPEECH, self._speech),
            (Channel.IMAGE, self._image),
            (Channel.TEXT, self._text),
        )
        for channel, complete in steps:
            waiting = [i for i, m in enumerate(filled) if state_of(m, channel) is State.PENDING]
            # asked for only where something waits: that opens it
            if waiting and (encoder := self._encoders.find(channel)):
                for index in waiting:
                    moment = filled[index]
                    filled[index] = complete(encoder, moment, payloads.get(moment.id))
                    breathe()
        return filled

    def hear_anew(self, moments: Sequence[Moment], breathe: Callable[[], None]) -> list[Moment]:
        """Speech that a provisional model wrote down, written down by the one that is set now.

        Words whose sound cannot be read any more stay, for good.
        """
        waiting = [dataclasses.replace(moment, speech=State.PENDING) for moment in moments]
        return [
            dataclasses.replace(old, speech=State.DONE) if new.speech is State.FAILED else new
            for old, new in zip(moments, self.fill(waiting, {}, breathe), strict=True)
        ]

    def vectors(
        self, encoder: VectorEncoder, moments: Sequence[Moment]
    ) -> dict[str, Vector | None]:
        """What `encoder` makes of stored moments, by their ids; None of what it cannot read."""
        if isinstance(encoder, TextEncoder):
            return self._encoded(encoder, moments, [m.text for m in moments], encoder.encode)
        assert isinstance(encoder, ImageEncoder)
        seen = {m.id: self._attempt(m, functools.partial(self._pixels, m, None)) for m in moments}
        there = [m for m in moments if seen[m.id] is not None]
        pictures = [pixels for pixels in seen.values() if pixels is not None]
        made = self._encoded(encoder, there, pictures, encoder.encode_images)
        return {m.id: made.get(m.id) for m in moments}

    def _encoded(
        self,
        encoder: VectorEncoder,
        moments: Sequence[Moment],
        inputs: Sequence[Input],
        encode: Callable[[Sequence[Input]], Vectors],
    ) -> dict[str, Vector | None]:
        """Encoded together or, where one of them defeats the encoder, each by itself."""
        rows: list[Row | None]
        try:
            rows = list(encode(inputs)) if inputs else []
        except UNREADABLE:
            alone = [functools.partial(encode, [one]) for one in inputs]
            tried = [self._attempt(m, each) for m, each in zip(moments, alone, strict=True)]
            rows = [None if made is None else made[0] for made in tried]
        return {
            m.id: None if row is None else _vector(encoder, row)
            for m, row in zip(moments, rows, strict=True)
        }

    def _ocr(self, ocr: Ocr, moment: Moment, payload: bytes | None) -> Moment:
        lines = self._attempt(moment, lambda: ocr.read(self._pixels(moment, payload)))
        if lines is None:
            return dataclasses.replace(moment, ocr=State.FAILED)
        text = "\n".join(line.text for line in lines)
        return _with_text(dataclasses.replace(moment, lines=lines, ocr=_done_by(ocr)), text)

    def _speech(self, speech: SpeechEncoder, moment: Moment, payload: bytes | None) -> Moment:
        text = self._attempt(moment, lambda: speech.transcribe(self._samples(moment, payload)))
        if text is None:
            return dataclasses.replace(moment, speech=State.FAILED)
        return _with_text(dataclasses.replace(moment, speech=_done_by(speech)), text)

    def _image(self, image: ImageEncoder, moment: Moment, payload: bytes | None) -> Moment:
        rows = self._attempt(moment, lambda: image.encode_images([self._pixels(moment, payload)]))
        if rows is None:
            return dataclasses.replace(moment, image=State.FAILED)
        return dataclasses.replace(moment, image=State.DONE, image_vector=_vector(image, rows[0]))

    def _text(self, text: TextEncoder, moment: Moment, _payload: bytes | None) -> Moment:
        rows = self._attempt(moment, lambda: text.encode([moment.text]))
        if rows is None:
            return dataclasses.replace(moment, text_state=State.FAILED)
        return dataclasses.replace(
            moment, text_state=State.DONE, text_vector=_vector(text, rows[0])
        )

    def _attempt(self, moment: Moment, read: Callable[[], Result]) -> Result | None:
        """What `read` gives, or None where this one input defeats the encoder."""
        try:
            return read()
        except UNREADABLE as error:
            print(f"{moment.kind} {moment.id} cannot be read: {error}", file=sys.stderr)
            return None

    def _pixels(self, moment: Moment, payload: bytes | None) -> Pixels:
        if payload is None:
            return self._media.frame(_media_of(moment))
        from PIL import Image

        return np.asarray(Image.open(io.BytesIO(payload)).convert("RGB"))

    def _samples(self, moment: Moment, payload: bytes | None) -> Samples:
        if payload is None:
            return self._media.speech(_media_of(moment))
        with wave.open(io.BytesIO(payload)) as sound:
            pcm = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return pcm.astype(np.float32) / 32768.0  # int16 to -1 … 1


_STATES = {
    Channel.OCR: "ocr",
    Channel.IMAGE: "image",
    Channel.SPEECH: "speech",
    Channel.TEXT: "text_state",
}


def state_of(moment: Moment, channel: Channel) -> State:
    """How far `channel` of `moment` has come."""
    state: State = getattr(moment, _STATES[channel])
    return state


def with_state(moment: Moment, channel: Channel, state: State) -> Moment:
    """The moment with `channel` in that state."""
    return dataclasses.replace(moment, **{_STATES[channel]: state})  # type: ignore[arg-type]


def _media_of(moment: Moment) -> str:
    if moment.media is None:
        raise StoreError(f"No media file of {moment.id} is stored.")
    return moment.media


def _done_by(encoder: Encoder) -> State:
    return State.PROVISIONAL if encoder.provisional else State.DONE


def _vector(encoder: VectorEncoder, row: Row) -> Vector:
    return Vector(encoder.identity, tuple(row.tolist()))


def _with_text(moment: Moment, text: str) -> Moment:
    """The moment with its text; the text channel applies where there is any."""
    wanted = State.PENDING if text.strip() else State.NONE
    return dataclasses.replace(moment, text=text, text_state=wanted)
