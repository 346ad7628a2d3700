"""A rule is read as it was written, and covers what it names and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.errors import UsageError
from mirrordesk.rules import hours
from mirrordesk.rules.book import RuleBook
from mirrordesk.rules.rule import Facts, Rule, parse

MONDAY = datetime(2026, 11, 23)


def facts(
    app: str = "firefox",
    title: str = "a page — Mozilla Firefox",
    url: str | None = None,
    private: bool | None = False,
    monitor: str = "monitor-1",
    at: datetime = MONDAY,
) -> Facts:
    return Facts(app, title, url, private, monitor, at)


def book(*rules: str, lists: tuple[str, ...] = (), trusted: tuple[str, ...] = ()) -> RuleBook:
    return RuleBook.of(rules=rules, apps=(), titles=(), lists=lists, trusted=trusted)


def test_every_condition_must_hold_and_of_its_alternatives_any() -> None:
    rule = parse("app=firefox,chromium title=salary")
    assert rule.covers(facts(title="Salary 2026"))
    assert rule.covers(facts("Chromium", "my SALARY"))
    assert rule.covers(facts(title="notes")) is False
    assert rule.covers(facts("mousepad", "Salary 2026")) is False


def test_a_value_may_hold_spaces_and_the_order_does_not_matter() -> None:
    one, other = parse("title=pay slip 2026 app=okular"), parse("app = okular  title=Pay Slip 2026")
    assert (one.titles, one.apps) == (other.titles, other.apps) == (("pay slip 2026",), ("okular",))
    assert other.written == "app = okular title=Pay Slip 2026"


@pytest.mark.parametrize(
    "text",
    [
        "", "firefox", "app=", "app= ,", "name=firefox", "title=a title=b", "x app=firefox",
        "private=no", "hours=soon", "hours=25:00-26:00", "hours=Mon-Fry", "hours=09:00",
        "hours=09:61-10:00",
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UsageError, match=r"\.$"):
        parse(text)


def test_a_rule_by_address_cannot_tell_where_a_browser_does_not() -> None:
    rule = parse("url=mail.example.com")
    assert rule.covers(facts(url="https://mail.example.com/inbox"))
    assert rule.covers(facts(url="https://example.com")) is False
    assert rule.covers(facts(url=None)) is None
    assert rule.covers(facts("xterm", "mail.example.com", url=None)) is False  # no browser
    assert parse("url=mail.example.com title=inbox").covers(facts(url=None)) is False


def test_a_rule_about_private_windows_asks_the_mode() -> None:
    rule = parse("private=yes")
    assert [rule.covers(facts(private=told)) for told in (True, False, None)] == [True, False, None]


def test_monitor_and_hours_bind_a_rule_to_a_place_and_a_time() -> None:
    rule = parse("app=slack monitor=Monitor-2 hours=Mon-Fri 09:00-17:00")
    noon = MONDAY + timedelta(hours=12)
    assert rule.covers(facts("slack", monitor="monitor-2", at=noon))
    assert rule.covers(facts("slack", monitor="monitor-1", at=noon)) is False
    assert rule.covers(facts("slack", monitor="monitor-2", at=noon + timedelta(days=5))) is False


def test_a_rule_that_names_no_window_covers_the_whole_monitor() -> None:
    evenings = book("hours=18:00-24:00", "monitor=monitor-2")
    evening = MONDAY + timedelta(hours=20)
    assert evenings.covers_monitor("monitor-1", evening)
    assert not evenings.covers_monitor("monitor-1", MONDAY)
    assert evenings.covers_monitor("monitor-2", MONDAY)
    assert not book("app=slack monitor=monitor-2").covers_monitor("monitor-2", MONDAY)


minutes = st.integers(0, 24 * 60 - 1)


@given(st.integers(0, 6), minutes, minutes, st.integers(0, 7 * 24 * 60 - 1))
def test_hours_hold_exactly_in_their_minutes_also_past_midnight(
    day: int, start: int, end: int, offset: int
) -> None:
    text = f"{hours.DAYS[day]} {start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}"
    begin = day * 24 * 60 + start
    lasts = end - start if end > start else end - start + 24 * 60
    expected = any(begin <= minute < begin + lasts for minute in (offset, offset + 7 * 24 * 60))
    (read,) = hours.parse([text])
    assert read.hold(MONDAY + timedelta(minutes=offset)) is expected


def test_days_share_the_times_written_behind_the_last_of_them() -> None:
    monday, wednesday, sunday = hours.parse(["Mon", "Wednesday 09:00-12:00", "Sun"])
    assert (monday.start, monday.end) == (wednesday.start, wednesday.end) == (540, 720)
    assert sunday == hours.Hours(frozenset({6}))
    (weekend,) = hours.parse(["sat-mon"])
    assert weekend.days == {5, 6, 0}


def test_an_own_rule_fails_closed_and_a_shipped_list_of_hosts_does_not() -> None:
    page = facts("chromium", "a page - Chromium", url=None, private=False)
    assert book("url=example.com").covers(page) is None
    assert book(lists=("banking", "password managers")).covers(page) is False


def test_a_trusted_browser_is_recorded_where_a_fact_is_missing_and_excluded_where_one_holds() -> (
    None
):
    trusting = book("url=example.com", lists=("private windows",), trusted=("Chromium",))
    assert trusting.covers(facts("chromium", url=None, private=None)) is False
    assert trusting.covers(facts("chromium", url="example.com", private=None))
    assert trusting.covers(facts("chromium", url=None, private=True))
    assert trusting.covers(facts("brave", url="elsewhere.org", private=None)) is None


def test_an_unknown_shipped_list_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="password managers, banking, private windows"):
        book(lists=("banks",))


answers = st.sampled_from((True, False, None))


@given(answers, answers)
def test_a_missing_fact_never_turns_a_no_into_a_yes(
    private: bool | None, told: bool | None
) -> None:
    """What holds without a fact holds whatever the fact is."""
    rule = Rule(private=True, urls=("example.com",))
    urls = {True: "example.com", False: "elsewhere.org", None: None}
    answer = rule.covers(facts(url=urls[told], private=private))
    assert answer is (
        False if False in (private, told) else None if None in (private, told) else True
    )
