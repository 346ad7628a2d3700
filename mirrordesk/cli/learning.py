"""`mirrordesk consolidate`: learn now what the memory teaches, or see what that would be."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence

from mirrordesk.cli.output import plain, result, say
from mirrordesk.knowledge import Learned, kind_of, words_of
from mirrordesk.paths import Profile
from mirrordesk.wire import to_json


def consolidate(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.consolidation import Consolidation
    from mirrordesk.extraction import Extraction
    from mirrordesk.memory.store import Store

    store = Store(profile)
    work = Consolidation(store, profile.logs / "consolidation.jsonl")
    reading = Extraction(profile, store)
    if options.dry_run:
        with contextlib.closing(reading):
            found = [*work.plan(), *reading.plan()]
        listed = [{"kind": kind_of(one).value, **to_json(one)} for one in found]
        return result(options, {"notes": listed}, _lines(found))
    say(options, "Learning from what is stored.")
    steps = work.run()
    if model := reading.model():
        say(options, f"Reading with {model.name}; Ctrl-C stops, and what was learnt stays.")
        with contextlib.closing(reading):
            steps += reading.run()
        if reading.trouble:
            say(options, reading.trouble)
    return result(options, {"steps": steps}, ["Done." if steps else "There is nothing new."])


def _lines(found: Sequence[Learned]) -> Iterator[str]:
    if not found:
        yield "There is nothing new."
    for one in found:
        yield f"{kind_of(one).value:<10} {plain(words_of(one))}"
