"""What a session takes once it is archived, how legible it stays, and how fast a frame is reached.

The frames that the recorder's own change test keeps are stored and packed by the product, and read
back by it. `reocr_chars` is the part of the characters that OCR reads on a frame which it also
reads, in the same order, on the archived one; where all frames are the same to the pixel, nothing
need be read. `mb_per_8h` takes the session for eight hours of such work. With
`--compare`, `codecs` tells the same of video codecs by themselves, on the same frames.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import codecs, legibility, office_work, recordings
from benchmarks.legibility import Legibility
from benchmarks.recordings import Session
from mirrordesk import clock
from mirrordesk.attempts import Attempts
from mirrordesk.memory.archive.packing import Packing
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Kind, Moment, State, moment_id
from mirrordesk.tiles import Pixels

WORKDAY_S = 8 * 3600
MOST_SEEKS = 300
ZONE = "UTC"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The session, and how much of it is measured."""
    parser.add_argument("--session", type=Path, metavar="DIR", help="frames with sessions.jsonl")
    parser.add_argument("--seconds", type=int, default=600, help="of a session of its own")
    parser.add_argument("--frames", type=int, default=10_000, help="kept ones, at most")
    parser.add_argument("--read", type=int, default=24, help="frames that OCR reads")
    parser.add_argument("--compare", action="store_true", help="measure video codecs, too")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Megabytes for a day of work, characters recovered, milliseconds to a frame."""
    if options.session:
        return _measured(recordings.read(options.session), options)
    with tempfile.TemporaryDirectory() as folder:
        office_work.film(Path(folder), options.seconds)
        return _measured(recordings.read(Path(folder)), options)


@dataclass(frozen=True, slots=True)
class Shown:
    """A frame that the recorder keeps; `at_s` counts through all sessions."""

    at_s: float
    session: int
    path: Path
    number: int

    def pixels(self) -> Pixels:
        """(height, width, 3), RGB."""
        return recordings.Frame(self.at_s, self.path).pixels()


def _measured(found: Sequence[Session], options: argparse.Namespace) -> dict[str, Any]:
    kept, seconds = _kept(found, options.frames)
    chosen = sorted(set(np.linspace(0, len(kept) - 1, options.read).astype(int).tolist()))
    sample = [kept[number] for number in chosen]
    reader = Legibility([each.pixels() for each in sample])
    with tempfile.TemporaryDirectory() as folder:
        profile = Profile.open(Path(folder) / "profile")
        figures = _archived(profile, kept, seconds)
        media = Media(profile)
        names = _names(profile)
        seen = (media.frame(names[number]) for number in chosen)
        figures |= reader.against(seen) | _seeks(media, list(names.values()))
    if options.compare:
        figures["codecs"] = codecs.compared(kept, chosen, seconds, reader)
    return figures


def _kept(found: Sequence[Session], most: int) -> tuple[list[Shown], float]:
    """The frames that the recorder would store, and how many seconds they stand for."""
    kept: list[Shown] = []
    before_s = 0.0
    for number, session in enumerate(found):
        for frame in recordings.kept(session):
            kept.append(Shown(before_s + frame.at_s, number, frame.path, len(kept)))
            if len(kept) == most:
                return kept, before_s + frame.at_s + 1
        before_s += session.frames[-1].at_s + 1
    return kept, before_s


def _archived(profile: Profile, kept: Sequence[Shown], seconds: float) -> dict[str, Any]:
    """Store and pack, as the perception worker does."""
    store = Store(profile)
    fresh = _stored(store, profile, kept)
    packing = Packing(store, profile, Attempts(profile.attempts))
    began, packed = time.process_time(), 0
    while done := packing.step(lambda: None):
        packed += done
        print(f"packed {packed} of {len(kept)}", file=sys.stderr)
    spent = time.process_time() - began
    taken = sum(path.stat().st_size for path in profile.media.rglob("*.mkv"))
    return {
        "frames": len(kept),
        "seconds": round(seconds, 1),
        "mb_per_8h": taken / 1e6 * WORKDAY_S / seconds,
        "kb_per_frame": taken / 1e3 / len(kept),
        "kb_per_fresh_frame": fresh / 1e3 / len(kept),
        "cpu_s_per_frame": spent / len(kept),
        "packed": packed,
    }


def _stored(store: Store, profile: Profile, kept: Sequence[Shown]) -> int:
    """Put the frames into the memory, read, some time ago; how many bytes they take."""
    media = Media(profile)
    since_ns = clock.now_ns() - 48 * clock.HOUR - round(kept[-1].at_s * clock.SECOND)
    moments = []
    for each in kept:
        pixels = each.pixels()
        at_ns = since_ns + round(each.at_s * clock.SECOND)
        source = f"session {each.session}"
        key = moment_id(Kind.FRAME, at_ns, source, each.path.name.encode())
        path, width, height = media.put_frame(key, at_ns, ZONE, legibility.png(pixels))
        first = Moment(key, Kind.FRAME, at_ns, at_ns, ZONE, source, title=str(each.number))
        place = replace(first, media=path, width=width, height=height)
        moments.append(replace(place, ocr=State.DONE, image=State.DONE))
    store.add(moments)
    return sum(path.stat().st_size for path in profile.media.rglob("*.webp"))


def _names(profile: Profile) -> dict[int, str]:
    """Where each frame lies, by its number."""
    moments = Store(profile).moments(0, 1 << 62)
    return {int(moment.title): str(moment.media) for moment in moments}


def _seeks(media: Media, names: list[str]) -> dict[str, float]:
    """Milliseconds to the pixels of frames in no order: by the clock, and of the processor."""
    random.Random(0).shuffle(names)
    media.frame(names[0])  # the libraries are loaded by then
    figures: dict[str, float] = {}
    for name, clock_s in (("seek_ms", time.perf_counter), ("seek_cpu_ms", time.process_time)):
        spent = list(_timed(media, names[:MOST_SEEKS], clock_s))
        figures |= {f"{name}_p{share}": float(np.percentile(spent, share)) for share in (50, 95)}
    return figures


def _timed(media: Media, names: Sequence[str], clock_s: Callable[[], float]) -> Iterator[float]:
    for name in names:
        began = clock_s()
        media.frame(name)
        yield (clock_s() - began) * 1e3
