"""What the microphone hears and what the computer plays, as blocks of samples."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from mirrordesk.capture.base import SAMPLE_RATE, AudioSource, Samples
from mirrordesk.capture.soundserver import SoundServer, mapped, readable

BLOCK = 1024  # samples, 64 ms: what the server hands over at a time
NAP_S = 0.02  # between two looks for samples
QUIET_S = 0.25  # after so long without samples an empty block is given
CHECK_S = 3.0  # between two looks whether the person chose another device

NO_MICROPHONE = "There is no microphone."
NO_SPEAKER = "There is nothing that plays sound."

_SERVER = SoundServer()  # soundcard has one connection for the whole process; made at first use


class PulseSource(AudioSource):
    """One device of the sound server, followed when the person chooses another."""

    def __init__(self, label: str, why: str, find: Callable[[Any], Any], absent: str) -> None:
        """`find` takes soundcard's module and gives its Microphone, or None where there is none."""
        self.label = label
        self.why = why
        self._find = find
        self._absent = absent

    @contextlib.contextmanager
    def open(self) -> Iterator[Iterator[Samples]]:
        """Blocks as they come; an empty one at times when none come, so that the reader can stop.

        The blocks end when another device becomes the default. Raises CaptureUnavailable where
        there is no server or no device, and between blocks when either goes away.
        """
        with _SERVER.connected() as soundcard:
            device = self._device(soundcard)
            with contextlib.ExitStack() as stack, mapped(self._absent):
                recorder = device.recorder(SAMPLE_RATE, channels=1, blocksize=BLOCK)
                stack.enter_context(recorder)
                closing = stack.pop_all()
            with closing:
                yield self._blocks(soundcard, recorder, device.id)

    def _device(self, soundcard: Any) -> Any:
        with mapped(self._absent):
            device = self._find(soundcard)
            if device is None:
                raise LookupError(self.label)
            return device

    def _blocks(self, soundcard: Any, recorder: Any, device: str) -> Iterator[Samples]:
        heard = checked = time.monotonic()
        while True:
            waiting = readable(soundcard, recorder)
            now = time.monotonic()
            if waiting:
                heard = now
                with mapped(self._absent):
                    block = np.ascontiguousarray(recorder.record(None)[:, 0])
                yield block
            elif now - heard > QUIET_S:
                heard = now
                yield np.empty(0, np.float32)
            else:
                time.sleep(NAP_S)
            if now - checked > CHECK_S:
                checked = now
                if self._device(soundcard).id != device:
                    return


def microphone() -> AudioSource:
    """The default microphone; the first real one where the default listens to a speaker."""
    return PulseSource("microphone", "the default input", _microphone, NO_MICROPHONE)


def loopback() -> AudioSource:
    """What the default speaker plays."""
    return PulseSource("loopback", "the monitor of the default output", _loopback, NO_SPEAKER)


def _microphone(soundcard: Any) -> Any:
    real = soundcard.all_microphones(include_loopback=False)
    if not real:
        return None
    chosen = soundcard._pulse.server_info["default source id"]
    return _named(real, chosen) or real[0]


def _loopback(soundcard: Any) -> Any:
    if not soundcard.all_speakers():
        return None
    speaker = soundcard.default_speaker()
    return _named(soundcard.all_microphones(include_loopback=True), f"{speaker.id}.monitor")


def _named(devices: Sequence[Any], name: str) -> Any:
    """The device of exactly that id; soundcard itself would also take a similar one."""
    return next((device for device in devices if device.id == name), None)
