"""Recall over days of work on a screen: which session a task was done in, asked in its own words.

The frames of all sessions go from the spool into one profile by the product's own perception, one
session after the other. A session comes where its first frame does in the product's own ranking.
`without_clip` is by the same scores but for that of what pictures show.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import recordings
from benchmarks.recordings import Session
from mirrordesk import clock, pipeline
from mirrordesk.capture.spool import Spool
from mirrordesk.desk import Desk
from mirrordesk.errors import UsageError
from mirrordesk.memory import fusion
from mirrordesk.memory.fusion import Weights
from mirrordesk.paths import Profile

BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
BREAK_NS = 10 * clock.MINUTE  # between two sessions
LISTED = 100  # found frames that are looked through for sessions
AT = (1, 5)


@dataclass(frozen=True, slots=True)
class Asked:
    """The session that was asked for, and those that were found, best first."""

    wanted: str
    ranked: tuple[str, ...]
    without_clip: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sessions, and how many of them."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="frames with sessions.jsonl")
    parser.add_argument("--first", type=int, metavar="N", help="its first N sessions alone")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """How often the session of a task is among the first."""
    sessions = [one for one in recordings.read(options.folder) if one.task][: options.first]
    if not sessions:
        raise UsageError(f"{options.folder} holds no session whose task is told.")
    with tempfile.TemporaryDirectory() as folder:
        profile = Profile.open(Path(folder))
        named = _captured(sessions, profile)
        print(f"{len(sessions)} sessions, {len(named)} frames …", file=sys.stderr)
        pipeline.run(profile, drain=True, stop=threading.Event())
        with Desk(profile) as desk:
            asked = [_asked(desk, one, named) for one in sessions]
    return {
        "sessions": len(sessions),
        "frames": len(named),
        **recalls([(one.wanted, one.ranked) for one in asked]),
        "without_clip": recalls([(one.wanted, one.without_clip) for one in asked]),
    }


def recalls(found: Sequence[tuple[str, Sequence[str]]]) -> dict[str, float]:
    """The share of what was wanted that is among the first k found."""
    return {
        f"recall@{k}": round(sum(wanted in got[:k] for wanted, got in found) / len(found), 4)
        for k in AT
    }


def _captured(sessions: Sequence[Session], profile: Profile) -> dict[str, str]:
    """Hand all frames in; the name of the session of each, by id."""
    spool, begin_ns, named = Spool(profile), clock.to_ns(BEGIN), dict[str, str]()
    for session in sessions:
        at_ns = begin_ns
        for frame in session.frames:
            at_ns = begin_ns + round(frame.at_s * clock.SECOND)
            entry = recordings.captured(frame.path, at_ns)
            spool.put(entry)
            named[entry.id] = session.name
        begin_ns = at_ns + BREAK_NS
    return named


def _asked(desk: Desk, session: Session, named: dict[str, str]) -> Asked:
    now_ns = clock.now_ns()
    hits = desk.search(session.task, LISTED, now_ns=now_ns)
    ranked = _sessions((hit.moment.id for hit in hits), named)
    return Asked(session.name, ranked, _sessions(_read(desk, session.task, now_ns), named))


def _read(desk: Desk, task: str, now_ns: int) -> list[str]:
    """The frames by all scores but for that of what pictures show, best first."""
    asked, found = desk.probed(task, now_ns)
    channels = replace(found.channels, pictures=None)
    firm = asked.when.firm if asked.when else False
    fused = fusion.fuse(found.order, channels, Weights(), firm=firm)
    places = np.argsort(-fused * found.listed, kind="stable")[:LISTED]
    return [found.order.at(place) for place in places]


def _sessions(frames: Iterable[str], named: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(named[frame] for frame in frames))
