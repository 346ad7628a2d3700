"""When somebody is usually at the computer."""

from __future__ import annotations

from datetime import timedelta

from mirrordesk import clock
from mirrordesk.learning import hours
from mirrordesk.records import Episode
from tests.learning.told import WEDNESDAY, ZONE


def day(after: int, begin: float = 9.0, end: float = 17.5) -> list[Episode]:
    """Episodes from hour to hour of a day so many days after a Wednesday."""
    midnight = WEDNESDAY.replace(hour=0) + timedelta(days=after)
    times = [clock.to_ns(midnight + timedelta(hours=hour)) for hour in (begin, 12, end)]
    spans = ((times[0], times[1]), (times[1], times[2]))
    return [
        Episode(f"e{after}-{n}", start, stop, ZONE, "", ("editor",), (f"m{after}-{n}",))
        for n, (start, stop) in enumerate(spans)
    ]


def weeks(count: int, weekdays: range) -> list[Episode]:
    """Those days of some weeks, counted from a Monday."""
    return [e for week in range(count) for n in weekdays for e in day(7 * week + n - 2)]


def test_weekdays_and_hours_are_told_with_moments_that_show_them() -> None:
    block = hours.usual(weeks(3, range(5)))
    assert block
    assert block.text == "Monday to Friday, from about 09:00 to 17:30"
    assert len(block.sources) == 6


def test_a_look_at_the_weekend_and_a_day_met_twice_are_left_out() -> None:
    looks = [e for week in range(3) for e in day(7 * week + 3, 11.9, 12.2)]
    twice = weeks(2, range(5))
    block = hours.usual([*weeks(3, range(1)), *twice, *looks])
    assert block
    assert block.text == "Monday, from about 09:00 to 17:30"


def test_one_late_evening_does_not_move_the_hours() -> None:
    late = [e for week in range(9) for e in day(7 * week, 9, 25 if week == 4 else 17.5)]
    block = hours.usual(late)
    assert block
    assert block.text == "Wednesday, from about 09:00 to 17:30"


def test_nothing_is_told_of_too_little() -> None:
    assert hours.usual([]) is None
    assert hours.usual(weeks(2, range(7))) is None


def test_the_hours_are_those_of_the_persons_clock_also_when_it_is_put_back() -> None:
    summer = [e for week in range(9) for e in day(-7 * week)]  # from September on
    block = hours.usual(summer)
    assert block
    assert block.text == "Wednesday, from about 09:00 to 17:30"
