"""Moments become episodes: stretches of one activity, cut by rules that need no model.

HippoMM (Lin et al. 2025, arXiv 2504.10739) cuts a video where the picture changes by more than a
threshold or sound falls silent, and keeps segments between a least and a most length. A desktop
changes all the time, so here a change has to last: what comes must stay for `LASTS`, and where the
app is the same for `STAYS`, unless all fell silent just then. So going to and fro cuts nothing, and
no episode is shorter than `LASTS` unless a pause or a call bounds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.memory import filtering, layout, meetings, schema
from mirrordesk.memory.tables import Tables
from mirrordesk.records import Episode, Kind, Moment
from mirrordesk.terms import wording

PAUSE = 5 * clock.MINUTE  # without a moment: what comes after is another episode
LASTS = 2 * clock.MINUTE  # in another app: shorter visits belong to the episode they interrupt
STAYS = 5 * clock.MINUTE  # with another document of the same app
QUIET = clock.MINUTE  # since the last word, within which what comes may be due to the silence
_FOREVER_NS = 1 << 62


def segment(moments: Sequence[Moment]) -> list[Episode]:
    """Cut moments at pauses, where a call begins or ends, and where the view changes for good.

    Decisions look forward from the start of an episode only: segmenting again from there gives the
    same episodes with the same ids.
    """
    ordered = sorted(moments, key=lambda m: (m.start_ns, m.id))
    return [episode for stretch in _without_pauses(ordered) for episode in _episodes(stretch)]


def _episodes(stretch: Sequence[Moment]) -> Iterator[Episode]:
    """The calls of a stretch, and what lies between them by lasting app."""
    done = index = 0
    while index < len(stretch):
        end = meetings.call_end(stretch, index)
        if end is None:
            index += 1
            continue
        first = _together(stretch, index, done)
        last = next((i for i in range(end, len(stretch)) if _apart(stretch, i)), len(stretch))
        yield from map(_episode, _by_view(stretch[done:first]))
        yield _call(stretch[first:last])
        done = index = last
    yield from map(_episode, _by_view(stretch[done:]))


def _together(moments: Sequence[Moment], index: int, least: int) -> int:
    """The first of the moments that were captured at the same time: monitors stay together."""
    while index > least and not _apart(moments, index):
        index -= 1
    return index


def _apart(moments: Sequence[Moment], index: int) -> bool:
    """Whether the moment at `index` begins later than the one before."""
    return moments[index - 1].start_ns != moments[index].start_ns


def _without_pauses(moments: Sequence[Moment]) -> Iterator[list[Moment]]:
    stretch: list[Moment] = []
    for moment in moments:
        if stretch and moment.start_ns - stretch[-1].end_ns > PAUSE:
            yield stretch
            stretch = []
        stretch.append(moment)
    if stretch:
        yield stretch


def _by_view(moments: Sequence[Moment]) -> Iterator[Sequence[Moment]]:
    """Stretches in one app that lasts, and of these, stretches with one document that stays."""
    for in_app in _where_it_lasts(moments, _app, lambda _moments, _run: True):
        yield from _where_it_lasts(in_app, _document, _leaves)


def _app(moment: Moment) -> str:
    return moment.app


def _document(moment: Moment) -> str:
    return wording(moment.app, moment.title) if moment.app else ""


@dataclass(frozen=True, slots=True)
class _Run:
    """Moments of one name, one after another: where they begin, and for how long that lasts."""

    begin: int
    name: str
    length_ns: int


def _where_it_lasts(
    moments: Sequence[Moment],
    name: Callable[[Moment], str],
    leaves: Callable[[Sequence[Moment], _Run], bool],
) -> Iterator[Sequence[Moment]]:
    """Cut where a run of another name begins that lasts and of which `leaves` is true."""
    start, main = 0, ""
    for run in _runs(moments, name):
        if run.length_ns < LASTS:
            continue
        if main and run.name != main and leaves(moments, run):
            index = _together(moments, run.begin, start)
            yield moments[start:index]
            start, main = index, run.name
        main = main or run.name
    if moments:
        yield moments[start:]


def _runs(moments: Sequence[Moment], name: Callable[[Moment], str]) -> Iterator[_Run]:
    """Each run of moments of one name; what has no name interrupts none."""
    begin: int | None = None
    for index, moment in enumerate(moments):
        if not (named := name(moment)):
            continue
        if begin is not None and named != name(moments[begin]):
            length_ns = moment.start_ns - moments[begin].start_ns
            yield _Run(begin, name(moments[begin]), length_ns)
            begin = index
        begin = index if begin is None else begin
    if begin is not None:
        end_ns = max(m.end_ns for m in moments[begin:])
        yield _Run(begin, name(moments[begin]), end_ns - moments[begin].start_ns)


def _leaves(moments: Sequence[Moment], run: _Run) -> bool:
    """Whether a run with another document is a scene of its own, and one that stays."""
    if not moments[run.begin].begins_scene:
        return False  # the title alone has changed
    return run.length_ns >= STAYS or _falls_silent(moments, run.begin)


def _falls_silent(moments: Sequence[Moment], index: int) -> bool:
    """Whether somebody had spoken until shortly before, and says no more."""
    at_ns = moments[index].start_ns
    heard = [m for m in moments if m.kind is Kind.SPEECH]
    spoke = any(at_ns - QUIET <= m.start_ns and m.end_ns <= at_ns for m in heard)
    return spoke and not any(at_ns < m.end_ns and m.start_ns < at_ns + LASTS for m in heard)


def _episode(moments: Sequence[Moment]) -> Episode:
    first = moments[0]
    apps = Counter(m.app for m in moments if m.app)
    titles = Counter(m.title for m in moments if m.title)
    named = titles or apps  # most frequent first, and of these the one seen first
    return Episode(
        id=f"episode-{first.id}",
        start_ns=first.start_ns,
        end_ns=max(m.end_ns for m in moments),
        zone=first.zone,
        title=named.most_common(1)[0][0] if named else "",
        apps=tuple(app for app, _ in apps.most_common()),
        moments=tuple(m.id for m in moments),
    )


def _call(moments: Sequence[Moment]) -> Episode:
    """An episode that is named after the call's own window, where that was seen."""
    episode = _episode(moments)
    titles = Counter(m.title for m in moments if meetings.is_call_window(m))
    title = titles.most_common(1)[0][0] if titles else episode.title
    return replace(episode, title=title, spoken=meetings.spoken(moments))


