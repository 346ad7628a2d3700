"""What reading a session costs when only what changed is read, against every frame in full.

Both go over the frames that the recorder's own change test keeps; with `--full N`, only N of them,
evenly spaced, are read in full, and the CPU seconds of both are means for a frame. `text_same` is
the part of the characters on which both agree (2 M / T of difflib: M that match, T in both).
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import office_work, recordings
from benchmarks.recordings import Session
from mirrordesk.perception.base import Ocr
from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.perception.rereading import RereadingOcr
from mirrordesk.tiles import Pixels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The session, or how long one is recorded."""
    parser.add_argument("--session", type=Path, metavar="DIR", help="frames with sessions.jsonl")
    parser.add_argument("--seconds", type=int, default=600, help="of a session of its own")
    parser.add_argument("--full", type=int, metavar="N", help="frames that are read in full, too")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """CPU seconds of both ways, per kept frame, and how far the texts agree."""
    if options.session:
        return _measured(recordings.read(options.session), options.full)
    with tempfile.TemporaryDirectory() as folder:
        office_work.film(Path(folder), options.seconds)
        return _measured(recordings.read(Path(folder)), options.full)


def _measured(found: list[Session], most: int | None) -> dict[str, Any]:
    kept = [list(recordings.kept(session)) for session in found]
    frames = sum(map(len, kept))
    chosen = set(np.linspace(0, frames - 1, min(most or frames, frames)).astype(int).tolist())
    full, spent_full, spent = RapidOcr(), 0.0, 0.0
    matching = characters = number = 0
    for session in kept:
        ours = RereadingOcr(full)
        for frame in session:
            pixels = frame.pixels()
            got, taken = _read(ours, pixels)
            spent += taken
            if number in chosen:
                wanted, taken_full = _read(full, pixels)
                spent_full += taken_full
                matching += 2 * _matching(wanted, got)
                characters += len(wanted) + len(got)
            number += 1
            print(f"{number} of {frames}: {taken:.2f} s", file=sys.stderr)
    cpu_s_full, cpu_s = spent_full / len(chosen), spent / frames
    return {
        "frames_seen": sum(len(session.frames) for session in found),
        "frames": frames,
        "frames_full": len(chosen),
        "cpu_s_full": cpu_s_full,
        "cpu_s": cpu_s,
        "cpu_ratio": cpu_s_full / cpu_s,
        "text_same": matching / characters if characters else 1.0,
    }


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
