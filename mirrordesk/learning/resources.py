"""What somebody worked with: files, pages and repositories, when, and lines seen of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mirrordesk import clock
from mirrordesk.knowledge import NoteKind, Resource, Source, Visit, note_id
from mirrordesk.learning import front, pages, paths, repositories
from mirrordesk.learning.prompts import Screens, Typed, typed
from mirrordesk.records import Episode, Moment
from mirrordesk.rules.browsers import is_browser
from mirrordesk.terms import letters

INTERRUPTION = 2 * clock.MINUTE  # between two visits that are one
STAYS = 5 * clock.MINUTE  # that a frame may stand there unchanged; after more, nobody knows
MOST_VISITS = 100  # that are kept, the latest
MOST_PASSAGES = 30
_WORDS = 4  # of a passage: less is a button or a label
_LONGEST = 300  # characters of a passage


@dataclass(frozen=True, slots=True)
class _Sight:
    """A resource seen or named by a moment, from then until something else was in front."""

    form: str
    uri: str
    title: str
    moment: Moment
    end_ns: int
    lines: Sequence[str] = ()


def mine(
    moments: Sequence[Moment], episodes: Sequence[Episode], known: Sequence[Resource] = ()
) -> list[Resource]:
    """The resources that are new, or were visited again, in these moments.

    `known` are those learnt before. Episodes do not matter here.
    """
    del episodes
    before = {one.id: one for one in known}
    seen: dict[str, list[Resource]] = {}
    for sight in _sights(moments):
        fresh = _resource(sight)
        seen.setdefault(fresh.id, []).append(fresh)
    found = [
        joined([before[key], *fresh] if key in before else fresh) for key, fresh in seen.items()
    ]
    return [one for one in found if before.get(one.id) != one]


def joined(resources: Sequence[Resource]) -> Resource:
    """One resource of several: the first's address, all visits, lines and sources.

    The title is that of the latest visit, unless it is empty.
    """
    visits = _joined_visits([visit for one in resources for visit in one.visits])
    latest = max(resources, key=_last_ns)
    passages = _bounded(line for one in resources for line in one.passages)
    sources = [s for one in resources for s in one.sources if not s.quote or s.quote in passages]
    return replace(
        resources[0],
        title=latest.title or resources[0].title,
        visits=visits,
        passages=passages,
        sources=_spanning(sources, visits),
    )


def _last_ns(resource: Resource) -> int:
    return max((visit.end_ns for visit in resource.visits), default=0)


def _joined_visits(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """Visits in order, those with only a short interruption between them as one."""
    found: list[Visit] = []
    for visit in sorted(visits, key=lambda v: (v.start_ns, v.end_ns)):
        if found and visit.start_ns - found[-1].end_ns <= INTERRUPTION:
            found[-1] = replace(found[-1], end_ns=max(found[-1].end_ns, visit.end_ns))
        else:
            found.append(visit)
    return tuple(found[-MOST_VISITS:])


def _spanning(sources: Iterable[Source], visits: Sequence[Visit]) -> tuple[Source, ...]:
    """The first source of each passage, and for each visit one that spans it: forgetting a part of
    a visit forgets that it was. None goes: older versions of the note may still tell of it."""
    ordered = sorted(sources, key=_in_order, reverse=True)
    quoted = {source.quote: source for source in ordered if source.quote}
    ends = {source.moment: source for source in ordered if not source.quote}
    for visit in visits:
        known = ends.get(visit.moment)
        end_ns = max(visit.end_ns, known.end_ns if known else 0)
        ends[visit.moment] = Source(visit.moment, visit.start_ns, end_ns)
    return tuple(sorted([*quoted.values(), *ends.values()], key=_in_order))


def _in_order(source: Source) -> tuple[int, str, str]:
    return source.start_ns, source.moment, source.quote


def _bounded(lines: Iterable[str]) -> tuple[str, ...]:
    """Each passage once, however OCR spaced it; the first so many."""
    known: dict[str, str] = {}
    for line in lines:
        known.setdefault(letters(line), line)
    return tuple(known.values())[:MOST_PASSAGES]


def _resource(sight: _Sight) -> Resource:
    moment = sight.moment
    visit = Visit(moment.start_ns, sight.end_ns, moment.id)
    span = moment.start_ns, moment.end_ns
    passages = _bounded(filter(_is_passage, sight.lines))
    quoted = [Source(moment.id, *span, line) for line in passages]
    return Resource(
        note_id(NoteKind.RESOURCE, sight.form, sight.uri),
        sight.form,
        sight.uri,
        sight.title,
        (visit,),
        _spanning(quoted, (visit,)),
        passages,
    )


def _is_passage(line: str) -> bool:
    return len(line.split()) >= _WORDS and len(line) <= _LONGEST


def _sights(moments: Iterable[Moment]) -> Iterator[_Sight]:
    """What each frame shows of resources, monitor by monitor, in order."""
    screens: dict[str, list[Moment]] = {}
    for moment in front.frames(moments):
        screens.setdefault(moment.source, []).append(moment)
    for seen in screens.values():
        typing = Screens()
        for place, moment in enumerate(seen):
            end_ns = _until(moment, seen[place + 1 : place + 2])
            if front.is_terminal(moment.app):
                yield from _in_terminal(moment, end_ns, typing)
            else:
                yield from _in_window(moment, end_ns)


def _until(moment: Moment, following: Sequence[Moment]) -> int:
    """Up to when what a frame shows stood there: to the next one, if that comes soon."""
    gone_ns = following[0].start_ns if following else moment.end_ns
    return gone_ns if moment.end_ns < gone_ns <= moment.end_ns + STAYS else moment.end_ns


def _in_window(moment: Moment, end_ns: int) -> Iterator[_Sight]:
    lines = front.lines(moment)
    page = pages.canonical(moment.url) if moment.url else None
    if page:
        yield _Sight("page", page, moment.title, moment, end_ns, lines)
        if repository := repositories.of_page(page):
            name = "/".join(repository.split("/")[-2:])
            yield _Sight("repository", repository, name, moment, end_ns)
    elif not is_browser(moment.app) and (path := paths.in_title(moment.title)):
        yield _Sight("file", f"file:{path}", path, moment, end_ns, lines)


def _in_terminal(moment: Moment, end_ns: int, typing: Screens) -> Iterator[_Sight]:
    """The files that were just named, and the repository that the last prompt stands in."""
    known = [one for line in front.lines(moment) if (one := typed(line))]
    fresh, _ = typing.fresh([one.command for one in known])
    for one in known[len(known) - len(fresh) :]:
        yield from _named(one, moment)
    if known and known[-1].in_repository and known[-1].folder:
        folder = known[-1].folder
        yield _Sight("repository", f"file:{folder}", folder, moment, end_ns)


def _named(one: Typed, moment: Moment) -> Iterator[_Sight]:
    for path in paths.in_command(one.command, one.folder):
        yield _Sight("file", f"file:{path}", path, moment, moment.end_ns)
    if repository := repositories.cloned(one.command):
        name = "/".join(repository.split("/")[-2:])
        yield _Sight("repository", repository, name, moment, moment.end_ns)
