"""Takes out of what the microphone heard whatever the speakers played: the echo.

An utterance is cleaned as a whole, after it has ended, so nothing has to converge and nothing is
spent while only one side speaks.

1. How late the echo is: generalised cross-correlation with phase transform (Knapp and Carter, IEEE
   Trans. ASSP 24(4), 1976). Without a peak that stands out there is no echo.
2. The way through the room, for each frequency: microphone spectrum M(t) is the sum over a few
   frames k of H(k) S(t - k), S being what was played, plus what the person said. H solves least
   squares that weigh each frame by one over the power of its remainder, as weighted prediction
   error does (Nakatani et al., IEEE Trans. ASLP 18(7), 2010). So the frames in which the person
   speaks as well, which would spoil the estimate, count little.
3. What remains, M less the echo, still holds what a linear filter of that length cannot tell:
   a late reverberation, a rattling speaker. Where it is not well above the echo it is turned down.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from mirrordesk.capture.base import SAMPLE_RATE, Samples

EARLIEST = SAMPLE_RATE // 4  # samples, 250 ms: the clocks of two devices may disagree that far …
LATEST = SAMPLE_RATE  # … and output, air and input delay an echo by up to a second
STANDS_OUT = 10.0  # times the correlation's own deviation; chance stays below 5

_FRAME = 1024  # samples, 64 ms
_HOP = 256  # samples, 16 ms
_TAPS = 9  # frames of the room: one before the peak, and 128 ms after it
_BLOCK = 250  # frames, 4 s, with one filter: a room changes, and clocks drift apart
_ROUNDS = 4  # of weighing anew
_STEADY = 0.05  # of the mean power, added to that of each frame: none may outweigh all others
_RIDGE = 1e-3  # of the mean power, added to the diagonal
_RING = 0.7  # of its power an echo keeps for another frame: a room of half a second
_DOUBT = 0.3  # of the echo's power is held to be possibly left, 5 dB below it
_RESIDUE = 0.05  # of the echo's power, 13 dB below it: a frame with less holds nothing but its rest
_SYLLABLE = 13  # frames, 0.2 s
_FLOOR = 0.03  # gain of what is turned down, about 30 dB
_DRIFTED = 64  # samples, 4 ms: most that two clocks part within half an utterance
_LIKELY = 4.0  # times the deviation among so few lags; chance reaches 3
_LOW_HZ, _HIGH_HZ = 200.0, 4000.0  # where speech is, and speakers play
_QUIET = 1e-8  # mean square below which nothing is played

Lags = npt.NDArray[np.int64]
Spectra = npt.NDArray[np.complex64]  # (frames, bins)
Powers = npt.NDArray[np.float32]  # (frames, bins)

_WINDOW = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
_OVERLAP = 1.5 * _FRAME / _HOP / 4  # what the squared windows add up to


def without(heard: Samples, played: Samples) -> Samples | None:
    """`heard` without the echo of `played`; None where it holds none.

    `played` begins LATEST samples before `heard` and ends EARLIEST samples after it.
    """
    if np.square(played).mean() < _QUIET or not heard.any():
        return None
    lag = delay(heard, played)
    if lag is None:
        return None
    return _Separation(heard, _aligned(heard, played, lag)).rest()


def delay(heard: Samples, played: Samples) -> int | None:
    """By how many samples the echo of `played` is late in `heard`; None where there is none."""
    lags = np.arange(LATEST + EARLIEST + 1)  # by which `played` lies ahead
    likeness = _likeness(heard, played, -lags)
    best = int(np.argmax(likeness))
    if likeness[best] < STANDS_OUT * likeness.std():
        return None
    return LATEST - int(lags[best])


def _likeness(heard: Samples, played: Samples, lags: Lags) -> npt.NDArray[np.float64]:
    """How much `heard` is like `played` moved later by each of `lags` samples."""
    size = 1 << (max(len(heard), len(played)) - 1).bit_length()
    cross = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size))
    cross /= np.abs(cross) + 1e-12
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    cross[(hertz < _LOW_HZ) | (hertz > _HIGH_HZ)] = 0
    return np.asarray(np.fft.irfft(cross, size)[lags])


def _aligned(heard: Samples, played: Samples, lag: int) -> Samples:
    """`played` moved to where its echo is, and stretched as its device's clock runs differently."""
    first, half = LATEST - lag, len(heard) // 2
    straight = played[first : first + len(heard)]
    off = [_off(heard[part], straight[part]) for part in (slice(half), slice(half, None))]
    if off[0] is None or off[1] is None or off[0] == off[1]:
        return straight
    drift = (off[1] - off[0]) / half  # samples a sample: the halves' middles are so far apart
    at = np.arange(len(heard))
    wanted = first + at - (off[0] + off[1]) / 2 - drift * (at - half)
    aligned: Samples = np.interp(wanted, np.arange(len(played)), played).astype(np.float32)
    return aligned


