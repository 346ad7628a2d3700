"""What came again on other days: the same page, file, person or whatever else moments bear out.

Two moments show the same thing where one note was learnt from both, as the links tell that were
drawn then. Of each note they tell the latest moments (`links.MOST_MENTIONS`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mirrordesk import clock
from mirrordesk.memory import filtering, schema
from mirrordesk.memory.order import NOWHERE, Order, Places, Scores, Times
from mirrordesk.memory.tables import Tables

DECAY = 0.5  # d of age^-d, as ACT-R has it
_DAY = 24 * clock.HOUR
_DAYS = 1_000_000  # more than a time in nanoseconds can tell


@dataclass(frozen=True, eq=False)
class Meetings:
    """The days on which notes were met, (d,) each, and the moments that met them, (m,) each."""

    notes: Places  # of each day, the note: 0, 1, …, ascending
    latest_ns: Times  # of each day, when the note was last met
    places: Places  # of each moment where it stands, once for every note that it bears out …
    days: Places  # … and on which of the days

    def count(self, met: Scores, now_ns: int) -> None:
        """Add to how each moment was met how what it bears out was met on other days.

        Of several notes the one counts that was met most: a moment that bears out many things is
        not met more often for that.
        """
        if not len(self.days):
            return
        fresh = freshness(self.latest_ns, now_ns)
        other = np.bincount(self.notes, fresh)[self.notes] - fresh
        most = np.zeros(len(met))
        np.maximum.at(most, self.places, other[self.days])
        met += most


class Recurrence:
    """Reads the links again only when they, or the order of moments, have changed."""

    def __init__(self, tables: Tables) -> None:
        self._links = tables[schema.LINKS]
        self._known: tuple[int, Order, Meetings] | None = None

    def of(self, order: Order) -> Meetings:
        """What came again among these moments."""
        version = self._links.version()
        if self._known is None or self._known[0] != version or self._known[1] is not order:
            rows = self._links.rows((schema.ONE, schema.OTHER), filtering.MENTIONS)
            self._known = (version, order, _meetings(rows, order))
        return self._known[2]


def freshness(at_ns: Times, now_ns: int) -> Scores:
    """age^-d, an age being a second at least."""
    seconds = np.maximum((now_ns - at_ns) / clock.SECOND, 1.0)
    fresh: Scores = 1.0 / seconds**DECAY
    return fresh


def _meetings(mentions: pa.Table, order: Order) -> Meetings:
    moments = pc.index_in(mentions[schema.ONE], value_set=order.keys).fill_null(NOWHERE)
    found = _numpy(moments)
    there = found != NOWHERE
    places = found[there]
    notes = _numpy(mentions[schema.OTHER].combine_chunks().dictionary_encode().indices)[there]
    start_ns = order.start_ns[places]
    # one number for each day of each note
    met, days = np.unique(notes * _DAYS + start_ns // _DAY, return_inverse=True)
    latest_ns = np.zeros(len(met), np.int64)
    np.maximum.at(latest_ns, days, start_ns)
    return Meetings(met // _DAYS, latest_ns, places, days)


def _numpy(column: pa.Array | pa.ChunkedArray) -> Places:
    return np.asarray(column.to_numpy(), np.int64)
