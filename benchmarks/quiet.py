"""What is heard where nobody speaks: silence, hum, a fan, music. No word may come of it.

The sound goes the way of the recorder in simulated time: voice detection and the cutter, and what
they let through to the speech model with its guards.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from mirrordesk.capture.base import SAMPLE_RATE, Samples
from mirrordesk.capture.utterance import Utterance, Utterances
from mirrordesk.capture.vad import SileroVad
from mirrordesk.config import SpeechSettings
from mirrordesk.perception.whisper import Whisper
from mirrordesk.weights import speech as speech_weights

Make = Callable[[int, np.random.Generator], Samples]

BEAT_S = 0.5
_BLOCK = 60 * SAMPLE_RATE  # samples made at a time
_PENTATONIC = (0, 2, 4, 7, 9, 12, 14, 16)  # half-tones above the key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long each kind of sound lasts."""
    parser.add_argument("--minutes", type=float, default=10.0, help="of each kind of sound")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """For each kind: what passed the voice detection, in seconds, and the words written of it."""
    weights = speech_weights(SpeechSettings())
    whisper = Whisper(weights.path, provisional=weights.micro)
    figures: dict[str, Any] = {"minutes": options.minutes}
    for name, make in SOUNDS.items():
        began = time.process_time()
        passed = heard(make, options.minutes)
        figures[f"{name}_cpu_s"] = round(time.process_time() - began, 1)
        figures[f"{name}_passed_s"] = sum(len(one.samples) for one in passed) / SAMPLE_RATE
        texts = whisper.transcribe_all([one.samples for one in passed])
        figures[f"{name}_words"] = sum(len(text.split()) for text in texts)
    figures["words"] = sum(figures[f"{name}_words"] for name in SOUNDS)
    return figures


def heard(make: Make, minutes: float, seed: int = 0) -> list[Utterance]:
    """The utterances that the recorder would keep of that many minutes of a sound."""
    chance = np.random.default_rng(seed)
    utterances, found = Utterances(SileroVad()), []
    left, start_ns = round(minutes * 60 * SAMPLE_RATE), 0
    while left > 0:
        block = make(min(left, _BLOCK), chance)
        found += utterances.feed(block, start_ns)
        start_ns += len(block) * 62_500  # nanoseconds a sample
        left -= len(block)
    return found + utterances.finish()


def silence(count: int, _chance: np.random.Generator) -> Samples:
    """A source that gives zeros."""
    return np.zeros(count, np.float32)


def hum(count: int, chance: np.random.Generator) -> Samples:
    """Mains hum with its harmonics, and faint noise."""
    at = np.arange(count) / SAMPLE_RATE
    tones = [np.sin(2 * np.pi * 50 * n * at) / n for n in (1, 2, 3, 5, 7)]
    return _heard_at(0.05, np.sum(tones, axis=0) + 0.02 * chance.standard_normal(count))


def fan(count: int, chance: np.random.Generator) -> Samples:
    """Pink noise that swells slowly, and the tone of the blades."""
    spectrum = np.fft.rfft(chance.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1.0))
    noise = np.fft.irfft(spectrum, count)
    at = np.arange(count) / SAMPLE_RATE
    swell = 1 + 0.3 * np.sin(2 * np.pi * 0.3 * at)
    return _heard_at(0.05, swell * noise / noise.std() + 0.3 * np.sin(2 * np.pi * 180 * at))


def chords(count: int, chance: np.random.Generator) -> Samples:
    """Slow triads of a soft organ."""
    return _played(count, 4, chance, lambda key: [key, key * 1.25, key * 1.5], fade_s=2.0)


def melody(count: int, chance: np.random.Generator) -> Samples:
    """A quick tune of one plucked string."""
    return _played(count, 0.5, chance, lambda key: [2 * key], fade_s=0.25)


def drums(count: int, chance: np.random.Generator) -> Samples:
    """Bass drum and snare in turns, a hi-hat between them."""
    sound = np.zeros(count)
    length = int(BEAT_S * SAMPLE_RATE)
    at = np.arange(length) / SAMPLE_RATE
    bass = np.sin(2 * np.pi * 60 * at) * np.exp(-at / 0.08)
    for beat, first in enumerate(range(0, count - length, length)):
        snare = chance.standard_normal(length) * np.exp(-at / 0.05)
        sound[first : first + length] += bass if beat % 2 == 0 else 0.5 * snare
        half = first + length // 2
        hat = 0.2 * chance.standard_normal(length // 2) * np.exp(-at[: length // 2] / 0.02)
        sound[half : half + length // 2] += hat
    return _heard_at(0.1, sound)


SOUNDS: dict[str, Make] = {
    "silence": silence,
    "hum": hum,
    "fan": fan,
    "chords": chords,
    "melody": melody,
    "drums": drums,
}


def _played(
    count: int,
    beats: float,
    chance: np.random.Generator,
    notes: Callable[[float], list[float]],
    fade_s: float,
) -> Samples:
    """Notes of a pentatonic scale, each so many beats long and with a few overtones."""
    sound = np.zeros(count)
    length = int(beats * BEAT_S * SAMPLE_RATE)
    at = np.arange(length) / SAMPLE_RATE
    shape = np.minimum(at / 0.02, 1) * np.exp(-at / fade_s)
    for first in range(0, count - length, length):
        key = 220 * 2 ** (chance.choice(_PENTATONIC) / 12)
        for hertz in notes(key):
            for overtone in (1, 2, 3, 4):
                wave = np.sin(2 * np.pi * hertz * overtone * at)
                sound[first : first + length] += shape * wave / overtone**2
    return _heard_at(0.1, sound)


def _heard_at(loudness: float, sound: Any) -> Samples:
    """The sound with that root mean square."""
    loud = loudness * sound / (np.sqrt(np.square(sound).mean()) + 1e-12)
    return np.clip(loud, -1, 1).astype(np.float32)
