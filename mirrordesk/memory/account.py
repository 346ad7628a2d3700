"""Adds up a day: every instant of it is watched, a gap with its reason, or not to be known yet.

Records may overlap: the clock was set back and an hour came twice, or was set ahead and what seemed
a sleep came after all. Then what was seen counts before what was not, a reason that was observed
before one that was inferred afterwards, and what was forgotten before all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mirrordesk.control import Span
from mirrordesk.memory.ledger import outside
from mirrordesk.records import Cover, Gap, GapReason, Stretch, Watch

Record = Watch | Gap
State = Cover | GapReason

_INFERRED = (GapReason.ASLEEP, GapReason.CRASHED, GapReason.STOPPED)
_OBSERVED = tuple(r for r in GapReason if r not in (GapReason.FORGOTTEN, *_INFERRED))
RANKS: tuple[State, ...] = (GapReason.FORGOTTEN, Cover.WATCHED, *_OBSERVED, *_INFERRED)


def account(
    day: Span, stored: Iterable[Record], waiting: Iterable[Record], born_ns: int, now_ns: int
) -> tuple[Stretch, ...]:
    """The stretches of `day`, in order, each as long as it goes.

    `stored` is what memory holds, `waiting` what is still on its way there. The profile was made at
    `born_ns`, and it is `now_ns` now.
    """
    taken: list[Stretch] = []
    books = [(_by_state(stored), True), (_by_state(waiting), False)]
    for state in RANKS:
        for book, is_stored in books:
            taken += _free(book.get(state, []), day, taken, state, is_stored=is_stored)
    limits = ((Cover.BEFORE, Span(0, born_ns)), (Cover.AHEAD, Span(now_ns, day.end_ns)))
    for state, span in (*limits, (Cover.UNKNOWN, day)):
        taken += _free([span], day, taken, state, is_stored=True)
    return _joined(sorted(taken, key=lambda stretch: stretch.start_ns))


def _by_state(records: Iterable[Record]) -> dict[State, list[Span]]:
    """For each state its spans, those that touch joined."""
    found: dict[State, list[Span]] = {}
    for record in sorted(records, key=lambda record: record.start_ns):
        spans = found.setdefault(record.reason if isinstance(record, Gap) else Cover.WATCHED, [])
        if spans and record.start_ns <= spans[-1].end_ns:
            spans[-1] = Span(spans[-1].start_ns, max(spans[-1].end_ns, record.end_ns))
        else:
            spans.append(Span(record.start_ns, record.end_ns))
    return found


def _free(
    spans: Sequence[Span], day: Span, taken: Sequence[Stretch], state: State, *, is_stored: bool
) -> list[Stretch]:
    """What of `spans` lies in the day and is not taken yet."""
    others = [Span(stretch.start_ns, stretch.end_ns) for stretch in taken]
    return [
        Stretch(piece.start_ns, piece.end_ns, state, is_stored)
        for span in spans
        if span.start_ns < day.end_ns and span.end_ns > day.start_ns
        for piece in outside(max(span.start_ns, day.start_ns), min(span.end_ns, day.end_ns), others)
    ]


def _joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    whole: list[Stretch] = []
    for stretch in stretches:
        last = whole[-1] if whole else None
        if last and (last.cover, last.stored) == (stretch.cover, stretch.stored):
            whole[-1] = Stretch(last.start_ns, stretch.end_ns, last.cover, last.stored)
        else:
            whole.append(stretch)
    return tuple(whole)
