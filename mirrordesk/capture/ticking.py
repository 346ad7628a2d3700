"""Places that change by themselves: clocks, busy marks, meters.

A place is a small box in which changes come again and again. It ticks once they have come at a
pace, and for as long as they keep it. A clock of minutes is known from its second minute on, if
what changed is as narrow as digits are and did not come out of nothing, as words do. What stands in
a place that has ceased to tick is looked at like anything else, so nothing that only looked like a
clock is lost: it is seen one and a half beats later.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from mirrordesk.records import Box

MOST = 64  # places that are remembered
WIDEST, TALLEST = 200, 64  # pixels of a place
MARGIN = 2  # pixels by which what a place shows may reach out of it
BRISK_S = 20.0  # more frequent changes need no steady pace: a busy mark may look the same twice
MINUTE_S = 60.0
DIGITS = 3  # heights that the digits of a minute are wide at most; what people write is wider
BEATS = 3  # intervals in a row that were alike until a place ticks; one of a minute suffices
LOOKS = 2  # by which a beat may be late, beyond half of it and …
SLACK_S = 0.5  # … this; by so much, a look and a share of it the beats of a clock may vary
SLACK_SHARE = 0.05
FADING = 0.8  # the longest of brisk intervals counts for a while


@dataclass(frozen=True, slots=True)
class Place:
    """A box, when it changed last, its beat in seconds, and how many intervals were alike.

    An interval that was not halves that number: what has ticked for long may miss a beat.
    """

    box: Box
    last_s: float
    beat_s: float = 0.0
    steady: int = 0

    def holds(self, spot: Box) -> bool:
        """Whether `spot` lies within."""
        box, m = self.box, MARGIN
        wide = box.x - m <= spot.x and spot.right <= box.right + m
        return wide and box.y - m <= spot.y and spot.bottom <= box.bottom + m

    def is_of(self, spot: Box) -> bool:
        """Whether a change of `spot` is one of this place: mostly the same box, and still small."""
        common, both = self.box.intersection(spot), self.box.union(spot)
        if common is None or both.w > WIDEST or both.h > TALLEST:
            return False
        return 2 * common.w * common.h >= min(_area(self.box), _area(spot))

    def changed(self, spot: Box, now_s: float, look_s: float, *, turned: bool) -> Place:
        """The place after another change, which was seen up to `look_s` late.

        `turned`: what it showed became something else; it did not come out of nothing.
        """
        if now_s == self.last_s:  # another part of the same change
            return replace(self, box=self.box.union(spot))
        interval = now_s - self.last_s
        slack = SLACK_S + look_s + SLACK_SHARE * interval
        is_brisk = max(interval, self.beat_s) <= BRISK_S
        alike = is_brisk or abs(interval - self.beat_s) <= slack
        steady = self.steady + 1 if alike else self.steady // 2
        are_digits = turned and spot.w <= DIGITS * spot.h
        if are_digits and abs(interval - MINUTE_S) <= slack:
            steady = max(steady, BEATS)
        beat = max(interval, FADING * self.beat_s) if is_brisk else interval
        return Place(self.box.union(spot), now_s, beat, steady)

    def ticks(self, now_s: float, look_s: float) -> bool:
        """Whether it has kept its pace, and the next beat is not overdue."""
        patience_s = 1.5 * self.beat_s + LOOKS * look_s + SLACK_S
        return self.steady >= BEATS and now_s - self.last_s <= patience_s


class Ticking:
    """The places of one monitor."""

    def __init__(self) -> None:
        self._places: list[Place] = []  # the one that changed last stands last
        self._now_s = self._look_s = 0.0

    def learn(
        self, spots: Sequence[Box], now_s: float, look_s: float, turned: Collection[Box]
    ) -> None:
        """These spots changed since the look before, which was `look_s` ago.

        In those `turned`, something became something else; in others it appeared or went.
        """
        self._now_s, self._look_s = now_s, look_s
        for spot in spots:
            of_it = [place for place in self._places if place.is_of(spot)]
            grown = (
                of_it[-1].changed(spot, now_s, look_s, turned=spot in turned)
                if of_it
                else Place(spot, now_s)
            )
            rest = [place for place in self._places if place not in of_it[-1:]]
            self._places = [*rest, grown][-MOST:]

    def has(self, spot: Box) -> bool:
        """Whether `spot` lies within a place, be it known to tick or not."""
        return any(place.holds(spot) for place in self._places)

    def explains(self, spot: Box) -> bool:
        """Whether a place that ticks, as of the last look, is all that changed in `spot`."""
        return any(
            place.ticks(self._now_s, self._look_s) and place.holds(spot) for place in self._places
        )


def _area(box: Box) -> int:
    return box.w * box.h
