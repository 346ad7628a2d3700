"""A sound server without a sound card: what programs play can be heard, and somebody can speak."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from mirrordesk.demo.household import Household, require, wait_until
from mirrordesk.errors import CaptureUnavailable

PROGRAMS = ("pulseaudio", "pactl", "paplay", "espeak-ng")
SPEAKERS = "speakers"  # the default sink: what the computer plays
ROOM = "room"  # the sink whose sound the microphone picks up
WORDS_A_MINUTE = 150
START_S = 20.0

_SETUP = f"""\
load-module module-native-protocol-unix socket={{socket}} auth-anonymous=1
load-module module-null-sink sink_name={SPEAKERS} sink_properties=device.description=Speakers
load-module module-null-sink sink_name={ROOM} sink_properties=device.description=Room
load-module module-remap-source master={ROOM}.monitor source_name=microphone \
source_properties=device.description=Microphone
set-default-sink {SPEAKERS}
set-default-source microphone
"""


class SoundServer:
    """PulseAudio with null sinks, reached over a socket in `folder`; `env` points clients to it."""

    def __init__(self, household: Household, folder: Path, env: Mapping[str, str]) -> None:
        require(*PROGRAMS)
        socket = folder / "pulse" / "native"
        socket.parent.mkdir(mode=0o700)
        script = folder / "sound.pa"
        script.write_text(_SETUP.format(socket=socket), encoding="utf-8")
        self.env = {"PULSE_SERVER": f"unix:{socket}", "PULSE_RUNTIME_PATH": str(socket.parent)}
        self._env = {**env, **self.env}
        server = household.launch(
            [
                "pulseaudio",
                "-n",
                f"--file={script}",
                "--daemonize=no",
                "--use-pid-file=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                "--realtime=no",
                "--high-priority=no",
            ],
            self._env,
        )
        wait_until(
            lambda: server.poll() is not None or self._answers(),
            START_S,
            "The sound server of the virtual desktop did not come up.",
        )
        if server.poll() is not None:
            raise CaptureUnavailable("The sound server of the virtual desktop ended at its start.")

    def _answers(self) -> bool:
        names = ["pactl", "get-default-source"]
        reply = subprocess.run(names, env=self._env, capture_output=True, text=True, check=False)
        return reply.returncode == 0 and reply.stdout.strip() == "microphone"

    def speak(self, sentence: str, *, sink: str) -> None:
        """Say `sentence` aloud into `sink`; returns when it has been said."""
        wav = Path(self.env["PULSE_RUNTIME_PATH"]) / f"sentence-{os.urandom(4).hex()}.wav"
        voice = ["espeak-ng", "-s", str(WORDS_A_MINUTE), "-w", str(wav), "--", sentence]
        for command in (voice, ["paplay", f"--device={sink}", str(wav)]):
            done = subprocess.run(command, env=self._env, capture_output=True, check=False)
            if done.returncode != 0:
                why = done.stderr.decode(errors="replace").strip()
                raise CaptureUnavailable(f"The sentence could not be spoken: {why}.")
        wav.unlink()
