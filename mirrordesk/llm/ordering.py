"""The answer to "which came first?": two moments, each told with its time and cited."""

from __future__ import annotations

import dataclasses

from mirrordesk import words
from mirrordesk.llm.evidence import citation, passages
from mirrordesk.records import Answer, Citation, Claim, Hit
from mirrordesk.terms import content_terms, terms

ENGINE = "extractive"


def answer(question: str, one: Hit, other: Hit) -> Answer:
    """`one` is what the question asks for, the earlier or the later of the two."""
    asked = set(content_terms(question))
    found = [_cited(hit, asked) for hit in (one, other)]
    earlier = one.moment.start_ns <= other.moment.start_ns
    orders = ("First", "Later") if earlier else ("Later", "Earlier")
    claims = [
        Claim(f"{order}, {_when(cited)}: {cited.text}", (cited.id,))
        for order, cited in zip(orders, found, strict=True)
    ]
    return Answer(question, tuple(claims), tuple(found), ENGINE, abstained=False)


def _when(one: Citation) -> str:
    when = words.when(one.start_ns, one.zone)
    return when[0].lower() + when[1:] if when.startswith(("Today", "Yesterday")) else when


def _cited(hit: Hit, asked: set[str]) -> Citation:
    """The passage that says most of what is asked for; the window's title where none has text."""
    said = passages(hit)
    if not said:
        return dataclasses.replace(_whole(hit), text=hit.moment.title or hit.moment.app)
    best = max(said, key=lambda passage: len(asked.intersection(terms(passage.text))))
    return citation(best, hit.moment)


def _whole(hit: Hit) -> Citation:
    moment = hit.moment
    return Citation(
        id=moment.id,
        kind=moment.kind,
        start_ns=moment.start_ns,
        end_ns=moment.end_ns,
        zone=moment.zone,
        app=moment.app,
        title=moment.title,
        text=moment.text,
        media=moment.media,
    )
