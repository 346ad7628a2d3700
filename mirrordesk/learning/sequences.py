"""Sequential pattern mining: PrefixSpan (Pei et al. 2004) with bounded gaps.

The packages for it are long without upkeep or under licences that we cannot take on, so this is
our own. A prefix grows by one item at a time; of each sequence only the places where the prefix can
end are kept. A prefix is not grown where another item stands before its last one wherever it ends:
the longer pattern with that item in between is found, and occurs wherever this one does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Ends = dict[int, list[int]]  # number of a sequence -> where a pattern ends in it, ascending
Follows = Callable[[str, str], bool]  # whether an item may come right after another in a pattern
MOST_PREFIXES = 20_000  # that are looked at; more come of sequences without any order


@dataclass(frozen=True, slots=True)
class Run:
    """Items in order. A pattern counts here if it begins among the first `own`."""

    items: Sequence[str]
    own: int


def _anything(_one: str, _next: str) -> bool:
    return True


def frequent(
    runs: Sequence[Run], *, least: int, gap: int, follows: Follows = _anything
) -> dict[tuple[str, ...], int]:
    """Patterns of different items and the number of runs they occur in, at least `least`.

    Between two items that follow each other in a pattern a run may have up to `gap` others. Of
    patterns that occur together at the same places at least the longest is among them.
    """
    found: dict[tuple[str, ...], int] = {}
    begun = _by_item((n, i, run.items[i]) for n, run in enumerate(runs) for i in range(run.own))
    waiting: list[tuple[tuple[str, ...], Ends]] = [
        ((item,), ends)
        for item, ends in sorted(begun.items(), reverse=True)
        if len(ends) >= least and not _always_before(runs, ends, gap, None, (item,), follows)
    ]
    while waiting and len(found) < MOST_PREFIXES:
        prefix, ends = waiting.pop()
        found[prefix] = len(ends)
        grown = _by_item(_next(runs, ends, gap))
        for item in sorted(grown.keys() - set(prefix), reverse=True):
            longer, where = (*prefix, item), grown[item]
            if len(where) < least or not follows(prefix[-1], item):
                continue
            if not _always_before(runs, where, gap, ends, longer, follows):
                waiting.append((longer, where))
    return found


def occurrences(items: Sequence[str], pattern: Sequence[str], gap: int) -> list[tuple[int, ...]]:
    """Where `pattern` stands among `items`, from left to right, none within another."""
    found: list[tuple[int, ...]] = []
    start = 0
    while start < len(items):
        places = _from(items, pattern, gap, start) if items[start] == pattern[0] else None
        if places:
            found.append(places)
        start = places[-1] + 1 if places else start + 1
    return found


def _from(
    items: Sequence[str], pattern: Sequence[str], gap: int, start: int
) -> tuple[int, ...] | None:
    """The places of a pattern that begins at `start`; of those of each item the first that can be
    gone on from."""
    if len(pattern) == 1:
        return (start,)
    for place in range(start + 1, min(start + gap + 2, len(items))):
        if items[place] == pattern[1] and (rest := _from(items, pattern[1:], gap, place)):
            return (start, *rest)
    return None


def _by_item(places: Iterator[tuple[int, int, str]]) -> dict[str, Ends]:
    found: dict[str, Ends] = defaultdict(dict)
    for number, place, item in places:
        found[item].setdefault(number, []).append(place)
    return found


def _next(runs: Sequence[Run], ends: Ends, gap: int) -> Iterator[tuple[int, int, str]]:
    """Each place within reach behind an end, once, in order."""
    for number, places in ends.items():
        items = runs[number].items
        for place in _behind(places, gap, len(items)):
            yield number, place, items[place]


def _behind(places: Sequence[int], gap: int, stop: int) -> list[int]:
    reached = {p for end in places for p in range(end + 1, min(end + gap + 2, stop))}
    return sorted(reached)


def _always_before(
    runs: Sequence[Run],
    ends: Ends,
    gap: int,
    before: Ends | None,
    pattern: tuple[str, ...],
    follows: Follows,
) -> bool:
    """Whether one item could stand before the last of `pattern` wherever that ends.

    `before` are the ends of the pattern without its last item, None where that is all it has.
    """
    common: set[str] | None = None
    for number, places in ends.items():
        items = runs[number].items
        allowed = None if before is None else set(_behind(before[number], gap, len(items)))
        for place in places:
            near = range(max(0, place - gap - 1), place)
            here = {items[p] for p in near if allowed is None or p in allowed}
            common = here if common is None else common & here
            if not common:
                return False
    fits = (
        item not in pattern
        and follows(item, pattern[-1])
        and (before is None or follows(pattern[-2], item))
        for item in common or ()
    )
    return any(fits)
