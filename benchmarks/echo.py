"""What of the speakers' sound is kept as the person's own, in simulated rooms drawn by chance.

espeak-ng plays somebody else, and the person in their midst. An utterance of theirs that is kept as
mine is a fault (`theirs_kept`), and so is a sentence of mine that is lost, or not cut where it
began and ended (`mine_kept` counts those that are right).
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mirrordesk import clock
from mirrordesk.capture.base import SAMPLE_RATE, Samples
from mirrordesk.capture.sides import Mine, Played
from mirrordesk.capture.utterance import SAMPLE_NS, Utterance
from mirrordesk.demo.household import require

THEIRS = ("The invoice of the printer was paid last Monday.", "Marta wants to meet at ten.")
MINE = "Please send me the budget tomorrow."
MINE_FROM_S, MINE_S, WHOLE_S = 2.0, 2.0, 7.0
MOST_S = 3.0  # what may be kept of a sentence of two seconds, its margins included
LEAST_COVERED = 0.8  # of the sentence
HISS = 0.001  # root mean square of the microphone's own noise
BLOCK = 1024  # samples that a source hands over at a time


@dataclass(frozen=True, slots=True)
class Room:
    """How the microphone hears the speaker: how late, how loud, how long it rings.

    `drift` is by how much the clocks of the two devices differ; `rattle` is the loudness at which
    the speaker begins to distort.
    """

    delay_ms: float
    level_db: float
    ring_s: float
    drift: float = 0.0
    rattle: float | None = None

    def echo(self, played: Samples, chance: np.random.Generator) -> Samples:
        """What arrives at the microphone while `played` is played."""
        sound = played if self.rattle is None else self.rattle * np.tanh(played / self.rattle)
        sound = _convolved(_band(sound, 200.0, 6000.0), self._way(chance))[: len(played)]
        at = np.arange(len(played)) * (1 + self.drift) - self.delay_ms * SAMPLE_RATE / 1000
        late = np.interp(at, np.arange(len(sound)), sound, left=0.0, right=0.0)
        return (late * 10 ** (self.level_db / 20)).astype(np.float32)

    def _way(self, chance: np.random.Generator) -> Samples:
        """The impulse response: the direct sound and a decaying reverberation."""
        count = int(self.ring_s * SAMPLE_RATE)
        tail = chance.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
        way = tail * 0.5 / np.sqrt(np.square(tail).sum())
        way[0] = 1.0
        return way.astype(np.float32)


def noise(count: int, loudness: float, chance: np.random.Generator) -> Samples:
    """White noise of that root mean square."""
    return chance.normal(0, loudness, count).astype(np.float32)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many rooms."""
    parser.add_argument("--rooms", type=int, default=14)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Utterances of theirs kept as mine, and sentences of mine kept."""
    require("espeak-ng")
    theirs = _long(np.concatenate([_spoken(one) for one in THEIRS]), 0)
    mine = 0.5 * _long(_spoken(MINE, "en+f4")[: round(MINE_S * SAMPLE_RATE)], MINE_FROM_S)
    theirs_kept = mine_kept = 0
    for seed in range(options.rooms):
        chance = np.random.default_rng(seed)
        room = _drawn(chance)
        echo = room.echo(theirs, chance) + noise(len(theirs), HISS, chance)
        theirs_kept += len(heard(echo, theirs))
        is_kept = _is_mine(heard(mine + echo, theirs))
        mine_kept += is_kept
        print(f"{room}: {'kept' if is_kept else 'lost'}", file=sys.stderr)
    return {"rooms": options.rooms, "theirs_kept": theirs_kept, "mine_kept": mine_kept}


def _drawn(chance: np.random.Generator) -> Room:
    return Room(
        delay_ms=chance.uniform(10, 300),
        level_db=chance.uniform(-25, 3),
        ring_s=chance.uniform(0.15, 0.7),
        drift=chance.uniform(-1e-4, 1e-4) if chance.random() < 1 / 2 else 0.0,
        rattle=chance.uniform(0.3, 0.6) if chance.random() < 1 / 3 else None,
    )


def heard(microphone: Samples, played: Samples) -> list[Utterance]:
    """What becomes of a microphone's sound while `played` was played; it begins at time 0."""
    known = Played()
    for offset in range(0, len(played), BLOCK):
        known.feed(played[offset : offset + BLOCK], offset * SAMPLE_NS)
    mine, found = Mine(known), []
    for offset in range(0, len(microphone), BLOCK):
        found += mine.feed(microphone[offset : offset + BLOCK], offset * SAMPLE_NS)
    return found + mine.finish()


def _is_mine(found: Sequence[Utterance]) -> bool:
    """Whether the sentence is kept, and little else."""
    first, last = (round(s * clock.SECOND) for s in (MINE_FROM_S, MINE_FROM_S + MINE_S))
    covered = sum(max(min(one.end_ns, last) - max(one.start_ns, first), 0) for one in found)
    kept = sum(one.end_ns - one.start_ns for one in found)
    return covered >= LEAST_COVERED * (last - first) and kept <= MOST_S * clock.SECOND


def _spoken(sentence: str, voice: str = "en") -> Samples:
    """espeak-ng saying it, at 16 kHz."""
    command = ["espeak-ng", "-v", voice, "-s", "150", "--stdout", "--", sentence]
    said = subprocess.run(command, check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(said)) as file:
        rate = file.getframerate()
    # of what is piped, the header cannot tell how much there is
    pcm = np.frombuffer(said[44 : len(said) // 2 * 2], "<i2").astype(np.float32) / 32768
    count = round(len(pcm) * SAMPLE_RATE / rate)
    waves = np.fft.rfft(pcm)[: count // 2 + 1]
    return (np.fft.irfft(waves, count) * count / len(pcm)).astype(np.float32)


def _long(samples: Samples, from_s: float) -> Samples:
    """The samples from then on, with silence around them."""
    whole = np.zeros(round(WHOLE_S * SAMPLE_RATE), np.float32)
    first = round(from_s * SAMPLE_RATE)
    whole[first : first + len(samples)] = samples[: len(whole) - first]
    return whole


def _convolved(one: Samples, other: Samples) -> Samples:
    """Both as if one was played in the other."""
    size = len(one) + len(other) - 1
    product = np.fft.rfft(one, size) * np.fft.rfft(other, size)
    return np.asarray(np.fft.irfft(product, size), np.float32)


def _band(samples: Samples, low_hz: float, high_hz: float) -> Samples:
    """What of `samples` lies between two frequencies, with soft edges."""
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    gain = 1 / np.sqrt(1 + (low_hz / np.maximum(hertz, 1e-3)) ** 4 + (hertz / high_hz) ** 4)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * gain, len(samples)), np.float32)
