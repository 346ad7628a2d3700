"""Listens to the microphone and to what the computer plays, and keeps what is said."""

from __future__ import annotations

import io
import threading
import time
import wave
from collections.abc import Callable, Sequence

import numpy as np

from mirrordesk import clock
from mirrordesk.capture import audio
from mirrordesk.capture.base import SAMPLE_RATE, AudioSource, Samples
from mirrordesk.capture.sampleclock import SampleClock
from mirrordesk.capture.sides import Mine, Played, Theirs
from mirrordesk.capture.utterance import Utterance
from mirrordesk.config import CaptureSettings
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Kind, SpoolEntry, moment_id

Keep = Callable[[SpoolEntry], None]
Gate = Callable[[], bool]
Side = Mine | Theirs

STARTING, RECORDING, PAUSED, STOPPED, OFF = "starting", "recording", "paused", "stopped", "off"
SILENT = "open, but it has given no sound yet"
RETRY_S = 0.5  # before the first new attempt at a source that is not there; doubled each time
RETRY_MOST_S = 15.0
GATE_S = 0.25  # between two looks whether a closed source may be opened
LINGER_S = 10.0  # before a source that may not be heard is closed, and its indicator goes out
STOP_S = 5.0  # to finish the utterance under way


class SoundRecorder:
    """One thread for each source that the settings ask for."""

    def __init__(self, settings: CaptureSettings, keep: Keep, gate: Gate) -> None:
        """`keep` makes an utterance durable; it may block while it cannot.

        What it raises, DiskFull too, ends that source and is told by `failed`: the utterance is
        lost then, and never silently. While `gate` says no, sound is dropped, an utterance under
        way with it; both are called from the sources' threads.
        """
        self._states = {"microphone": OFF, "loopback": OFF}
        played = Played()
        self._listeners: list[Listener] = []
        if settings.microphone:
            self._listeners.append(Listener(audio.microphone(), lambda: Mine(played), keep, gate))
        if settings.loopback:
            self._listeners.append(Listener(audio.loopback(), lambda: Theirs(played), keep, gate))

    def start(self) -> None:
        """Begin to listen. A source that is not there is looked for until it is."""
        for listener in self._listeners:
            listener.start()

    def stop(self) -> None:
        """End, keeping the utterance under way."""
        for listener in self._listeners:
            listener.ask_to_stop()
        for listener in self._listeners:
            listener.join(STOP_S)

    def states(self) -> dict[str, str]:
        """How each source is, in words a person can read."""
        return self._states | {listener.label: listener.state for listener in self._listeners}

    def failed(self) -> BaseException | None:
        """What ended a source that ought to be listening, if anything did."""
        failures = (listener.failure for listener in self._listeners)
        return next((failure for failure in failures if failure), None)


class Listener:
    """The thread of one source; `side` makes what finds the utterances in it."""

    def __init__(
        self, source: AudioSource, side: Callable[[], Side], keep: Keep, gate: Gate
    ) -> None:
        self.label = source.label
        self.state = STARTING
        self.failure: BaseException | None = None
        self._source = source
        self._side = side
        self._keep = keep
        self._gate = gate
        self._stopping = threading.Event()
        self._retry_s = RETRY_S
        self._thread = threading.Thread(target=self._run, name=self.label, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def join(self, timeout: float) -> None:
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if self._gate():
                    self._listen_or_say_why_not()
                else:
                    self.state = PAUSED
                    self._stopping.wait(GATE_S)
            self.state = STOPPED
        except Exception as error:  # noqa: BLE001  the thread's shell: the recorder asks `failed`
            self.state = f"failed: {error}"
            self.failure = error

    def _listen_or_say_why_not(self) -> None:
        try:
            self._listen()
        except CaptureUnavailable as error:
            self.state = str(error)
            self._stopping.wait(self._retry_s)
            self._retry_s = min(2 * self._retry_s, RETRY_MOST_S)

    def _listen(self) -> None:
        """Keep what is said until asked to stop, long paused, or the device is another or lost."""
        side, samples = self._side(), SampleClock()
        heard_s = time.monotonic()
        with self._source.open() as blocks:
            try:
                for block in blocks:
                    if self._hear(block, side, samples):
                        heard_s = time.monotonic()
                    if self._stopping.is_set() or time.monotonic() - heard_s > LINGER_S:
                        break
            finally:
                if self._gate():
                    self._store(side.finish())

    def _hear(self, block: Samples, side: Side, samples: SampleClock) -> bool:
        """Take a block in, or drop it; returns whether it might be heard."""
        self._retry_s = RETRY_S
        start_ns = samples.start(len(block), clock.now_ns(), time.monotonic_ns())
        if not self._gate():
            self.state = PAUSED
            side.drop()
            return False
        self.state = RECORDING if len(block) or self.state == RECORDING else SILENT
        self._store(side.feed(block, start_ns))
        return True

    def _store(self, utterances: Sequence[Utterance]) -> None:
        for utterance in utterances:
            self._keep(_entry(utterance, self.label))


def _entry(utterance: Utterance, label: str) -> SpoolEntry:
    payload = _wav(utterance.samples)
    return SpoolEntry(
        id=moment_id(Kind.SPEECH, utterance.start_ns, label, payload),
        kind=Kind.SPEECH,
        start_ns=utterance.start_ns,
        end_ns=utterance.end_ns,
        zone=clock.zone_name(),
        source=label,
        payload=payload,
    )


def _wav(samples: Samples) -> bytes:
    """16 kHz mono PCM16."""
    pcm = np.clip(np.rint(samples * 32767.0), -32768, 32767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)  # bytes
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm.tobytes())
    return buffer.getvalue()
