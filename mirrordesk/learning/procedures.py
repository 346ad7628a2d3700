"""How things were done: steps that came again in the same order, at least three times.

Precision comes first. A procedure has three different steps and an order; going to and fro between
windows has none. A window or a page is a step only where it mostly comes up with the others: one
that is open all day is none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from mirrordesk import clock
from mirrordesk.knowledge import NoteKind, Procedure, Source, Step, note_id
from mirrordesk.learning.actions import Action, actions, distance, is_command, is_page, key_of
from mirrordesk.learning.sequences import Run, frequent, occurrences
from mirrordesk.records import Episode, Moment

LEAST = 3  # times, in different episodes
LEAST_STEPS = 3  # that differ
BELONGS = 2 / 3  # of the times that a window or a page comes up, if it is a step
GAP = 3  # other actions between two steps
PAUSE = 5 * clock.MINUTE  # between two actions, over which no procedure goes on
REACH = 30  # actions after the end of an episode, since doing something may cut it
MOST_VARIANTS = 4
MOST_SEEN = 100  # times that are kept, the latest

Keys = tuple[str, ...]
Time = tuple[int, tuple[int, ...]]  # a sitting by its number, and places of actions in it
Done = tuple[Action, ...]  # one time that a procedure was carried out


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
    past = _Past(_sittings(moments, episodes))
    routines = [_remembered(procedure) for procedure in known]
    for routine in routines:
        for way in sorted(routine.ways, key=lambda w: -len(w.keys)):
            way.done += past.take(way.keys)
    for keys in _patterns(past):
        _join(routines, keys, past)
    return [_told(routine, past) for routine in routines if any(w.done for w in routine.ways)]


@dataclass(frozen=True, slots=True)
class _Sitting:
    """Actions without a pause between them, and the number of the episode of each."""

    actions: list[Action]
    episodes: list[int]

    @property
    def keys(self) -> list[str]:
        return [action.key for action in self.actions]


def _sittings(moments: Sequence[Moment], episodes: Sequence[Episode]) -> list[_Sitting]:
    number_of = {m: number for number, e in enumerate(episodes) for m in e.moments}
    found: list[_Sitting] = []
    before_ns = 0
    starts = sorted(m.start_ns for m in moments)
    for action in actions(m for m in moments if m.id in number_of):
        if not found or _pauses(starts, before_ns, action.start_ns):
            found.append(_Sitting([], []))
        found[-1].actions.append(action)
        found[-1].episodes.append(number_of[action.moment])
        before_ns = action.start_ns
    return found


def _pauses(starts: Sequence[int], begin_ns: int, end_ns: int) -> bool:
    """Whether nothing at all was seen for a while between two times."""
    between = starts[bisect_right(starts, begin_ns) - 1 : bisect_right(starts, end_ns)]
    return any(b - a > PAUSE for a, b in pairwise(between))


def _patterns(past: _Past) -> list[Keys]:
    """Orders of steps that came in enough episodes, the longest first."""
    runs = [run for sitting in past.sittings for run in _runs(sitting)]
    found = frequent(runs, least=LEAST, gap=GAP, follows=past.follows)
    ways = {past.telling(keys) for keys in found}
    enough = [keys for keys in ways if len(keys) >= LEAST_STEPS]
    return sorted(enough, key=lambda keys: (-len(keys), -len(past.times(keys)), keys))


def _runs(sitting: _Sitting) -> Iterator[Run]:
    """For each episode its actions, and some of those that followed."""
    first, keys = 0, sitting.keys
    for place in range(1, len(keys) + 1):
        if place == len(keys) or sitting.episodes[place] != sitting.episodes[first]:
            yield Run(keys[first : place + REACH], own=place - first)
            first = place


class _Past:
    """What was done, and which of it is a part of something found already."""

    def __init__(self, sittings: Sequence[_Sitting]) -> None:
        self.sittings = sittings
        self._keys = [sitting.keys for sitting in sittings]
        self._places: dict[str, set[int]] = defaultdict(set)
        for number, keys in enumerate(self._keys):
            for key in keys:
                self._places[key].add(number)
        self._count = Counter(key for keys in self._keys for key in keys)
        self._pairs = Counter(pair for keys in self._keys for pair in _pairs(keys))
        self._taken: set[tuple[int, int]] = set()

    def times(self, keys: Keys) -> list[Time]:
        """Where these steps were gone in this order, each by sitting and places in it."""
        return [
            (number, places)
            for number in sorted(set.intersection(*(self._places[key] for key in keys)))
            for places in occurrences(self._keys[number], keys, GAP)
        ]

    def follows(self, one: str, other: str) -> bool:
        """Whether an action comes after another clearly more often than before it."""
        there, back = self._pairs[one, other], self._pairs[other, one]
        return there >= LEAST and 2 * there >= 3 * back

    def telling(self, keys: Keys) -> Keys:
        """The steps without the windows and pages that mostly come up with something else."""
        return tuple(key for key in keys if is_command(key) or self._belongs(key, keys))

    def _belongs(self, key: str, keys: Keys) -> bool:
        """Whether a window or a page mostly comes up in these steps, or in all of them but one."""
        enough = BELONGS * self._count[key]
        ways = (tuple(k for k in keys if k != left_out) for left_out in ("", *keys))
        return any(key in way and len(self.times(way)) >= enough for way in ways)

    def have_order(self, keys: Keys) -> bool:
        """Whether the steps hardly ever come the other way round."""
        return 3 * len(self.times(keys[::-1])) <= len(self.times(keys))

    def free(self, keys: Keys) -> list[Time]:
        """The times at which nothing found before has a step."""
        return [
            (number, places)
            for number, places in self.times(keys)
            if self._taken.isdisjoint((number, place) for place in places)
        ]

    def take(self, keys: Keys) -> list[Done]:
        """Let what is free of these steps be a part of something; it is given in order of time."""
        times = self.free(keys)
        self._taken.update((number, place) for number, places in times for place in places)
        return [tuple(self.sittings[n].actions[p] for p in places) for n, places in times]

    def episodes(self, keys: Keys) -> int:
        """In how many episodes these steps begin where they are free."""
        return len({self.sittings[n].episodes[places[0]] for n, places in self.free(keys)})

    def uses(self, key: str) -> int:
        """How often an action was done."""
        return self._count[key]


def _pairs(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each action with every other that comes within reach, once."""
    for place, key in enumerate(keys):
        for other in set(keys[place + 1 : place + GAP + 2]):
            yield key, other


def _join(routines: list[_Routine], keys: Keys, past: _Past) -> None:
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
    ]
    return _Routine(ways, procedure)


def _told(routine: _Routine, past: _Past) -> Procedure:
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
    return replace(fresh, id=known.id, goal=known.goal) if known else fresh


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


def _goal(done: Done, past: _Past) -> str:
    """The name of the step that is done for little else; a command before a page before a window,
    and what comes later before what comes first."""

    def telling(place: int) -> tuple[int, int, int]:
        action = done[place]
        rank = 2 if is_command(action.text) else int(is_page(action.text))
        return -past.uses(action.key), rank, place

    return done[max(range(len(done)), key=telling)].name
