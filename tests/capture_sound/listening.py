"""A process that records sound: `python -m tests.capture_sound.listening FOLDER`.

It answers each line of its input with a line of JSON: "start", "states", "close" and "open" (the
gate), "fail" (the disk is full from now on), "stop". Kept entries are written to FOLDER.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from mirrordesk import durable
from mirrordesk.capture.sound import SoundRecorder
from mirrordesk.config import CaptureSettings
from mirrordesk.errors import DiskFull
from mirrordesk.records import SpoolEntry


class Recording:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gate = threading.Event()
        self._gate.set()
        self._disk_full = False
        self._recorder = SoundRecorder(CaptureSettings(), self._keep, self._gate.is_set)

    def _keep(self, entry: SpoolEntry) -> None:
        if self._disk_full:
            raise DiskFull("No space is left on the disk.")
        meta = {
            "id": entry.id,
            "kind": entry.kind,
            "start_ns": entry.start_ns,
            "end_ns": entry.end_ns,
            "source": entry.source,
        }
        (self._folder / f"{entry.id}.wav").write_bytes(entry.payload)
        durable.write_json(self._folder / f"{entry.id}.json", meta)

    def obey(self, word: str) -> None:
        match word:
            case "start":
                self._recorder.start()
            case "stop":
                self._recorder.stop()
            case "open":
                self._gate.set()
            case "close":
                self._gate.clear()
            case "fail":
                self._disk_full = True

    def report(self) -> dict[str, object]:
        failure = self._recorder.failed()
        return {
            "states": self._recorder.states(),
            "failed": type(failure).__name__ if failure else None,
            "torch": "torch" in sys.modules,
        }


def main() -> None:
    recording = Recording(Path(sys.argv[1]))
    for line in sys.stdin:
        recording.obey(line.strip())
        print(json.dumps(recording.report()), flush=True)
    recording.obey("stop")  # a thread still at the sound server while Python ends aborts it


if __name__ == "__main__":
    main()
