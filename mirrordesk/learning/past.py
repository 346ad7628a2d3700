"""What was done in a stretch of time, and which of it is known to belong together."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mirrordesk import clock
from mirrordesk.learning.actions import Action, actions, is_command
from mirrordesk.learning.sequences import occurrences
from mirrordesk.records import Episode, Moment

LEAST = 3  # times, in different episodes
BELONGS = 2 / 3  # of the times that a window or a page comes up, if it is a step
GAP = 3  # other actions between two steps
PAUSE = 5 * clock.MINUTE  # between two actions, over which nothing goes on

Keys = tuple[str, ...]
Time = tuple[int, tuple[int, ...]]  # a sitting by its number, and places of actions in it
Done = tuple[Action, ...]  # one time that some steps were gone


@dataclass(frozen=True, slots=True)
class Sitting:
    """Actions without a pause between them, and the number of the episode of each."""

    actions: list[Action]
    episodes: list[int]

    @property
    def keys(self) -> list[str]:
        return [action.key for action in self.actions]


def sittings(moments: Sequence[Moment], episodes: Sequence[Episode]) -> list[Sitting]:
    """The actions in moments that belong to an episode, cut where there was a pause."""
    number_of = {m: number for number, e in enumerate(episodes) for m in e.moments}
    found: list[Sitting] = []
    before_ns = 0
    starts = sorted(m.start_ns for m in moments)
    for action in actions(m for m in moments if m.id in number_of):
        if not found or _pauses(starts, before_ns, action.start_ns):
            found.append(Sitting([], []))
        found[-1].actions.append(action)
        found[-1].episodes.append(number_of[action.moment])
        before_ns = action.start_ns
    return found


def _pauses(starts: Sequence[int], begin_ns: int, end_ns: int) -> bool:
    """Whether nothing at all was seen for a while between two times."""
    between = starts[bisect_right(starts, begin_ns) - 1 : bisect_right(starts, end_ns)]
    return any(b - a > PAUSE for a, b in pairwise(between))


class Past:
    """What was done, and which of it is a part of something found already."""

    def __init__(self, sittings: Sequence[Sitting]) -> None:
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
