"""A real sound server of our own, espeak-ng to talk to it, and a process that records."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mirrordesk import durable
from mirrordesk.capture.base import SAMPLE_RATE, Samples

PATIENCE_S = 60.0
_FLAGS = (
    "-n",
    "--daemonize=no",
    "--use-pid-file=no",
    "--exit-idle-time=-1",
    "--disable-shm=yes",
    "--realtime=no",
    "--high-priority=no",
)


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


def spoken(sentence: str, folder: Path, voice: str = "en") -> Path:
    """A 16 kHz mono WAV of espeak-ng saying `sentence`."""
    raw, wav = folder / "raw.wav", folder / f"{abs(hash((sentence, voice)))}.wav"
    command = ["espeak-ng", "-v", voice, "-s", "150", "-w", raw]
    subprocess.run([*command, "--", sentence], check=True)
    subprocess.run(["sox", raw, "-r", str(SAMPLE_RATE), "-c", "1", "-b", "16", wav], check=True)
    return wav


def samples_of(wav: Path) -> Samples:
    with wave.open(str(wav)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return pcm.astype(np.float32) / 32768.0


class Server:
    """PulseAudio with two null sinks: `speakers`, the default, and `room`, what is said there.

    `microphone` is an input that hears the room.
    """

    def __init__(self, folder: Path, *, with_microphone: bool) -> None:
        self._folder = folder
        self._socket = folder / "native"
        self._with_microphone = with_microphone
        self._speakers = "module-null-sink sink_name=speakers"
        self._process: subprocess.Popen[bytes] | None = None
        self.env = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_RUNTIME_PATH": str(folder),
        }

    def start(self) -> None:
        self._socket.unlink(missing_ok=True)
        modules = [f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"]
        if self._with_microphone:
            modules += [
                "module-null-sink sink_name=room",
                "module-remap-source master=room.monitor source_name=microphone",
            ]
        modules.append(self._speakers)
        loads = [part for module in modules for part in ("-L", module)]
        self._process = subprocess.Popen(
            ["pulseaudio", *_FLAGS, *loads],
            env=self.env,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._answers, "PulseAudio answers")
        self.control("set-default-sink", "speakers")
        if self._with_microphone:
            self.control("set-default-source", "microphone")

    def _answers(self) -> bool:
        done = subprocess.run(["pactl", "info"], env=self.env, capture_output=True, check=False)
        return done.returncode == 0

    def control(self, *words: str) -> None:
        subprocess.run(["pactl", *words], env=self.env, check=True, capture_output=True)

    def let_the_room_hear_the_speakers(self) -> None:
        """No headset: what the speakers play sounds in the room, at half the volume.

        The speakers then lead into the room. A copy carried there by PulseAudio's loopback has a
        clock and a queue of its own, and on a busy machine it may come later than any echo does.
        """
        self.kill()
        self._speakers = "module-remap-sink sink_name=speakers master=room"
        self.start()
        self.control("set-sink-input-volume", "0", "50%")

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def play(self, wav: Path, sink: str = "speakers") -> tuple[int, int]:
        """Play a file; returns from when to when, in wall-clock nanoseconds."""
        start = time.time_ns()
        subprocess.run(["paplay", f"--device={sink}", wav], env=self.env, check=True)
        return start, time.time_ns()


class Listening:
    """The recording process, see `listening.py`."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.capture_sound.listening", str(folder)],
            env=server.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, word: str) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        report: dict[str, Any] = json.loads(self._process.stdout.readline())
        return report

    def state(self, label: str) -> str:
        return str(self.tell("states")["states"][label])

    def wait_for_state(self, label: str, *words: str) -> None:
        wait_until(lambda: self.state(label) in words, f"{label} is {words}")

    def wait_for_entries(self, label: str) -> list[dict[str, Any]]:
        wait_until(lambda: bool(self.kept(label)), f"something of the {label} is kept")
        return self.kept(label)

    def kept(self, label: str) -> list[dict[str, Any]]:
        """What was kept of a source, in the order of time."""
        entries = [durable.read_json(path) for path in self.folder.glob("*.json")]
        found = [e for e in entries if e and e["source"] == label]
        return sorted(found, key=lambda e: int(e["start_ns"]))

    def sound(self, entry: dict[str, Any]) -> Samples:
        return samples_of(self.folder / f"{entry['id']}.wav")

    def end(self) -> int:
        assert self._process.stdin
        self._process.stdin.close()
        status = self._process.wait(PATIENCE_S)
        assert self._process.stdout
        self._process.stdout.close()
        return status


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A sound server with speakers and a microphone; it runs."""
    folder = tmp_path / "pulse"
    folder.mkdir(mode=0o700)
    made = Server(folder, with_microphone=True)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def absent_server(tmp_path: Path) -> Iterator[Server]:
    """A sound server that has not been started, and has no microphone."""
    folder = tmp_path / "pulse"
    folder.mkdir(mode=0o700)
    made = Server(folder, with_microphone=False)
    yield made
    made.kill()


@pytest.fixture
def listen(tmp_path: Path) -> Iterator[Callable[[Server], Listening]]:
    """Starts a recording process on a server; it is ended afterwards, and must end well."""
    started: list[Listening] = []

    def start(server: Server) -> Listening:
        folder = tmp_path / f"kept{len(started)}"
        folder.mkdir()
        listening = Listening(server, folder)
        started.append(listening)
        listening.tell("start")
        return listening

    yield start
    assert [listening.end() for listening in started] == [0] * len(started)
