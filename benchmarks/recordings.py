"""Recorded sessions: timestamped frames of one desktop, as in `sessions.jsonl`.

Each line of that file is a session: `session_id`, and `frames` with `file` (a path beside it) and
`t` (an ISO time). `task_en`, where it is there, says in words what was done.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from PIL import Image

from mirrordesk.capture.change import ChangeDetector
from mirrordesk.errors import UsageError
from mirrordesk.records import Kind, SpoolEntry, moment_id
from mirrordesk.tiles import Pixels

INDEX = "sessions.jsonl"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a screen, `at_s` seconds after the first of its session."""

    at_s: float
    path: Path

    def pixels(self) -> Pixels:
        """(height, width, 3), RGB."""
        with Image.open(self.path) as picture:
            return np.asarray(picture.convert("RGB"))


@dataclass(frozen=True, slots=True)
class Session:
    """The frames of a stretch of work, oldest first, and what was done in words, if it is told."""

    name: str
    frames: tuple[Frame, ...]
    task: str = ""


def kept(session: Session) -> Iterator[Frame]:
    """The frames that the recorder would store, by its own change test."""
    detector = ChangeDetector()
    for frame in session.frames:
        pixels = frame.pixels()
        if detector.compare(pixels, frame.at_s):
            detector.kept(pixels)
            yield frame


def captured(picture: Path, at_ns: int, app: str = "") -> SpoolEntry:
    """A picture as the recorder hands it in: lossless, of one monitor."""
    file = io.BytesIO()
    with Image.open(picture) as opened:
        opened.convert("RGB").save(file, "PNG", compress_level=1)
    payload, monitor = file.getvalue(), "monitor-1"
    name = moment_id(Kind.FRAME, at_ns, monitor, payload)
    return SpoolEntry(name, Kind.FRAME, at_ns, at_ns, "UTC", monitor, app, app, None, payload)


def read(folder: Path) -> list[Session]:
    """The sessions of a folder. Raises UsageError where it holds none."""
    index = folder / INDEX
    if not index.is_file():
        raise UsageError(f"{folder} holds no {INDEX}.")
    rows = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines()]
    return [
        Session(row["session_id"], tuple(_frames(folder, row["frames"])), row.get("task_en", ""))
        for row in rows
    ]


def _frames(folder: Path, rows: list[dict[str, str]]) -> Iterator[Frame]:
    times = [datetime.fromisoformat(row["t"]) for row in rows]
    for row, time in zip(rows, times, strict=True):
        yield Frame((time - times[0]).total_seconds(), folder / row["file"])


def write(folder: Path, name: str, frames: list[tuple[datetime, str]]) -> None:
    """Write the index of a folder that holds the frames of one session."""
    rows = [{"file": file, "t": time.isoformat()} for time, file in frames]
    (folder / INDEX).write_text(json.dumps({"session_id": name, "frames": rows}) + "\n")
