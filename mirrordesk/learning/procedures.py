"""How things were done: steps that came again in the same order, at least three times.

Precision comes first. A procedure has three different steps and an order; going to and fro between
windows has none. A window or a page is a step only where it mostly comes up with the others: one
that is open all day is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mirrordesk.knowledge import NoteKind, Procedure, Source, Step, note_id
from mirrordesk.learning.actions import distance, is_command, is_page, key_of
from mirrordesk.learning.past import GAP, LEAST, Done, Keys, Past, Sitting, sittings
from mirrordesk.learning.sequences import Run, frequent
from mirrordesk.records import Episode, Moment

LEAST_STEPS = 3  # that differ
REACH = 30  # actions after the end of an episode, since doing something may cut it
MOST_VARIANTS = 4
MOST_SEEN = 100  # times that are kept, the latest


@dataclass(slots=True)
class _Way:
    """One order of steps, as it was last seen, and when it was found to be gone."""

    keys: Keys
    steps: tuple[Step, ...] = ()
    done: list[Done] = field(default_factory=list)


@dataclass(slots=True)
class _Routine:
    """Ways to the same goal; `known` is the procedure that was learnt of them before."""

    ways: list[_Way]
    known: Procedure | None = None

    def is_like(self, keys: Keys) -> bool:
        """Whether only few steps tell `keys` from one of the ways."""
        return any(
            distance(way.keys, keys) <= max(len(way.keys), len(keys)) // 4 for way in self.ways
        )


def mine(
    moments: Sequence[Moment], episodes: Sequence[Episode], known: Sequence[Procedure] = ()
) -> list[Procedure]:
    """The procedures that are new, or that were carried out again, in these moments.

    Only moments that belong to one of `episodes` count. `known` are those learnt before.
    """
    past = Past(sittings(moments, episodes))
    routines = [_remembered(procedure) for procedure in known]
    for routine in routines:
        for way in sorted(routine.ways, key=lambda w: -len(w.keys)):
            way.done += past.take(way.keys)
    for keys in _patterns(past):
        _join(routines, keys, past)
    return [_told(routine, past) for routine in routines if any(w.done for w in routine.ways)]


def _patterns(past: Past) -> list[Keys]:
    """Orders of steps that came in enough episodes, the longest first."""
    runs = [run for sitting in past.sittings for run in _runs(sitting)]
    found = frequent(runs, least=LEAST, gap=GAP, follows=past.follows)
    ways = {past.telling(keys) for keys in found}
    enough = [keys for keys in ways if len(keys) >= LEAST_STEPS]
    return sorted(enough, key=lambda keys: (-len(keys), -len(past.times(keys)), keys))


def _runs(sitting: Sitting) -> Iterator[Run]:
    """For each episode its actions, and some of those that followed."""
    first, keys = 0, sitting.keys
    for place in range(1, len(keys) + 1):
        if place == len(keys) or sitting.episodes[place] != sitting.episodes[first]:
            yield Run(keys[first : place + REACH], own=place - first)
            first = place


def _join(routines: list[_Routine], keys: Keys, past: Past) -> None:
    """Let a pattern be another way of a routine, or a routine of its own, or nothing."""
    kin = next((routine for routine in routines if routine.is_like(keys)), None)
    if past.episodes(keys) < (1 if kin else LEAST) or not past.have_order(keys):
        return
    way = _Way(keys, done=past.take(keys))
    if kin:
        kin.ways.append(way)
    else:
        routines.append(_Routine([way]))


def _remembered(procedure: Procedure) -> _Routine:
    ways = [
        _Way(tuple(key_of(step.app, step.action) for step in steps), steps)
        for steps in (procedure.steps, *procedure.variants)
        if steps
    ]
    return _Routine(ways, procedure)


def _told(routine: _Routine, past: Past) -> Procedure:
    """The procedure that a routine with something new makes."""
    done = sorted((d for way in routine.ways for d in way.done), key=lambda d: d[0].start_ns)
    known = routine.known
    for way in routine.ways:
        if way.done:
            way.steps = tuple(action.step for action in way.done[-1])
    last = max((w for w in routine.ways if w.done), key=lambda w: w.done[-1][0].start_ns)
    if known and known.seen_ns and known.seen_ns[-1] > done[-1][0].start_ns:
        last = routine.ways[0]
    others = [way for way in routine.ways if way is not last]
    others.sort(key=lambda way: -len(way.done))
    seen = {d[0].start_ns for d in done}.union(known.seen_ns if known else ())
    fresh = Procedure(
        note_id(NoteKind.PROCEDURE, *routine.ways[0].keys),
        _goal(done[-1], past),
        last.steps,
        tuple(sorted(seen)[-MOST_SEEN:]),
        _sources(routine, done),
        tuple(way.steps for way in others[:MOST_VARIANTS]),
    )
    return replace(fresh, id=known.id, goal=known.goal, origin=known.origin) if known else fresh


def _sources(routine: _Routine, done: Sequence[Done]) -> tuple[Source, ...]:
    """Every moment that a step shows, and the first of each time that it was done."""
    named = {step.moment for way in routine.ways for step in way.steps}
    fresh = {
        action.source
        for each in done
        for place, action in enumerate(each)
        if place == 0 or action.moment in named
    }
    before = routine.known.sources if routine.known else ()
    return tuple(sorted(fresh.union(before), key=lambda s: (s.start_ns, s.moment, s.quote)))


def _goal(done: Done, past: Past) -> str:
    """The name of the step that is done for little else; a command before a page before a window,
    and what comes later before what comes first."""

    def telling(place: int) -> tuple[int, int, int]:
        action = done[place]
        rank = 2 if is_command(action.text) else int(is_page(action.text))
        return -past.uses(action.key), rank, place

    return done[max(range(len(done)), key=telling)].name
