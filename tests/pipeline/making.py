"""Captures for the perception worker, and what it makes of them."""

from __future__ import annotations

import io
import wave

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mirrordesk import clock
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.pipeline import Pipeline
from mirrordesk.records import Kind, Moment, SpoolEntry, moment_id

NOW = clock.now_ns() - clock.HOUR


def frame(text: str, at_ns: int) -> SpoolEntry:
    """A capture of a window that shows one line."""
    picture = Image.new("RGB", (500, 120), "white")
    font = ImageFont.truetype("DejaVuSans.ttf", 16)
    ImageDraw.Draw(picture).text((20, 40), text, "black", font)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return entry(Kind.FRAME, at_ns, at_ns, "monitor-1", file.getvalue())


def utterance(at_ns: int) -> SpoolEntry:
    """Two seconds of noise."""
    sound = np.random.default_rng(0).normal(0, 3000, 32_000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(sound.tobytes())
    return entry(Kind.SPEECH, at_ns, at_ns + 2 * clock.SECOND, "loopback", file.getvalue())


def entry(kind: Kind, start: int, end: int, source: str, payload: bytes) -> SpoolEntry:
    """A capture of anything."""
    name = moment_id(kind, start, source, payload)
    return SpoolEntry(name, kind, start, end, "UTC", source, "xterm", "shell", None, payload)


def drain(profile: Profile) -> None:
    """Let a new worker do all there is to do."""
    pipeline = Pipeline(profile)
    while pipeline.step():
        pass


def moments(profile: Profile) -> list[Moment]:
    """All that is stored, with vectors, oldest first."""
    return Store(profile).moments(0, clock.now_ns(), light=False)
