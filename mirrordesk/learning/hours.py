"""When somebody is usually at the computer, told by the days that were recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from mirrordesk import clock
from mirrordesk.knowledge import Block, NoteKind, Source, note_id
from mirrordesk.records import Episode

LEAST = 3  # times that a day of the week was worked on
MOST_DAYS = 60  # the latest ones: hours change
SHORTEST = clock.HOUR  # between the first and the last of a day; a look at the weekend is no work
ROUND = 15  # minutes
TOPIC = "is at the computer"

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class _Day:
    """The first and the last episode that began on a day, where the person was then."""

    date: date
    first: Episode
    last: Episode

    @property
    def begin(self) -> int:
        """In minutes after midnight."""
        return self._minutes(self.first.start_ns)

    @property
    def end(self) -> int:
        """In minutes after the midnight that `date` began with."""
        return self._minutes(max(self.first.end_ns, self.last.end_ns))

    def sources(self) -> tuple[Source, ...]:
        ends = ((self.first, self.first.moments[0]), (self.last, self.last.moments[-1]))
        return tuple(Source(moment, one.start_ns, one.start_ns) for one, moment in ends)

    def _minutes(self, ns: int) -> int:
        local = clock.at(ns, self.first.zone)
        return (local.date() - self.date).days * _MINUTES + local.hour * 60 + local.minute


def usual(episodes: Iterable[Episode]) -> Block | None:
    """The days of the week and the hours; None where too few days tell of them."""
    days = [d for d in _days(episodes) if d.last.end_ns - d.first.start_ns >= SHORTEST]
    by_weekday: dict[int, list[_Day]] = defaultdict(list)
    for day in days[-MOST_DAYS:]:
        by_weekday[day.date.weekday()].append(day)
    often = {weekday: met for weekday, met in sorted(by_weekday.items()) if len(met) >= LEAST}
    worked = sorted((day for met in often.values() for day in met), key=lambda day: day.date)
    if not worked:
        return None
    hours = f"{_time([d.begin for d in worked])} to {_time([d.end for d in worked])}"
    text = f"{_listed(list(often))}, from about {hours}"
    sources = [source for day in worked[-LEAST:] for source in day.sources()]
    return Block(note_id(NoteKind.PROFILE, TOPIC), TOPIC, text, tuple(dict.fromkeys(sources)))


def _days(episodes: Iterable[Episode]) -> list[_Day]:
    found: dict[date, list[Episode]] = defaultdict(list)
    for episode in sorted(episodes, key=lambda one: (one.start_ns, one.id)):
        if episode.moments:
            found[clock.at(episode.start_ns, episode.zone).date()].append(episode)
    return [_Day(day, met[0], met[-1]) for day, met in sorted(found.items())]


def _listed(weekdays: Sequence[int]) -> str:
    """`Monday to Friday`, or each by its name where they do not follow one another."""
    in_a_row = weekdays[-1] - weekdays[0] == len(weekdays) - 1
    if in_a_row and len(weekdays) > 2:
        return f"{_NAMES[weekdays[0]]} to {_NAMES[weekdays[-1]]}"
    return ", ".join(_NAMES[weekday] for weekday in weekdays)


def _time(minutes: Sequence[int]) -> str:
    """The median, to a quarter of an hour."""
    rounded = round(median(minutes) / ROUND) * ROUND % _MINUTES
    return f"{rounded // 60:02}:{rounded % 60:02}"
