"""How strongly a moment is remembered: what was used of late comes to mind more easily.

Base-level activation of ACT-R (Anderson and Schooler, Psychological Science 2(6), 1991): the
logarithm of the sum of age^-d over all times at which something was met: when it was captured,
whenever it was shown as evidence, and on every other day on which the same thing came again
(`recurrence.py`). It is a small prior among equals, and deletes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from mirrordesk.memory import layout, schema
from mirrordesk.memory.order import Order, Places, Scores, Times
from mirrordesk.memory.recurrence import Recurrence, freshness
from mirrordesk.memory.tables import Tables
from mirrordesk.records import Citation

WEAKEST, STRONGEST = -10.0, 0.0  # activations at 0 and 1: met once 15 years ago, and a second ago


class Strength:
    """The table of uses. Writers hold the profile's write lock."""

    def __init__(self, tables: Tables) -> None:
        self._uses = tables[schema.USES]
        self._recurrence = Recurrence(tables)
        self._known: tuple[int, Order, Places, Times] | None = None

    def note(self, used: Iterable[Citation], at_ns: int) -> None:
        """Note that moments were shown as evidence."""
        spans = {one.id: (one.id, one.start_ns, one.end_ns) for one in used}
        if spans:
            self._uses.upsert(layout.use_rows(spans.values(), at_ns))

    def of(self, order: Order, now_ns: int) -> Scores:
        """0 to 1 for each moment, as it stands at `now_ns`."""
        met = freshness(order.start_ns, now_ns)
        places, times = self._used(order)
        np.add.at(met, places, freshness(times, now_ns))
        self._recurrence.of(order).count(met, now_ns)
        activation = np.log(np.maximum(met, 1e-300))
        return np.clip((activation - WEAKEST) / (STRONGEST - WEAKEST), 0.0, 1.0)

    def _used(self, order: Order) -> tuple[Places, Times]:
        """Of each use, where the moment stands and when it was."""
        version = self._uses.version()
        if self._known is None or self._known[0] != version or self._known[1] is not order:
            rows = self._uses.rows((schema.MOMENT, schema.AT)).to_pylist()
            placed = order.places_of([row[schema.MOMENT] for row in rows])
            uses = [(placed[m], at) for m, at in map(_use, rows) if m in placed]
            places, times = np.array(uses, np.int64).reshape(-1, 2).T
            self._known = (version, order, places, times)
        return self._known[2:]


def _use(row: Mapping[str, Any]) -> tuple[str, int]:
    return row[schema.MOMENT], row[schema.AT]
