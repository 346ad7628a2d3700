"""From the ids that the model cites to citations, down to the lines that carry the claim."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import reduce

from mirrordesk.llm.choice import Chosen
from mirrordesk.llm.evidence import Passage, citation
from mirrordesk.records import Box, Citation
from mirrordesk.terms import content_terms, terms


def cite(item: Chosen, claims: Sequence[str]) -> Citation:
    """The citation of a stretch: only its passages that say most of what one of `claims` says."""
    speaking = {p for claim in claims for p in _speaking(item.passages, set(content_terms(claim)))}
    parts = [citation(p, item.moment) for p in item.passages if p in speaking]
    return reduce(_joined, parts)


def merged(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Stretches of one moment are one citation, in the place of the first."""
    by_id: dict[str, Citation] = {}
    for item in citations:
        by_id[item.id] = _joined(by_id[item.id], item) if item.id in by_id else item
    return tuple(by_id.values())


def _speaking(found: Sequence[Passage], wanted: set[str]) -> list[Passage]:
    shares = [len(wanted.intersection(terms(passage.text))) for passage in found]
    enough = max(shares) / 2  # all of them where only app, title or time carry the claim
    return [p for p, share in zip(found, shares, strict=True) if share >= enough]


def _joined(one: Citation, other: Citation) -> Citation:
    boxes = tuple(dict.fromkeys((*one.boxes, *other.boxes)))
    return dataclasses.replace(
        one,
        text=f"{one.text}\n{other.text}",
        boxes=boxes,
        box=reduce(Box.union, boxes) if boxes else None,
    )
