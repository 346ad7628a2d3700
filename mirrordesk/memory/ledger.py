"""The ledger of time: which spans were watched, and for which a gap says why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from mirrordesk.control import Span
from mirrordesk.memory import filtering, layout, schema
from mirrordesk.memory.tables import Tables
from mirrordesk.records import Gap, GapReason, Watch


def outside(start_ns: int, end_ns: int, spans: Iterable[Span]) -> list[Span]:
    """What is left of a span when `spans` are cut out of it, in order; no empty pieces."""
    left, position = [], start_ns
    for span in sorted(spans, key=lambda span: span.start_ns):
        if span.start_ns > position:
            left.append(Span(position, min(span.start_ns, end_ns)))
        position = max(position, span.end_ns)
        if position >= end_ns:
            break
    else:
        left.append(Span(position, end_ns))
    return [piece for piece in left if piece.start_ns < piece.end_ns]


def joined(watches: Iterable[Watch]) -> tuple[Watch, ...]:
    """The same watched time in as few spans as it takes, in order."""
    spans: list[Watch] = []
    for watch in sorted(watches, key=lambda watch: watch.start_ns):
        if spans and watch.start_ns <= spans[-1].end_ns:
            end_ns = max(spans[-1].end_ns, watch.end_ns)
            spans[-1] = Watch(spans[-1].start_ns, end_ns)
        else:
            spans.append(watch)
    return tuple(spans)


class Ledger:
    """The tables of gaps and watched spans. Writers hold the profile's write lock."""

    def __init__(self, tables: Tables) -> None:
        self._gaps = tables[schema.GAPS]
        self._watches = tables[schema.WATCHES]

    def gaps(self, span: Span) -> tuple[Gap, ...]:
        """The gaps that `span` overlaps, in order, as long as they are."""
        rows = self._gaps.rows(schema.SCHEMAS[schema.GAPS].names, filtering.overlapping(span))
        return tuple(sorted(map(layout.to_gap, rows.to_pylist()), key=lambda gap: gap.start_ns))

    def watches(self, span: Span) -> tuple[Watch, ...]:
        """The watched spans that `span` overlaps, in order, joined where they touch."""
        return joined(self._stored_watches(span))

    def _stored_watches(self, span: Span) -> list[Watch]:
        rows = self._watches.rows(schema.SCHEMAS[schema.WATCHES].names, filtering.overlapping(span))
        return [layout.to_watch(row) for row in rows.to_pylist()]

    def add_gaps(self, gaps: Iterable[Gap], forgotten: Sequence[Span]) -> None:
        """Store what lies outside of `forgotten`; the same gap twice is one."""
        pieces = {
            Gap(piece.start_ns, piece.end_ns, gap.reason)
            for gap in gaps
            for piece in outside(gap.start_ns, gap.end_ns, forgotten)
        }
        if pieces:
            self._gaps.insert(layout.gap_rows(pieces))

    def add_watches(self, watches: Iterable[Watch], forgotten: Sequence[Span]) -> None:
        """Store what lies outside of `forgotten`; the same span twice is one."""
        pieces = {
            Watch(piece.start_ns, piece.end_ns)
            for watch in watches
            for piece in outside(watch.start_ns, watch.end_ns, forgotten)
        }
        if pieces:
            self._watches.insert(layout.watch_rows(pieces))

    def forget(self, span: Span) -> None:
        """Cut `span` out of the ledger and note that it was forgotten.

        The pieces that stay are stored before the whole is removed: a crash in between leaves both,
        and doing it again leaves the pieces.
        """
        gaps = [gap for gap in self.gaps(span) if gap.reason is not GapReason.FORGOTTEN]
        watches = self._stored_watches(span)
        self.add_gaps(gaps, [span])
        self.add_watches(watches, [span])
        self._gaps.insert(layout.gap_rows([Gap(span.start_ns, span.end_ns, GapReason.FORGOTTEN)]))
        if gaps:
            self._gaps.delete(_with_keys(layout.gap_rows(gaps)))
        if watches:
            self._watches.delete(_with_keys(layout.watch_rows(watches)))

    def rewrite(self) -> None:
        """Take the bytes of what was removed off the disk."""
        self._gaps.rewrite()
        self._watches.rewrite()


def _with_keys(rows: pa.Table) -> str:
    return filtering.with_keys(rows[schema.KEY].to_pylist())
