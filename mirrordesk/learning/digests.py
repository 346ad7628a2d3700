"""A day or a week in a few lines: what took longest, in the order in which it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from mirrordesk import clock
from mirrordesk.knowledge import Digest, NoteKind, Source, note_id
from mirrordesk.records import Episode

DAY, WEEK = "day", "week"
TOLD = {DAY: 6, WEEK: 10}  # episodes that a digest tells of
LEAST_SHARE = 0.03  # of the time of all; what is shorter is told only where there is little else


def digests(episodes: Iterable[Episode]) -> list[Digest]:
    """A digest of each day and of each week that any of these episodes began in."""
    ordered = sorted(episodes, key=lambda e: (e.start_ns, e.id))
    return [*_each(ordered, DAY, _day), *_each(ordered, WEEK, _monday)]


def ids_of(day: date) -> tuple[str, str]:
    """The notes that sum up a day, and the week that it lies in."""
    return _id(DAY, day), _id(WEEK, _monday_of(day))


def _id(span: str, first: date) -> str:
    return note_id(NoteKind.DIGEST, span, first.isoformat())


def _day(episode: Episode) -> date:
    return clock.at(episode.start_ns, episode.zone).date()


def _monday(episode: Episode) -> date:
    return _monday_of(_day(episode))


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _each(
    episodes: Sequence[Episode], span: str, first_day: Callable[[Episode], date]
) -> Iterator[Digest]:
    for first, some in groupby(sorted(episodes, key=first_day), first_day):
        yield _digest(span, first, sorted(some, key=lambda e: e.start_ns))


def _digest(span: str, first: date, episodes: Sequence[Episode]) -> Digest:
    told = sorted(_longest(episodes, TOLD[span]), key=lambda e: e.start_ns)
    titles = list(dict.fromkeys(e.title for e in _longest(episodes, 3) if e.title))
    return Digest(
        id=_id(span, first),
        span=span,
        start_ns=episodes[0].start_ns,
        end_ns=max(e.end_ns for e in episodes),
        title=f"{first.isoformat()}: {', '.join(titles)}",
        text="\n".join(_line(episode, span) for episode in told),
        # all of them, as all decided which are told of
        sources=tuple(Source(e.moments[0], e.start_ns, e.end_ns) for e in episodes if e.moments),
    )


def _longest(episodes: Sequence[Episode], most: int) -> list[Episode]:
    whole = sum(e.end_ns - e.start_ns for e in episodes)
    by_length = sorted(episodes, key=lambda e: (e.start_ns - e.end_ns, e.start_ns))
    long = [e for e in by_length if e.end_ns - e.start_ns >= LEAST_SHARE * whole]
    return (long or by_length)[:most]


def _line(episode: Episode, span: str) -> str:
    begun = clock.at(episode.start_ns, episode.zone)
    when = f"{begun:%H:%M}" if span == DAY else f"{begun:%A}"
    summary = " ".join(episode.summary.split())
    return f"{when} {episode.title}" + (f": {summary}" if summary else "")
