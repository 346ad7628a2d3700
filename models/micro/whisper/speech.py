"""Speech made by espeak-ng: many voices, speeds and pitches, then rooms, noise and loudness."""

from __future__ import annotations

import io
import random
import subprocess
import wave
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve, resample_poly

Samples = npt.NDArray[np.float32]  # (n,), 16 kHz, mono
Pcm = npt.NDArray[np.int16]  # the same, to keep

RATE = 16_000  # samples per second
ACCENTS = ("en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-gb-x-gbcwmd")
VARIANTS = (
    "", "f1", "f2", "f3", "f5", "m1", "m2", "m3", "m4", "m5", "m7", "m8", "Alex", "Andrea", "Annie",
    "Denis", "Gene", "Lee", "Marco", "Michael", "adam", "aunty", "belinda", "benjamin", "boris",
    "david", "ed", "grandma", "iven", "john", "max", "miguel", "pablo", "rob", "shelby", "travis",
)  # fmt: skip
HELD_OUT_VARIANTS = ("f4", "m6", "linda", "edward", "Mike", "steph", "paul", "zac")


@dataclass(frozen=True, slots=True)
class Voice:
    """How espeak-ng speaks: words a minute, pitch 0 to 99."""

    name: str
    speed: int
    pitch: int


def voice(chance: random.Random, variants: tuple[str, ...] = VARIANTS) -> Voice:
    """A random voice among `variants`."""
    variant = chance.choice(variants)
    name = chance.choice(ACCENTS) + (f"+{variant}" if variant else "")
    return Voice(name, chance.randrange(135, 195), chance.randrange(25, 75))


def speak(text: str, how: Voice) -> Pcm:
    """`text` as espeak-ng says it, without the silence around it."""
    command = ["espeak-ng", "-v", how.name, "-s", str(how.speed), "-p", str(how.pitch), "--stdout"]
    said = subprocess.run([*command, text], capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(said)) as sound:
        rate = sound.getframerate()
    pcm = np.frombuffer(said[44:], dtype="<i2").astype(np.float32) / 32768.0  # 44-byte WAV header
    samples = resample_poly(pcm, RATE, rate).astype(np.float32)
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    samples = samples[loud[0] : loud[-1] + 1] if len(loud) else samples
    return np.round(samples.clip(-1.0, 1.0) * 32767.0).astype(np.int16)


def _noise(count: int, chance: np.random.Generator) -> Samples:
    """White to brown noise of unit variance."""
    tilt = chance.uniform(0.0, 1.0)
    spectrum = np.fft.rfft(chance.standard_normal(count))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1.0) ** tilt
    noise = np.fft.irfft(spectrum, count)
    return (noise / (noise.std() + 1e-9)).astype(np.float32)


def _room(samples: Samples, chance: np.random.Generator) -> Samples:
    """Reverberation: an exponentially decaying noise tail of 50 to 300 ms."""
    count = int(RATE * chance.uniform(0.05, 0.3))
    tail = chance.standard_normal(count) * np.exp(-6.0 * np.arange(count) / count)
    tail *= chance.uniform(0.02, 0.12)
    tail[0] = 1.0
    return fftconvolve(samples, tail.astype(np.float32)).astype(np.float32)[: len(samples) + count]


def heard(pcm: Pcm, chance: np.random.Generator, *, clean: bool = False) -> Samples:
    """`pcm` as a recording might have it: padded, louder or softer; unless `clean`, in a room and
    with noise.
    """
    samples = pcm.astype(np.float32) / 32768.0
    padding = [np.zeros(int(RATE * chance.uniform(0.0, 0.5)), np.float32) for _ in range(2)]
    sound = np.concatenate([padding[0], samples, padding[1]])
    if not clean and chance.random() < 0.5:
        sound = _room(sound, chance)
    if not clean and chance.random() < 0.7:
        ratio_db = chance.uniform(8.0, 40.0)
        level = np.sqrt(np.mean(samples**2)) * 10 ** (-ratio_db / 20)
        sound = sound + level * _noise(len(sound), chance)
    peak = np.abs(sound).max() + 1e-9
    return (sound / peak * chance.uniform(0.1, 0.95)).astype(np.float32)


def silence(chance: np.random.Generator) -> Samples:
    """1 to 5 seconds without speech: nothing, noise or hum."""
    count = int(RATE * chance.uniform(1.0, 5.0))
    level = 10 ** chance.uniform(-4.0, -1.0)
    hum = np.sin(2 * np.pi * chance.uniform(50, 2000) * np.arange(count) / RATE)
    return (level * (_noise(count, chance) + chance.choice([0.0, 1.0]) * hum)).astype(np.float32)
