"""Whether the recorder's change test misses an edit, and what it keeps of a desktop at rest.

Edits of known size are drawn upon screens while carets blink and clocks run. One is missed unless
it is kept at the look that first shows it or at the next. Time is simulated, the test of change and
the pace of the looks are the recorder's own. `still_frames_per_hour` is the worst hour, the first
frame included; `missed_by_kind` tells which edits were missed, if any.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import data, drawing, screens
from benchmarks.drawing import Edit, Mark
from mirrordesk.capture import pace
from mirrordesk.capture.change import ChangeDetector
from mirrordesk.capture.pace import Activity
from mirrordesk.clock import HOUR, SECOND
from mirrordesk.tiles import Pixels

LOOKS = 2  # within which an edit has to be kept
WARM_UP = 6  # looks until the clocks are known
HOUR_S = HOUR / SECOND
LATE_S = 0.08  # by which a look comes late at most

RESTS: dict[str, Sequence[Mark]] = {
    "caret and clock of seconds": (drawing.caret, drawing.clock_of_seconds),
    "caret and clock of minutes": (drawing.caret, drawing.clock_of_minutes),
    "caret, both clocks and a busy mark": drawing.MARKS,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose screens, how many of them, and how long they rest."""
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="pictures of screens")
    parser.add_argument("--screens", type=int, default=80, help="at most so many")
    parser.add_argument("--hours", type=int, default=2, help="that each desktop is at rest")
    data.add_argument(parser)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Edits and how many were missed, frames kept at rest, and what a comparison costs."""
    folder = options.folder or data.folder(options, "screens")
    chosen = screens.some(folder, options.screens)
    watch = _Watch()
    drawn, missed = _edited(chosen, watch)
    resting = {
        name: max(_at_rest(screen, marks, options.hours, watch) for screen in chosen[:2])
        for name, marks in RESTS.items()
    }
    return {
        "screens": len(chosen),
        "screens_are_real": folder is not None,
        "edits": drawn,
        "missed": missed.total(),
        "still_frames_per_hour": max(resting.values()),
        "ms_per_frame": round(1000 * watch.spent_s / watch.looks, 2),
        "still_by_kind": resting,
        "missed_by_kind": dict(missed),
    }


class _Watch:
    """Counts looks and the CPU seconds that they took."""

    def __init__(self) -> None:
        self.looks = 0
        self.spent_s = 0.0

    def keeps(self, detector: ChangeDetector, frame: Pixels, at_s: float) -> bool:
        """Look once; whether the frame is kept."""
        began = time.process_time()
        news = detector.compare(frame, at_s)
        self.spent_s += time.process_time() - began
        self.looks += 1
        if news:
            detector.kept(frame)
        return news is not None


def _edited(chosen: Sequence[Pixels], watch: _Watch) -> tuple[int, Counter[str]]:
    """How many edits there were, and how many of each kind were missed."""
    drawn, missed = 0, Counter[str]()
    for number, screen in enumerate(chosen, 1):
        desk = _Desk(screen, watch)
        for edit in drawing.edits(screen, random.Random(number)):
            drawn += 1
            if not desk.notices(edit):
                missed[edit.what] += 1
        print(f"{number} of {len(chosen)} screens", file=sys.stderr)
    return drawn, missed


class _Desk:
    """One screen with all marks on it, looked at once a second."""

    def __init__(self, screen: Pixels, watch: _Watch) -> None:
        self._watch = watch
        self._detector = ChangeDetector()
        self._at_s = 0.0
        self._show(screen, WARM_UP)

    def notices(self, edit: Edit) -> bool:
        """Whether the edit is kept in time."""
        self._show(edit.before, LOOKS)
        return self._show(edit.after, LOOKS)

    def _show(self, screen: Pixels, looks: int) -> bool:
        kept = False
        for _ in range(looks):
            self._at_s += 1.0
            frame = drawing.with_marks(screen, drawing.MARKS, self._at_s)
            kept |= self._watch.keeps(self._detector, frame, self._at_s)
        return kept


def _at_rest(screen: Pixels, marks: Sequence[Mark], hours: int, watch: _Watch) -> int:
    """The most frames that were kept in any one hour of a desktop that nobody touches."""
    detector, chance = ChangeDetector(), random.Random(1)
    at_s, kept = 0.0, []
    while at_s < hours * HOUR_S:
        if watch.keeps(detector, drawing.with_marks(screen, marks, at_s), at_s):
            kept.append(at_s)
        activity = Activity(input_s=at_s, news_s=at_s - kept[-1])
        at_s += pace.rest_s(activity, 1.0, chance.random()) + chance.uniform(0, LATE_S)
    return max(sum(start <= time_s < start + HOUR_S for time_s in kept) for start in kept)
