"""Days and weeks in a few lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.learning.digests import DAY, TOLD, WEEK, digests
from mirrordesk.records import Episode
from tests.learning.told import NINE, ZONE

DAY_NS = 24 * clock.HOUR


def episode(title: str, start_ns: int, minutes: int, summary: str = "") -> Episode:
    end_ns = start_ns + minutes * clock.MINUTE
    key = f"{title}-{start_ns}"
    return Episode(f"episode-{key}", start_ns, end_ns, ZONE, title, (), (key,), summary)


def test_a_day_tells_what_took_longest_in_the_order_it_was_done() -> None:
    done = [
        episode("Inbox", NINE, 20, "Ana asks for the budget."),
        episode("Falcon plan", NINE + clock.HOUR, 90),
        episode("Clock", NINE + 3 * clock.HOUR, 1),
    ]
    day, week = digests(done)
    assert (day.span, week.span) == (DAY, WEEK)
    assert day.title.endswith(": Falcon plan, Inbox")
    assert day.text == "09:00 Inbox: Ana asks for the budget.\n10:00 Falcon plan"
    assert [source.moment for source in day.sources] == [key for e in done for key in e.moments]


def test_each_day_has_one_and_the_days_of_a_week_share_one() -> None:
    done = [episode(f"Task {n}", NINE + n * DAY_NS, 30) for n in range(9)]
    made = digests(done)
    assert len([one for one in made if one.span == DAY]) == 9
    assert len([one for one in made if one.span == WEEK]) in (2, 3)
    assert digests(reversed(done)) == made


@given(minutes=st.lists(st.integers(0, 300), min_size=1, max_size=30))
def test_a_digest_is_short_and_rests_on_all_that_was_done(minutes: list[int]) -> None:
    done = [episode(f"Task {n}", NINE + n * clock.MINUTE, m) for n, m in enumerate(minutes)]
    day = digests(done)[0]
    assert 1 <= len(day.text.splitlines()) <= TOLD[DAY]
    assert len(day.sources) == len(minutes)
