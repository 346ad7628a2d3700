"""A room with a speaker and a microphone in it, simulated, and sound that is no speech."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mirrordesk.capture.base import SAMPLE_RATE, Samples


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
        sound = convolved(band(sound, 200.0, 6000.0), self._way(chance))[: len(played)]
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


def convolved(one: Samples, other: Samples) -> Samples:
    """Both as if one was played in the other."""
    size = len(one) + len(other) - 1
    product = np.fft.rfft(one, size) * np.fft.rfft(other, size)
    return np.asarray(np.fft.irfft(product, size), np.float32)


def band(samples: Samples, low_hz: float, high_hz: float) -> Samples:
    """What of `samples` lies between two frequencies, with soft edges."""
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    gain = 1 / np.sqrt(1 + (low_hz / np.maximum(hertz, 1e-3)) ** 4 + (hertz / high_hz) ** 4)
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * gain, len(samples)), np.float32)


def noise(count: int, loudness: float, chance: np.random.Generator) -> Samples:
    """White noise of that root mean square."""
    return chance.normal(0, loudness, count).astype(np.float32)
