"""Which stretches of the recalled moments go to the model, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from mirrordesk.llm.evidence import Passage, passages
from mirrordesk.llm.prompt import Evidence
from mirrordesk.records import Hit, Moment
from mirrordesk.terms import content_terms, terms

STRETCH = 600  # characters, about 150 tokens: a passage and what stands around it
LONGEST = 2 * STRETCH  # of a single passage, such as speech without a full stop
PER_HIT = 3  # stretches of one moment: one screen must not crowd out the rest
MOST = 64  # stretches considered; no sensible budget holds more

Count = Callable[[Sequence[str]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Neighbouring passages of one moment under the id that the model knows them by."""

    evidence: Evidence
    passages: tuple[Passage, ...]
    moment: Moment


def choose(question: str, hits: Sequence[Hit], budget: int, count: Count) -> list[Chosen]:
    """The stretches to read, oldest first, of at most `budget` tokens.

    The best stretch of each hit comes first, in the order of the hits, then their second best, as
    far as they share a word with the question. What does not fit is skipped for what does.
    """
    candidates = _candidates(question, hits)[:MOST]
    costs = count([f"{item.evidence.line()}\n" for item in candidates])
    kept, spent = [], 0
    for item, cost in zip(candidates, costs, strict=True):
        if spent + cost <= budget:
            spent += cost
            kept.append(item)
    kept.sort(key=lambda item: (item.evidence.start_ns, item.passages[0].place))
    return [
        replace(item, evidence=replace(item.evidence, id=f"E{number}"))
        for number, item in enumerate(kept, start=1)
    ]


def _candidates(question: str, hits: Sequence[Hit]) -> list[Chosen]:
    wanted = set(content_terms(question))
    turns: list[list[Chosen]] = [[] for _ in range(PER_HIT)]
    seen = set()
    for hit in hits:
        for turn, stretch in enumerate(_stretches(passages(hit), wanted)):
            item = _chosen(stretch, hit.moment)
            said = (item.evidence.app, item.evidence.title, item.evidence.text)
            if said not in seen:  # the same screen, seen again, tells nothing more
                seen.add(said)
                turns[turn].append(item)
    return [item for turn in turns for item in turn]


def _stretches(found: Sequence[Passage], wanted: Collection[str]) -> list[tuple[Passage, ...]]:
    """Up to `PER_HIT` stretches that do not overlap, best first, each around a passage that says
    something about `wanted`; the first one in any case."""
    scores = [len(set(terms(passage.text)).intersection(wanted)) for passage in found]
    order = sorted(range(len(found)), key=lambda place: -scores[place])
    free = set(order)
    stretches: list[tuple[Passage, ...]] = []
    for seed in order:
        if len(stretches) == PER_HIT or (stretches and not scores[seed]):
            break
        if seed in free:
            places = _around(seed, found, free)
            free.difference_update(places)
            stretches.append(tuple(found[place] for place in places))
    return stretches


def _around(seed: int, found: Sequence[Passage], free: Collection[int]) -> range:
    """The free neighbours of `seed`, on both sides in turn, as far as `STRETCH` goes."""
    first = last = seed
    size, grew = len(found[seed].text), True
    while grew:
        grew = False
        for place in (last + 1, first - 1):
            if place in free and size + len(found[place].text) <= STRETCH:
                size += len(found[place].text)
                first, last, grew = min(first, place), max(last, place), True
    return range(first, last + 1)


def _chosen(stretch: Sequence[Passage], moment: Moment) -> Chosen:
    """Under an id as long as any it may get, so that counting its tokens errs upwards."""
    evidence = Evidence(
        id=f"E{MOST}",
        start_ns=moment.start_ns,
        zone=moment.zone,
        app=moment.app,
        title=moment.title,
        text="\n".join(passage.text for passage in stretch)[:LONGEST],
    )
    return Chosen(evidence, tuple(stretch), moment)