def _off(heard: Samples, played: Samples) -> int | None:
    """By how few samples `heard` is late against `played`; None where that cannot be told."""
    near = np.arange(-_DRIFTED, _DRIFTED + 1)
    likeness = _likeness(heard, played, near)
    best = int(np.argmax(likeness))
    return int(near[best]) if likeness[best] > _LIKELY * likeness.std() else None


class _Separation:
    """Two sides of what the microphone heard, found in its spectra."""

    def __init__(self, heard: Samples, played: Samples) -> None:
        self._count = len(heard)
        self._heard = _spectra(heard)
        self._played = _spectra(played)
        self._echo = np.concatenate(
            [self._echo_within(block) for block in _blocks(len(self._heard))]
        )

    def rest(self) -> Samples:
        """The person's side with what may be left of the echo turned down."""
        rest = self._heard - self._echo
        echo = _ringing(_power(self._echo))
        gain = np.sqrt(np.clip(1 - _DOUBT * echo / (_power(rest) + 1e-12), _FLOOR**2, 1))
        said = rest * gain
        loud = _loudness(_power(said)) > _RESIDUE * _loudness(echo)
        said *= np.where(loud, 1.0, _FLOOR).astype(np.float32)[:, np.newaxis]
        return _sound(said, self._count)

    def _echo_within(self, block: slice) -> Spectra:
        """What of the played sound is in these frames of the heard, through one filter."""
        heard = self._heard[block].T[..., np.newaxis]  # (bins, frames, 1)
        played = self._shifted(block)  # (bins, frames, taps)
        adjoint = np.conj(played.transpose(0, 2, 1))
        eye = np.eye(_TAPS, dtype=np.float32)
        rest = heard
        for _ in range(_ROUNDS):
            power = np.square(np.abs(rest))
            weights = 1 / (power + _STEADY * power.mean(axis=1, keepdims=True) + 1e-9)
            weights /= weights.mean(axis=1, keepdims=True)
            weighted = adjoint * weights.transpose(0, 2, 1)
            gram = weighted @ played
            ridge = _RIDGE * np.trace(gram, axis1=1, axis2=2).real / _TAPS + 1e-9
            gram += ridge[:, np.newaxis, np.newaxis] * eye
            found = played @ np.linalg.solve(gram, weighted @ heard)
            rest = heard - found
        return found[..., 0].T

    def _shifted(self, block: slice) -> npt.NDArray[np.complex64]:
        """The played frames that each heard frame may echo, (bins, frames, taps)."""
        padded = np.pad(self._played, ((_TAPS - 2, 1), (0, 0)))
        frames = [padded[tap + block.start : tap + block.stop] for tap in range(_TAPS)]
        return np.stack(frames, axis=-1).transpose(1, 0, 2)


def _blocks(frames: int) -> list[slice]:
    """Frames in blocks of about _BLOCK, none much shorter."""
    edges = np.linspace(0, frames, max(round(frames / _BLOCK), 1) + 1).astype(int)
    return [slice(first, last) for first, last in itertools.pairwise(edges)]


def _spectra(samples: Samples) -> Spectra:
    padded = np.pad(samples, (_FRAME, 2 * _FRAME))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
    return np.fft.rfft(frames * _WINDOW).astype(np.complex64)


def _sound(spectra: Spectra, count: int) -> Samples:
    frames = np.fft.irfft(spectra, _FRAME).astype(np.float32) * _WINDOW
    sound = np.zeros((len(frames) - 1) * _HOP + _FRAME, np.float32)
    for index, frame in enumerate(frames):
        sound[index * _HOP : index * _HOP + _FRAME] += frame
    return sound[_FRAME : _FRAME + count] / _OVERLAP


def _power(spectra: Spectra) -> Powers:
    return np.square(np.abs(spectra))


def _loudness(power: Powers) -> npt.NDArray[np.float32]:
    """Of each frame and those around it, as long as a syllable."""
    return np.convolve(power.sum(axis=1), np.ones(_SYLLABLE, np.float32), "same")


def _ringing(power: Powers) -> Powers:
    """The power with each frame ringing on into those that follow."""
    ringing = power.copy()
    for frame in range(1, len(ringing)):
        np.maximum(ringing[frame], _RING * ringing[frame - 1], out=ringing[frame])
    return ringing
