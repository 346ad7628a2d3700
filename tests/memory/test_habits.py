"""Procedures and links come of many days, once a day is over."""

from __future__ import annotations

from mirrordesk import clock
from mirrordesk.knowledge import Author, Block, LinkKind, Procedure
from mirrordesk.memory.habits import Habits
from mirrordesk.memory.store import Store
from mirrordesk.records import Moment
from tests.learning.days import DAY, deploying, frame, sitting

NOON_NS = clock.day_span(clock.at(clock.now_ns()).date())[0] - DAY // 2  # of yesterday


def days(*numbers: int) -> list[Moment]:
    """Days on which something was deployed; 3 is yesterday."""
    return [m for number in numbers for m in deploying(number, begin_ns=NOON_NS - 3 * DAY)]


def remember(store: Store, moments: list[Moment]) -> None:
    store.add(moments)
    store.refresh_episodes(moments[0].start_ns)


def test_what_was_done_on_three_days_is_learnt_with_its_links(store: Store) -> None:
    remember(store, days(1, 2, 3))
    habits = Habits(store)
    assert habits.is_due()
    (found, login), links = habits.learnt()
    assert isinstance(found, Procedure)
    assert found.goal == "make deploy"
    assert isinstance(login, Block)
    assert (login.topic, login.text) == ("logs in as", "ana@desk")
    assert {link.one for link in links if link.kind is LinkKind.MENTIONS} == {
        source.moment for source in (*found.sources, *login.sources)
    }
    store.learn([found, login], links, Author.RULES)
    habits.mark()
    assert not habits.is_due()
    assert habits.learnt()[0] == (found, login)
    assert store.learn([found, login], links, Author.RULES) == 0


def test_it_is_due_again_when_another_day_is_over(store: Store) -> None:
    remember(store, days(1, 2))
    habits = Habits(store)
    habits.mark()
    remember(store, days(3))
    assert habits.is_due()
    assert [type(note) for note in habits.learnt()[0]] == [Procedure, Block]


def test_today_is_not_over(store: Store) -> None:
    remember(store, sitting(clock.now_ns(), [frame(0, "mail", "Inbox")] * 3))
    assert not Habits(store).is_due()
