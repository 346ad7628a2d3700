"""`mirrordesk search`: by words, by how frames look, and among which moments."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mirrordesk import clock, shapes
from mirrordesk.cli import values
from mirrordesk.cli.output import plain, result
from mirrordesk.control import Span
from mirrordesk.errors import UsageError
from mirrordesk.paths import Profile
from mirrordesk.records import Hit, Kind

if TYPE_CHECKING:
    from mirrordesk.desk import Desk
    from mirrordesk.memory.query import Filters


def words(parser: argparse.ArgumentParser) -> None:
    """What may be written after `search`."""
    parser.add_argument("query", nargs="*")
    parser.add_argument("--limit", type=values.positive, default=10)
    by = parser.add_mutually_exclusive_group()
    by.add_argument(
        "--pictures", action="store_true", help="by how frames look, not by what is written there"
    )
    by.add_argument(
        "--like", metavar="ID_OR_FILE", help="frames that look like a moment's, or like a picture"
    )
    parser.add_argument("--app", action="append", default=[], help="of this app alone")
    parser.add_argument(
        "--source", action="append", default=[], help="of a monitor, microphone or loopback alone"
    )
    parser.add_argument("--kind", action="append", default=[], choices=[k.value for k in Kind])
    parser.add_argument("--since", type=values.when, help="from then on (ISO date and time)")
    parser.add_argument("--until", type=values.when, help="up to then")


def search(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.desk import Desk

    query = " ".join(options.query)
    if bool(query) == bool(options.like):
        raise UsageError("Say what to search for: words, or --like with a moment or a picture.")
    chosen = _filters(options)
    if chosen and (options.pictures or options.like):
        raise UsageError("Pictures are searched for among all; leave out what narrows the search.")
    with Desk(profile) as desk:
        hits = _found(desk, query, chosen, options)
    lines = [
        f"{hit.score:.3f}  {clock.at(hit.moment.start_ns, hit.moment.zone):%Y-%m-%d %H:%M:%S}  "
        f"{plain(hit.moment.app)} · {plain(hit.moment.title)}"
        for hit in hits
    ]
    return result(options, [shapes.hit(hit) for hit in hits], lines or ["Nothing fits."])


def _found(desk: Desk, query: str, chosen: Filters, options: argparse.Namespace) -> list[Hit]:
    if options.pictures:
        return desk.search_pictures(query, options.limit)
    if not options.like:
        return desk.search(query, options.limit, chosen)
    path = Path(options.like)
    if path.exists():
        return desk.search_image(path, options.limit)
    return desk.similar(options.like, options.limit)


def _filters(options: argparse.Namespace) -> Filters:
    from mirrordesk.memory.query import Filters

    span = None
    if options.since is not None or options.until is not None:
        until_ns = clock.now_ns() if options.until is None else options.until
        span = Span(options.since or 0, until_ns)
    kinds = tuple(Kind(kind) for kind in options.kind)
    return Filters(tuple(options.app), tuple(options.source), kinds, span)
