"""An answer in the words and numbers that the widget shows. No HTML: a view sets text only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from mirrordesk import words
from mirrordesk.clock import SECOND
from mirrordesk.notebook.transcript import Message
from mirrordesk.records import Answer, Box, Citation, Kind

NO_MEMORY = "I have no memory of that."
NOTHING_YET = "Stopped before anything was found."


def numbered(answer: Answer) -> list[Citation]:
    """The citations in the order in which the claims name them, then any that none names."""
    by_id = {citation.id: citation for citation in answer.citations}
    named = chain.from_iterable(claim.sources for claim in answer.claims)
    order = dict.fromkeys(chain((i for i in named if i in by_id), by_id))
    return [by_id[i] for i in order]


def answered(answer: Answer, *, stopped: bool) -> Message:
    """The final answer; it replaces what was streamed."""
    citations = numbered(answer)
    numbers = {citation.id: number for number, citation in enumerate(citations, 1)}
    return {
        "type": "answer",
        "claims": [
            {
                "text": words.quoted(claim.text),
                "sources": [numbers[i] for i in claim.sources if i in numbers],
            }
            for claim in answer.claims
        ],
        "citations": [card(citation, numbers[citation.id]) for citation in citations],
        "label": label(answer, stopped=stopped),
        "note": answer.note if answer.claims else "",
        "nothing": "" if answer.claims else _nothing(answer, stopped),
    }


def turn(question: str, answer: Answer, *, stopped: bool) -> Message:
    """An earlier question of a conversation and what was answered to it."""
    said = " ".join(words.quoted(claim.text) for claim in answer.claims)
    return {"question": question, "text": said or _nothing(answer, stopped)}


def _nothing(answer: Answer, stopped: bool) -> str:
    return NOTHING_YET if stopped else answer.note or NO_MEMORY


def label(answer: Answer, *, stopped: bool) -> str:
    """How the answer came about: `Found text · 0.8 s`."""
    parts = ["Stopped"] if stopped else []
    if answer.claims:
        is_found = answer.engine == "extractive"
        parts.append("Found text" if is_found else f"Written by {answer.engine}")
    if (seconds := answer.timings.get("total_s")) is not None:
        parts.append(f"{seconds:.1f} s")
    return " · ".join(parts)


def card(citation: Citation, number: int) -> Message:
    """What a citation's card shows; boxes are [x, y, width, height] in pixels of the frame."""
    return {
        "number": number,
        "kind": citation.kind.value,
        "app": words.legible(citation.app),
        "title": words.legible(citation.title),
        "when": _when(citation),
        "text": words.legible(citation.text),
        "boxes": [[box.x, box.y, box.w, box.h] for box in boxes(citation)],
        "media": citation.media is not None,
    }


def boxes(citation: Citation) -> Sequence[Box]:
    """The cited lines; the one box around them where the lines are not known."""
    return citation.boxes or ((citation.box,) if citation.box else ())


def _when(citation: Citation) -> str:
    moment = words.when(citation.start_ns, citation.zone)
    if citation.kind is not Kind.SPEECH or citation.end_ns - citation.start_ns < SECOND:
        return moment
    return f"{moment}, {words.duration(citation.end_ns - citation.start_ns)}"
