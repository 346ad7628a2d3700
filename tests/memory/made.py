"""Moments made for tests."""

from __future__ import annotations

import dataclasses
import io
import math
import wave
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image, ImageDraw

from mirrordesk import clock
from mirrordesk.records import Box, Kind, Moment, State, TextLine, Vector

ZONE = "Europe/Berlin"
NOON = clock.to_ns(datetime(2026, 11, 21, 12, tzinfo=ZoneInfo(ZONE)))  # a Saturday


def draft(number: int, at_ns: int | None = None, **fields: object) -> Moment:
    """A frame that nothing has read yet."""
    start_ns = NOON + number * clock.SECOND if at_ns is None else at_ns
    common = {
        "id": f"{number:032x}",
        "kind": Kind.FRAME,
        "start_ns": start_ns,
        "end_ns": start_ns,
        "zone": ZONE,
        "source": "screen",
        "app": "editor",
        "title": "notes",
        "width": 640,
        "height": 480,
        "ocr": State.PENDING,
        "image": State.PENDING,
    }
    return Moment(**common | fields)  # type: ignore[arg-type]


def read(moment: Moment, text: str) -> Moment:
    """The frame after OCR."""
    lines = tuple(
        TextLine(line, Box(10, 20 * row, 8 * len(line), 16), 0.5)
        for row, line in enumerate(text.splitlines())
    )
    return dataclasses.replace(
        moment, text=text, lines=lines, ocr=State.DONE, text_state=State.PENDING
    )


def frame(number: int, text: str, at_ns: int | None = None, **fields: object) -> Moment:
    """A frame that OCR has read."""
    return read(draft(number, at_ns, **fields), text)


TEXT_MODEL, IMAGE_MODEL = "first-text@0a0a0a0a", "first-image@0b0b0b0b"


class Numbers(tuple[float, ...]):
    """The numbers of a vector, equal to others that differ by rounding: stored ones are turned."""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, tuple)
            and np.shape(self) == np.shape(other)
            and np.allclose(self, other, atol=1e-6)
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return len(self)


def direction(angle: float, numbers: int = 384) -> tuple[float, ...]:
    """A unit vector in the plane of the first two axes, `angle` in degrees."""
    turn = math.radians(angle)
    plane = (math.cos(turn), math.sin(turn))
    return Numbers((*(float(np.float32(x)) for x in plane), *(0.0,) * (numbers - 2)))


def embedded(moment: Moment, angle: float, model: str = TEXT_MODEL) -> Moment:
    """The moment with its text vector."""
    vector = Vector(model, direction(angle))
    return dataclasses.replace(moment, text_state=State.DONE, text_vector=vector)


def seen(moment: Moment, angle: float, model: str = IMAGE_MODEL, numbers: int = 512) -> Moment:
    """The moment with its image vector."""
    vector = Vector(model, direction(angle, numbers))
    return dataclasses.replace(moment, image=State.DONE, image_vector=vector)


def heard(number: int, text: str, state: State, at_ns: int | None = None) -> Moment:
    """An utterance that was written down, for good or by a model for trying things out."""
    quiet = {"kind": Kind.SPEECH, "ocr": State.NONE, "image": State.NONE, "app": "", "title": ""}
    words = {"text": text, "text_state": State.PENDING if text else State.NONE}
    return draft(number, at_ns, **quiet, **words, speech=state, media=f"{number}.ogg")


def png(text: str, size: tuple[int, int] = (320, 120)) -> bytes:
    """A picture of a line of text."""
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).text((10, 10), text, fill="black")
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def tone(seconds: float) -> tuple[np.ndarray, bytes]:
    """A sine of 440 Hz, shape (n,), and the same as WAV, 16 kHz mono PCM16."""
    samples = 0.4 * np.sin(np.arange(round(16_000 * seconds)) * 2 * np.pi * 440 / 16_000)
    data = io.BytesIO()
    with wave.open(data, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return samples.astype(np.float32), data.getvalue()
