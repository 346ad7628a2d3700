"""Words for the memory of a benchmark: stored, read and consolidated as the product does it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

import numpy as np

from mirrordesk import pipeline
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Kind, Moment, State


def utterance(name: str, source: str, text: str, start_ns: int, length_ns: int) -> Moment:
    """Something heard, not yet encoded. `name` is its own among all that is remembered."""
    return Moment(
        id=hashlib.sha256(name.encode()).hexdigest()[:32],
        kind=Kind.SPEECH,
        start_ns=start_ns,
        end_ns=start_ns + length_ns,
        zone="UTC",
        source=source,
        text=text,
        speech=State.DONE,
        text_state=State.PENDING,
    )


def remember(profile: Profile, store: Store, moments: Sequence[Moment]) -> None:
    """Store moments, and let the perception worker do with them all that it can do."""
    store.add(moments)
    store.refresh_episodes(min(moment.start_ns for moment in moments))
    pipeline.run(profile, drain=True, stop=threading.Event())
    store.upkeep.maintain()


def latency(seconds: Sequence[float]) -> dict[str, float]:
    """How long questions took, in milliseconds."""
    return {
        "p50_ms": round(1000 * float(np.percentile(seconds, 50)), 1),
        "p95_ms": round(1000 * float(np.percentile(seconds, 95)), 1),
    }
