"""Which stretches of the recalled moments go to the model, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from mirrordesk.llm.evidence import Passage, passages
from mirrordesk.llm.prompt import Evidence
from mirrordesk.records import Hit, Moment
from mirrordesk.terms import content_terms, terms

STRETCH = 600  # characters, about 150 tokens
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

    @property
    def said(self) -> tuple[object, ...]:
        """What it tells the model, whatever it is called."""
        it = self.evidence
        return it.start_ns, it.app, it.title, it.text


def choose(
    question: str,
    hits: Sequence[Hit],
    budget: int,
    count: Count,
    shown: Sequence[Chosen] = (),
    room: int = 0,
) -> list[Chosen]:
    """The stretches to read, oldest first, of at most `budget` tokens.

    The best stretch of each hit comes first, in the order of the hits, then their second best, as
    far as they share a word with the question. What does not fit is skipped for what does.

    What was `shown` to an earlier question of the same talk stays in its place under its id, and
    what is new stands behind it, as far as both fit into `room` tokens; else the ids begin anew.
    """
    candidates = _candidates(question, hits)[:MOST]
    costs = count([f"{item.evidence.line()}\n" for item in [*candidates, *shown]])
    price = {item.said: n for item, n in zip([*candidates, *shown], costs, strict=True)}
    kept, spent = [], 0
    for item in candidates:
        if spent + price[item.said] <= budget:
            spent += price[item.said]
            kept.append(item)
    kept.sort(key=lambda item: (item.evidence.start_ns, item.passages[0].place))
    known = {item.said for item in shown}
    both = [*shown, *(item for item in kept if item.said not in known)]
    if len(both) > MOST or sum(price[item.said] for item in both) > room:
        both = kept
    return [
        replace(item, evidence=replace(item.evidence, id=f"E{number}"))
        for number, item in enumerate(both, start=1)
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
    """Up to `PER_HIT` stretches of a moment, best first, that say something about `wanted`; the
    first one in any case.

    Where the cuts are does not depend on the question, so that one text is read once for many.
    """
    stretches = _cut(found)
    of_passage = [n for n, stretch in enumerate(stretches) for _ in stretch]
    scores = [len(set(terms(passage.text)).intersection(wanted)) for passage in found]
    best: dict[int, None] = {}
    for place in sorted(range(len(found)), key=lambda place: -scores[place]):
        if best and not scores[place]:
            break
        best[of_passage[place]] = None
        if place + 1 < len(found):  # what follows a label or a question at the end of a stretch
            best[of_passage[place + 1]] = None
    return [stretches[number] for number in list(best)[:PER_HIT]]


def _cut(found: Sequence[Passage]) -> list[tuple[Passage, ...]]:
    """The passages in stretches of at most `STRETCH` characters, but for longer passages."""
    stretches: list[list[Passage]] = []
    size = 0
    for passage in found:
        if not stretches or size + len(passage.text) > STRETCH:
            stretches.append([])
            size = 0
        stretches[-1].append(passage)
        size += len(passage.text)
    return [tuple(stretch) for stretch in stretches]


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
