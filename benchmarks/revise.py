"""Facts that change: what holds now, what held then, and since when, without a language model.

Generated streams (`changing.py`) are stored as the product stores what it saw and heard, in three
portions of which the last days come first, and the perception worker learns from each. `stale`
counts answers that the same thing was, or will be, at another time.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import changing
from benchmarks.changing import Asked, Told
from mirrordesk import clock, pipeline
from mirrordesk.learning.revision import value_of
from mirrordesk.memory.facts import FactFinder, Found
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Kind, Moment, State

PORTIONS = 3
LASTS_NS = 4 * clock.SECOND  # an utterance


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many streams, and which."""
    parser.add_argument("--worlds", type=int, default=12, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="of the first")
    parser.add_argument("--show", action="store_true", help="print every wrong answer")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Shares of right answers, in all and by what is asked for."""
    asked, right = Counter[str](), Counter[str]()
    stale = facts = 0
    for seed in range(options.seed, options.seed + options.worlds):
        with tempfile.TemporaryDirectory() as folder:
            store = _ingested(changing.world(seed).told, Profile.open(Path(folder)))
            facts += len(store.notes.each())
            for one in changing.world(seed).questions:
                got = _answer(one, store)
                asked[one.kind] += 1
                right[one.kind] += got == one.answer
                stale += got in one.stale
                if options.show and got != one.answer:
                    print(f"{one.text}\n    {got} instead of {one.answer}", file=sys.stderr)
        print(f"{seed}: {right.total()} of {asked.total()} right", file=sys.stderr)
    by_kind = {f"accuracy_{kind}": round(right[kind] / asked[kind], 4) for kind in asked}
    return {
        "questions": asked.total(),
        "accuracy": round(right.total() / asked.total(), 4),
        "stale": stale,
        **by_kind,
        "facts": facts,
    }


def _ingested(told: Sequence[Told], profile: Profile) -> Store:
    """Store and learn, the newest portion first and each in no order."""
    store = Store(profile)
    moments = [_moment(line) for line in told]
    size = -(-len(moments) // PORTIONS)
    for start in range(0, len(moments), size)[::-1]:
        portion = moments[start : start + size]
        random.Random(start).shuffle(portion)
        store.add(portion)
        store.refresh_episodes(min(moment.start_ns for moment in portion))
        pipeline.run(profile, drain=True, stop=threading.Event())
    return store


def _moment(line: Told) -> Moment:
    start_ns = clock.to_ns(line.at)
    digest = hashlib.sha256(f"{start_ns}/{line.text}".encode()).hexdigest()[:32]
    return Moment(
        id=digest,
        kind=Kind.SPEECH if line.heard else Kind.FRAME,
        start_ns=start_ns,
        end_ns=start_ns + (LASTS_NS if line.heard else 0),
        zone="UTC",
        source="loopback" if line.heard else "monitor-1",
        app="" if line.heard else "mail",
        title="" if line.heard else "Inbox",
        text=line.text,
        ocr=State.NONE if line.heard else State.DONE,
        speech=State.DONE if line.heard else State.NONE,
    )


def _answer(one: Asked, store: Store) -> str:
    found = FactFinder(store.notes).find(one.text, clock.to_ns(changing.NOW), limit=1)
    return _told(one, found[0]) if found else ""


def _told(one: Asked, found: Found) -> str:
    if one.kind == "when":
        return f"{clock.at(found.since_ns, 'UTC'):%Y-%m-%d}" if found.since_ns else ""
    written = found.fact.object.lower()
    values = (one.answer, *one.stale)
    return next((v for v in values if v == written), "") or value_of(found.fact.object)
