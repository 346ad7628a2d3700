"""`mirrordesk consolidate`: learn now what the memory teaches, or see what that would be."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from mirrordesk.cli.output import plain, result, say
from mirrordesk.knowledge import Learned, kind_of, words_of
from mirrordesk.paths import Profile
from mirrordesk.records import to_json


def consolidate(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.consolidation import Consolidation
    from mirrordesk.memory.store import Store

    work = Consolidation(Store(profile), profile.logs / "consolidation.jsonl")
    if options.dry_run:
        found = work.plan()
        listed = [{"kind": kind_of(one).value, **to_json(one)} for one in found]
        return result(options, {"notes": listed}, _lines(found))
    say(options, "Learning from what is stored.")
    steps = work.run()
    return result(options, {"steps": steps}, ["Done." if steps else "There is nothing new."])


def _lines(found: Sequence[Learned]) -> Iterator[str]:
    if not found:
        yield "There is nothing new."
    for one in found:
        yield f"{kind_of(one).value:<10} {plain(words_of(one))}"
