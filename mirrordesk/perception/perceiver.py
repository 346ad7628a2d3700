"""Completes moments channel by channel with whatever encoders are there.

What is read is rid of secrets (`mirrordesk.redaction`) before anybody else has it: the vectors are
made of what is left, and so is all that is handed back.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from mirrordesk.errors import StoreError
from mirrordesk.perception.base import (
    Encoder,
    ImageEncoder,
    Ocr,
    Pixels,
    SpeechEncoder,
    TextEncoder,
    VectorEncoder,
    Vectors,
)
from mirrordesk.perception.encoders import Encoders
from mirrordesk.perception.inputs import Inputs, MediaReader
from mirrordesk.records import Box, Channel, FrameWindow, Look, Moment, State, Vector, region_id
from mirrordesk.redaction import paint, policy, screen
from mirrordesk.redaction.policy import Policy
from mirrordesk.redaction.spans import Known
from mirrordesk.redaction.text import without_secrets

Row = npt.NDArray[np.float32]  # (dimensions,)

Result = TypeVar("Result")
Input = TypeVar("Input")
Named = TypeVar("Named", Moment, FrameWindow)

# One input that defeats an encoder, or a media file that is gone or damaged
UNREADABLE = (StoreError, ValueError, RuntimeError, OSError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Filled:
    """The moments with all that could be done.

    `painted` holds the frames in which a secret was painted over, by moment id: of those, nothing
    else may be kept.
    """

    moments: list[Moment]
    painted: dict[str, Pixels]


Complete = Callable[[Any, Sequence[Moment], Inputs], list[Moment]]  # by the encoder of a channel


class Perceiver:
    """Fills the pending channels of moments.

    A channel whose encoder is absent stays pending. An input that an encoder cannot read makes its
    channel FAILED, which is kept apart from "there was nothing": no empty text, no zero vector.
    """

    def __init__(self, encoders: Encoders, media: MediaReader) -> None:
        self._encoders = encoders
        self._media = media

    @property
    def policy(self) -> Policy:
        """What the person wants kept out of the memory now."""
        return policy.of(self._encoders.settings.privacy)

    def fill(
        self,
        moments: Sequence[Moment],
        payloads: Mapping[str, bytes],
        breathe: Callable[[], None],
    ) -> Filled:
        """The moments with all that can be done now. `breathe` is called after each input read.

        `payloads` holds the lossless PNG or WAV by moment id; others are read from their media.
        """
        inputs = Inputs(self._media, payloads)
        filled = [self._without_secrets(moment) for moment in moments]
        steps: tuple[tuple[Channel, Complete], ...] = (
            (Channel.OCR, _each(self._ocr)),
            (Channel.SPEECH, self._speech),
            (Channel.IMAGE, self._images),
            (Channel.TEXT, _each(self._text)),
        )
        for channel, complete in steps:
            waiting = [i for i, m in enumerate(filled) if state_of(m, channel) is State.PENDING]
            # asked for only where something waits: that opens it
            if waiting and (encoder := self._encoders.find(channel)):
                for first in range(0, len(waiting), encoder.together):
                    portion = waiting[first : first + encoder.together]
                    done = complete(encoder, [filled[index] for index in portion], inputs)
                    for index, moment in zip(portion, done, strict=True):
                        filled[index] = moment
                    breathe()
        return Filled(filled, inputs.painted)

    def hear_anew(self, moments: Sequence[Moment], breathe: Callable[[], None]) -> list[Moment]:
        """Speech that a provisional model wrote down, written down by the one that is set now.

        Words whose sound cannot be read any more stay, for good.
        """
        waiting = [dataclasses.replace(moment, speech=State.PENDING) for moment in moments]
        return [
            dataclasses.replace(old, speech=State.DONE) if new.speech is State.FAILED else new
            for old, new in zip(moments, self.fill(waiting, {}, breathe).moments, strict=True)
        ]

    def vectors(
        self, encoder: VectorEncoder, moments: Sequence[Moment]
    ) -> dict[str, Vector | None]:
        """What `encoder` makes of stored moments; None of what it cannot read.

        By the ids of their looks; those of texts are the ids of their moments.
        """
        if isinstance(encoder, ImageEncoder):
            return self._seen(encoder, moments, Inputs(self._media, {}))
        assert isinstance(encoder, TextEncoder)
        rows = self._encoded(encoder, moments, [m.text for m in moments], encoder.encode)
        return {m.id: row for m, row in zip(moments, rows, strict=True)}

    def _seen(
        self, encoder: ImageEncoder, moments: Sequence[Moment], inputs: Inputs
    ) -> dict[str, Vector | None]:
        """The vectors of all looks of moments, made together."""
        made: dict[str, Vector | None] = {}
        there: list[tuple[Moment, Look, Pixels]] = []
        for moment in moments:
            pixels = self._attempt(moment, functools.partial(inputs.pixels, moment))
            for look in moment.looks:
                made[look.id] = None
                if pixels is not None:
                    there.append((moment, look, _cut_out(pixels, look.region)))
        pictures = [picture for _, _, picture in there]
        rows = self._encoded(encoder, [m for m, _, _ in there], pictures, encoder.encode_images)
        return made | {look.id: row for (_, look, _), row in zip(there, rows, strict=True)}

    def _encoded(
        self,
        encoder: VectorEncoder,
        moments: Sequence[Moment],
        inputs: Sequence[Input],
        encode: Callable[[Sequence[Input]], Vectors],
    ) -> list[Vector | None]:
        rows = self._together(moments, inputs, lambda some: list(encode(some)))
        return [None if row is None else _vector(encoder, row) for row in rows]

    def _together(
        self,
        moments: Sequence[Moment],
        inputs: Sequence[Input],
        read: Callable[[Sequence[Input]], list[Result]],
    ) -> list[Result | None]:
        """All read together or, where one of them defeats the encoder, each by itself."""
        try:
            return list(read(inputs)) if inputs else []
        except UNREADABLE:
            alone = [functools.partial(read, [one]) for one in inputs]
            tried = [self._attempt(m, each) for m, each in zip(moments, alone, strict=True)]
            return [None if made is None else made[0] for made in tried]

    def _without_secrets(self, moment: Moment, known: Known = frozenset()) -> Moment:
        """With what its windows are called and where their pages lie; its text is left to who
        reads."""
        clean = functools.partial(without_secrets, wanted=self.policy, known=known)
        windows = tuple(_renamed(window, clean) for window in moment.windows)
        return dataclasses.replace(_renamed(moment, clean), windows=windows)

    def _ocr(self, ocr: Ocr, moment: Moment, inputs: Inputs) -> Moment:
        lines = self._attempt(moment, lambda: ocr.read(inputs.pixels(moment)))
        if lines is None:
            return dataclasses.replace(moment, ocr=State.FAILED)
        kept = screen.redacted(lines, self.policy)
        if kept.boxes:
            inputs.painted[moment.id] = paint.painted(inputs.pixels(moment), kept.boxes)
        text = "\n".join(line.text for line in kept.lines)
        moment = self._without_secrets(moment, kept.known)
        return _with_text(dataclasses.replace(moment, lines=kept.lines, ocr=_done_by(ocr)), text)

    def _speech(
        self, speech: SpeechEncoder, moments: Sequence[Moment], inputs: Inputs
    ) -> list[Moment]:
        heard = {m.id: self._attempt(m, functools.partial(inputs.samples, m)) for m in moments}
        there = [m for m in moments if heard[m.id] is not None]
        sounds = [samples for samples in heard.values() if samples is not None]
        texts = self._together(there, sounds, speech.transcribe_all)
        said = {m.id: text for m, text in zip(there, texts, strict=True)}
        return [self._said(speech, m, said.get(m.id)) for m in moments]

    def _said(self, speech: SpeechEncoder, moment: Moment, text: str | None) -> Moment:
        if text is None:
            return dataclasses.replace(moment, speech=State.FAILED)
        kept = without_secrets(text, self.policy)
        return _with_text(dataclasses.replace(moment, speech=_done_by(speech)), kept)

    def _images(
        self, image: ImageEncoder, moments: Sequence[Moment], inputs: Inputs
    ) -> list[Moment]:
        made = self._seen(image, moments, inputs)
        return [_pictured(moment, made) for moment in moments]

    def _text(self, text: TextEncoder, moment: Moment, _inputs: Inputs) -> Moment:
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


def _each(complete: Callable[[Any, Moment, Inputs], Moment]) -> Complete:
    """Completes moments one by one."""
    return lambda encoder, moments, inputs: [complete(encoder, m, inputs) for m in moments]


def _done_by(encoder: Encoder) -> State:
    return State.PROVISIONAL if encoder.provisional else State.DONE


def _cut_out(pixels: Pixels, region: Box | None) -> Pixels:
    if region is None:
        return pixels
    return pixels[region.y : region.bottom, region.x : region.right]


def _pictured(moment: Moment, made: Mapping[str, Vector | None]) -> Moment:
    """The moment with the vectors of its looks, by their ids."""
    if None in (made[look.id] for look in moment.looks):
        return dataclasses.replace(moment, image=State.FAILED)
    return dataclasses.replace(
        moment,
        image=State.DONE,
        image_vector=made.get(moment.id),
        region_vector=made.get(region_id(moment.id)),
    )


def _vector(encoder: VectorEncoder, row: Row) -> Vector:
    return Vector(encoder.identity, tuple(row.tolist()))


def _renamed(one: Named, clean: Callable[[str], str]) -> Named:
    url = None if one.url is None else clean(one.url)
    return dataclasses.replace(one, title=clean(one.title), url=url)


def _with_text(moment: Moment, text: str) -> Moment:
    """The moment with its text; the text channel applies where there is any."""
    wanted = State.PENDING if text.strip() else State.NONE
    return dataclasses.replace(moment, text=text, text_state=wanted)
