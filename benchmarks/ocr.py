"""What reading a session costs when only what changed is read, against every frame in full.

Both go over the frames that the recorder's own change test keeps. `text_same` is the part of the
characters on which both agree (2 M / T of difflib: M that match, T in both).
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import office_work, sessions
from benchmarks.sessions import Session
from mirrordesk.capture.change import ChangeDetector
from mirrordesk.perception.base import Ocr
from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.perception.rereading import RereadingOcr
from mirrordesk.tiles import Pixels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The session, or how long one is recorded."""
    parser.add_argument("--session", type=Path, metavar="DIR", help="frames with sessions.jsonl")
    parser.add_argument("--seconds", type=int, default=600, help="of a session of its own")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """CPU seconds of both ways, per kept frame, and how far the texts agree."""
    if options.session:
        return _measured(sessions.read(options.session))
    with tempfile.TemporaryDirectory() as folder:
        office_work.film(Path(folder), options.seconds)
        return _measured(sessions.read(Path(folder)))


def _measured(found: list[Session]) -> dict[str, Any]:
    seen = frames = 0
    spent = {"full": 0.0, "ours": 0.0}
    matching = characters = 0
    full = RapidOcr()
    for session in found:
        seen += len(session.frames)
        ours = RereadingOcr(full)
        for pixels in _kept(session):
            wanted, spent_full = _read(full, pixels)
            got, spent_ours = _read(ours, pixels)
            frames += 1
            spent["full"] += spent_full
            spent["ours"] += spent_ours
            matching += 2 * _matching(wanted, got)
            characters += len(wanted) + len(got)
            print(f"{frames}: {spent_full:.2f} s, {spent_ours:.2f} s", file=sys.stderr)
    return {
        "frames_seen": seen,
        "frames": frames,
        "cpu_s_full": spent["full"] / frames,
        "cpu_s": spent["ours"] / frames,
        "cpu_ratio": spent["full"] / spent["ours"],
        "text_same": matching / characters if characters else 1.0,
    }


def _kept(session: Session) -> Iterator[Pixels]:
    """The frames that the recorder would store."""
    detector = ChangeDetector()
    for frame in session.frames:
        pixels = frame.pixels()
        if detector.compare(pixels, frame.at_s):
            detector.kept(pixels)
            yield pixels


def _read(ocr: Ocr, pixels: Pixels) -> tuple[str, float]:
    """The text of a frame and the CPU seconds that took."""
    began = time.process_time()
    text = "\n".join(line.text for line in ocr.read(pixels))
    return text, time.process_time() - began


def _matching(one: str, other: str) -> int:
    if one == other:
        return len(one)
    blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)
