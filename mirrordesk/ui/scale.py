"""Times to pixels and back, and where the marks of a time axis stand. No Qt here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from mirrordesk import clock

LEAST_VIEW_NS = 20 * clock.SECOND
_STEPS_S = (5, 15, 30, 60, 300, 900, 1800, 3600, 7200, 10800, 21600)
MARK_EVERY_PX = 90  # at least this much room for a label


@dataclass(frozen=True, slots=True)
class TimeScale:
    """`start_ns` to `end_ns` shown from `left` px over `width` px, within the bounds of a day."""

    start_ns: int
    end_ns: int
    left: float
    width: float
    first_ns: int
    last_ns: int

    def x(self, ns: int) -> float:
        """The pixel of a time; outside the view also beyond its edges."""
        return self.left + (ns - self.start_ns) * self.width / (self.end_ns - self.start_ns)

    def ns(self, x: float) -> int:
        """The time of a pixel, kept within the view."""
        share = min(max((x - self.left) / self.width, 0.0), 1.0)
        return self.start_ns + round(share * (self.end_ns - self.start_ns))

    def view(self, start_ns: int, end_ns: int) -> TimeScale:
        """Another view of the same day, moved and cut so that it lies within the day."""
        whole = self.last_ns - self.first_ns
        length = min(max(end_ns - start_ns, LEAST_VIEW_NS), whole)
        start = min(max(start_ns, self.first_ns), self.last_ns - length)
        return TimeScale(start, start + length, self.left, self.width, self.first_ns, self.last_ns)

    def zoomed(self, factor: float, x: float) -> TimeScale:
        """`factor` times as much detail; the time at pixel `x` stays where it is."""
        anchor = self.ns(x)
        length = max(round((self.end_ns - self.start_ns) / factor), LEAST_VIEW_NS)
        share = min(max((x - self.left) / self.width, 0.0), 1.0)
        start = anchor - round(share * length)
        return self.view(start, start + length)

    def moved(self, pixels: float) -> TimeScale:
        """The view `pixels` further to the right."""
        by = round(pixels * (self.end_ns - self.start_ns) / self.width)
        return self.view(self.start_ns + by, self.end_ns + by)

    def marks(self, zone: str) -> list[tuple[int, str]]:
        """Times at whole steps of local time, with labels, none closer than `MARK_EVERY_PX`."""
        per_mark_s = (self.end_ns - self.start_ns) / clock.SECOND * MARK_EVERY_PX / self.width
        step_s = next((step for step in _STEPS_S if step >= per_mark_s), _STEPS_S[-1])
        local = clock.at(self.start_ns, zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        begun = math.ceil((local - midnight).total_seconds() / step_s) * step_s
        label = "%H:%M:%S" if step_s < 60 else "%H:%M"
        result = []
        wall = midnight.replace(tzinfo=None) + timedelta(seconds=begun)
        while (ns := clock.to_ns(wall.replace(tzinfo=local.tzinfo))) <= self.end_ns:
            result.append((ns, wall.strftime(label)))
            wall += timedelta(seconds=step_s)
        return result
