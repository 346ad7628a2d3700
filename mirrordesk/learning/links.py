"""Links between what co-occurs or refers, as between the notes of a Zettelkasten.

A-MEM (Xu et al. 2025, arXiv 2502.12110) links each new note with its neighbours and lets a model
rewrite these. Here nothing is rewritten: a link is all that is added.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from mirrordesk.knowledge import (
    Entity,
    Learned,
    Link,
    LinkKind,
    Procedure,
    Resource,
    Visit,
    words_of,
)
from mirrordesk.records import Episode
from mirrordesk.terms import terms, words

MOST_MENTIONS = 20  # moments that are linked with a note, the latest
MOST_REFERRED = 20  # notes that one note refers to, those with the longest names
MOST_TOGETHER = 10  # neighbours of a note, the closest
MOST_AT_ONCE = 60  # notes of an episode that count as its own, the rarest
SHORTEST = 3  # characters of a word that makes a name
_COMMON = 4  # a resource in one of so many episodes leads from none to the next …
_FEW = 8  # … unless there are only that many


def draw(episodes: Sequence[Episode], notes: Sequence[Learned]) -> list[Link]:
    """All links of these notes with moments, with one another, and between these episodes.

    Each kind is bounded by the constants above, at every note.
    """
    resources = [note for note in notes if isinstance(note, Resource)]
    drawn = (
        mentions(notes),
        refers(notes),
        together(episodes, notes),
        follows(episodes, resources),
    )
    return [link for links in drawn for link in links]


def mentions(notes: Iterable[Learned]) -> Iterator[Link]:
    """From each moment to what it bears out."""
    for note in notes:
        shown = {source.moment: source.start_ns for source in note.sources}
        latest = sorted(shown.items(), key=lambda pair: (-pair[1], pair[0]))
        for moment, start_ns in latest[:MOST_MENTIONS]:
            yield Link(LinkKind.MENTIONS, moment, note.id, start_ns)


def refers(notes: Sequence[Learned]) -> Iterator[Link]:
    """From each note to those whose names stand in its text."""
    named: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for note in notes:
        for name in {tuple(terms(name)) for name in _names(note) if _is_name(name)}:
            named[name[0]].append((name, note.id))
    for note in notes:
        found = _named_in(terms(words_of(note)), named)
        found.pop(note.id, None)
        longest = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        for other, _ in longest[:MOST_REFERRED]:
            yield Link(LinkKind.REFERS, note.id, other, _start_ns(note))


def _names(note: Learned) -> Iterator[str]:
    if isinstance(note, Entity):
        yield from (note.name, *note.aliases)
    elif isinstance(note, Procedure):
        yield note.goal
    elif isinstance(note, Resource):
        address = note.uri.partition(":")[2].removeprefix("//")
        yield address.replace("\\", "/").rpartition("/")[2] if note.form == "file" else address


def _is_name(name: str) -> bool:
    """Whether a text with `name` in it is likely to mean just that."""
    return any(
        not word.stop and len(word.written) >= SHORTEST and not word.written.isdigit()
        for word in words(name)
    )


def _named_in(
    text: Sequence[str], named: Mapping[str, list[tuple[tuple[str, ...], str]]]
) -> dict[str, int]:
    """The notes whose names stand in a text, with how many terms the longest name has."""
    found: dict[str, int] = {}
    for place, term in enumerate(text):
        for name, note in named.get(term, ()):
            if tuple(text[place : place + len(name)]) == name:
                found[note] = max(found.get(note, 0), len(name))
    return found


def together(episodes: Sequence[Episode], notes: Sequence[Learned]) -> list[Link]:
    """Between notes of the same episodes.

    The weight is how often that was, times the pointwise mutual information of the two: what comes
    up everywhere is near to nothing. Both ends count the other among their closest.
    """
    held = _held(episodes, notes)
    alone = Counter(note for ids in held.values() for note in ids)
    pairs: Counter[tuple[str, str]] = Counter()
    latest: dict[tuple[str, str], int] = {}
    for episode in episodes:
        rarest = sorted(held[episode.id], key=lambda note: (alone[note], note))[:MOST_AT_ONCE]
        for pair in combinations(sorted(rarest), 2):
            pairs[pair] += 1
            latest[pair] = max(latest.get(pair, 0), episode.start_ns)
    weights = {
        pair: both * math.log((len(held) + 1) * both / (alone[pair[0]] * alone[pair[1]]))
        for pair, both in pairs.items()
    }
    return [
        Link(LinkKind.TOGETHER, *pair, latest[pair], round(weights[pair], 6))
        for pair in _closest(weights)
    ]


def _held(episodes: Iterable[Episode], notes: Iterable[Learned]) -> dict[str, set[str]]:
    """The notes of each episode that holds any, and an empty set for each other."""
    of_moment: dict[str, set[str]] = defaultdict(set)
    for note in notes:
        for source in note.sources:
            of_moment[source.moment].add(note.id)
    return {e.id: {note for m in e.moments for note in of_moment.get(m, ())} for e in episodes}


def _closest(weights: Mapping[tuple[str, str], float]) -> list[tuple[str, str]]:
    """The pairs of which each is among the closest of the other."""
    drawn: Counter[str] = Counter()
    found = []
    for pair in sorted(weights, key=lambda pair: (-weights[pair], pair)):
        if weights[pair] > 0 and all(drawn[note] < MOST_TOGETHER for note in pair):
            drawn.update(pair)
            found.append(pair)
    return found


def follows(episodes: Sequence[Episode], resources: Iterable[Resource]) -> list[Link]:
    """From each episode to the next in which the same resource was visited.

    The weight is how many resources lead there. What is open all the time leads nowhere.
    """
    ordered = sorted(episodes, key=lambda e: (e.start_ns, e.id))
    starts = [episode.start_ns for episode in ordered]
    steps: Counter[tuple[int, int]] = Counter()
    for resource in resources:
        visited = sorted({place for v in resource.visits for place in _during(v, ordered, starts)})
        if len(ordered) <= _FEW or len(visited) * _COMMON <= len(ordered):
            steps.update(pairwise(visited))
    return [
        Link(LinkKind.FOLLOWS, ordered[one].id, ordered[other].id, starts[other], float(count))
        for (one, other), count in sorted(steps.items())
    ]


def _during(visit: Visit, ordered: Sequence[Episode], starts: Sequence[int]) -> Iterator[int]:
    """The episodes, by their places, that a visit lies in."""
    place = bisect_right(starts, visit.end_ns) - 1
    while place >= 0 and ordered[place].end_ns >= visit.start_ns:
        yield place
        place -= 1


def _start_ns(note: Learned) -> int:
    return min((source.start_ns for source in note.sources), default=0)