def _told(episode: Episode, known: Episode | None) -> Episode:
    """The episode with the title and the summary that were made of just these moments."""
    if known is None or not known.summary or known.moments != episode.moments:
        return episode
    return replace(episode, title=known.title, summary=known.summary)


class EpisodeBook:
    """The table of episodes. Writers hold the profile's write lock."""

    def __init__(self, tables: Tables) -> None:
        self._episodes = tables[schema.EPISODES]
        self._moments = tables[schema.MOMENTS]

    def overlapping(self, span: Span) -> list[Episode]:
        """The episodes that `span` overlaps, in order."""
        rows = self._episodes.rows(
            schema.SCHEMAS[schema.EPISODES].names, filtering.overlapping(span)
        )
        return sorted(map(layout.to_episode, rows.to_pylist()), key=lambda e: (e.start_ns, e.id))

    def extents(self) -> dict[str, tuple[int, int]]:
        """When each episode ends and how many moments it has, by id; nothing is unsealed for it."""
        rows = self._episodes.rows((schema.KEY, schema.END, "moments")).to_pylist()
        return {row[schema.KEY]: (row[schema.END], len(row["moments"])) for row in rows}

    def get(self, ids: Sequence[str]) -> dict[str, Episode]:
        """Episodes by id; those that are gone are left out."""
        names = schema.SCHEMAS[schema.EPISODES].names
        rows = self._episodes.rows(names, filtering.with_keys(ids)).to_pylist() if ids else []
        return {row[schema.KEY]: layout.to_episode(row) for row in rows}

    def put(self, episodes: Sequence[Episode]) -> None:
        """Add or replace."""
        if episodes:
            self._episodes.upsert(layout.episode_rows({e.id: e for e in episodes}.values()))

    def refresh(self, since_ns: int) -> None:
        """Cut anew from the last episode that a moment at `since_ns` may belong to, to the end."""
        # it may undo a cut that came up to `STAYS` before, and join what ended a pause before that
        before = self.overlapping(Span(since_ns - PAUSE - STAYS - 1, since_ns + 1))
        start_ns = min([since_ns, *(e.start_ns for e in before)])
        span = Span(start_ns, _FOREVER_NS)
        stored = [e for e in self.overlapping(span) if e.start_ns >= start_ns]
        moments = self._read(filtering.overlapping(span))
        self._replace(stored, [m for m in moments if m.start_ns >= start_ns])

    def forget(self, span: Span) -> None:
        """Cut the episodes that `span` overlaps anew, out of the moments that are left of them."""
        for episode in self.overlapping(span):
            self._replace([episode], self._read(filtering.with_keys(episode.moments)))

    def forget_moments(self, ids: Collection[str]) -> list[str]:
        """Cut the episodes that name any of these moments anew: their titles came from them.

        Returns which of them these were.
        """
        gone = set(ids)
        named = [e for e in self.overlapping(Span(0, _FOREVER_NS)) if gone.intersection(e.moments)]
        for episode in named:
            self._replace([episode], self._read(filtering.with_keys(episode.moments)))
        return [episode.id for episode in named]

    def _read(self, where: str) -> list[Moment]:
        rows = self._moments.rows(schema.LIGHT, where).to_pylist()
        return [layout.to_moment(row) for row in rows]

    def _replace(self, stored: Sequence[Episode], moments: Sequence[Moment]) -> None:
        """Let the episodes of `moments` stand where `stored` stood.

        New ones are stored before stale ones are removed: a crash in between leaves both, and doing
        it again leaves the new.
        """
        known = {e.id: e for e in stored}
        found = [_told(episode, known.get(episode.id)) for episode in segment(moments)]
        self.put([e for e in found if known.get(e.id) != e])
        if stale := known.keys() - {e.id for e in found}:
            self._episodes.delete(filtering.with_keys(sorted(stale)))

    def rewrite(self) -> None:
        """Take the bytes of what was removed off the disk."""
        self._episodes.rewrite()
