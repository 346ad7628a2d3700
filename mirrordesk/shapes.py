"""The JSON that the command line prints. Programs rely on these shapes; they only ever grow."""

from __future__ import annotations

from typing import Any

from mirrordesk import clock
from mirrordesk.records import Answer, Box, Citation, Day, DayAccount, Hit, Moment, RulePreview

Shape = dict[str, Any]


def answer(value: Answer) -> Shape:
    """{"answer", "abstained", "engine", "citations", "timings"} and more."""
    return {
        "question": value.question,
        "answer": value.text,
        "abstained": value.abstained,
        "engine": value.engine,
        "claims": [{"text": c.text, "sources": list(c.sources)} for c in value.claims],
        "citations": [citation(c) for c in value.citations],
        "note": value.note,
        "timings": {name: round(seconds, 4) for name, seconds in value.timings.items()},
    }


def citation(value: Citation) -> Shape:
    """{"id", "kind", "time", "app", "title", "text", "media", "box"}; boxes are [x, y, w, h]."""
    return {
        "id": value.id,
        "kind": value.kind.value,
        "time": clock.iso(value.start_ns, value.zone),
        "end": clock.iso(value.end_ns, value.zone),
        "app": value.app,
        "title": value.title,
        "text": value.text,
        "media": value.media,
        "box": _box(value.box),
        "boxes": [_box(box) for box in value.boxes],
    }


def hit(value: Hit) -> Shape:
    """A citation's keys for the whole moment, with "score" and "scores" by channel."""
    moment = value.moment
    return {
        **_moment(moment),
        "text": moment.text,
        "media": moment.media,
        "box": None,
        "boxes": [],
        "score": round(value.score, 6),
        "scores": {name: round(score, 6) for name, score in value.scores.items()},
    }


def day(value: Day) -> Shape:
    """A day of the timeline: episodes, gaps, watched spans and moments in the order of time."""
    return {
        "date": value.date,
        "zone": value.zone,
        "episodes": [
            {
                "id": episode.id,
                **_span(episode.start_ns, episode.end_ns, value.zone),
                "title": episode.title,
                "apps": list(episode.apps),
                "moments": len(episode.moments),
            }
            for episode in value.episodes
        ],
        "gaps": [
            {**_span(gap.start_ns, gap.end_ns, value.zone), "reason": gap.reason.value}
            for gap in value.gaps
        ],
        "summary": list(value.summary.lines) if value.summary else [],
        "week": list(value.week.lines) if value.week else [],
        "watched": [_span(w.start_ns, w.end_ns, value.zone) for w in value.watches],
        "moments": [_moment(moment) for moment in value.moments],
    }


def account(value: DayAccount) -> Shape:
    """How a day is accounted for: stretches in order, and seconds by what they were."""
    sums: dict[str, float] = {}
    for stretch in value.stretches:
        length = (stretch.end_ns - stretch.start_ns) / clock.SECOND
        sums[stretch.cover.value] = sums.get(stretch.cover.value, 0.0) + length
    return {
        "date": value.date,
        "zone": value.zone,
        "seconds": value.length_ns / clock.SECOND,
        "sums": sums,
        "stretches": [
            {
                **_span(stretch.start_ns, stretch.end_ns, value.zone),
                "what": stretch.cover.value,
                "stored": stretch.stored,
            }
            for stretch in value.stretches
        ],
    }


def rule_preview(value: RulePreview) -> Shape:
    """What a rule covers: counts, the span of it, and examples as moments."""
    spans = [clock.iso(ns) if ns is not None else None for ns in (value.first_ns, value.last_ns)]
    return {
        "rule": value.rule,
        "moments": value.moments,
        "beside": value.beside,
        "waiting": value.waiting,
        "undecided": value.undecided,
        "first": spans[0],
        "last": spans[1],
        "examples": [{**_moment(m), "url": m.url} for m in value.examples],
    }


def _moment(moment: Moment) -> Shape:
    return {
        "id": moment.id,
        "kind": moment.kind.value,
        **_span(moment.start_ns, moment.end_ns, moment.zone),
        "app": moment.app,
        "title": moment.title,
    }


def _span(start_ns: int, end_ns: int, zone: str) -> Shape:
    return {"time": clock.iso(start_ns, zone), "end": clock.iso(end_ns, zone)}


def _box(box: Box | None) -> list[int] | None:
    return None if box is None else [box.x, box.y, box.w, box.h]
