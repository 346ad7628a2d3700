"""A rule is previewed on the memory and applied to it, stored or still waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mirrordesk import clock
from mirrordesk.capture.spool import Spool
from mirrordesk.client import DeskClient
from mirrordesk.desk import Desk
from mirrordesk.errors import UsageError
from mirrordesk.memory.recall import Recall
from mirrordesk.paths import Profile
from mirrordesk.pipeline import Pipeline
from mirrordesk.records import Box, Forgotten, FrameWindow, Kind, Moment
from tests.pipeline import making

NOW = making.NOW


def moment(number: int, app: str, title: str, **fields: object) -> Moment:
    at_ns = NOW + number * clock.SECOND
    common = {
        "id": f"{number:032x}", "kind": Kind.FRAME, "start_ns": at_ns, "end_ns": at_ns,
        "zone": "UTC", "source": "monitor-1", "app": app, "title": title,
    }  # fmt: skip
    return Moment(**common | fields)  # type: ignore[arg-type]


HISTORY = (
    moment(1, "firefox", "Salary 2026 — Mozilla Firefox", url="example.com/pay"),
    moment(2, "chromium", "Salary 2027 - Chromium"),
    moment(3, "mousepad", "salary notes"),
    moment(4, "xterm", "shell", source="monitor-2"),
    moment(4, "", "", id="s" * 32, kind=Kind.SPEECH, source="loopback"),
)


@pytest.fixture
def desk(profile: Profile) -> Iterator[Desk]:
    with Desk(profile) as opened:
        opened.store.add(HISTORY)
        yield opened


def numbers(moments: tuple[Moment, ...]) -> list[int]:
    return [(m.start_ns - NOW) // clock.SECOND for m in moments]


def test_a_preview_counts_and_shows_the_newest_and_changes_nothing(desk: Desk) -> None:
    found = desk.preview_rule("title=salary", examples=2)
    assert (found.rule, found.moments, found.undecided) == ("title=salary", 3, 0)
    assert numbers(found.examples) == [3, 2]
    assert (found.first_ns, found.last_ns) == (HISTORY[0].start_ns, HISTORY[2].end_ns)
    assert desk.store.count() == len(HISTORY)


@pytest.mark.parametrize(
    ("rule", "covered", "undecided"),
    [
        ("app=firefox title=salary", [1], 0),
        ("url=example.com", [1], 1),  # of the page in Chromium no address is known
        ("private=yes", [], 1),
        ("monitor=monitor-2", [4], 0),
        ("app=slack", [], 0),
    ],
)
def test_a_preview_says_of_how_many_it_cannot_tell(
    desk: Desk, rule: str, covered: list[int], undecided: int
) -> None:
    found = desk.preview_rule(rule)
    assert numbers(found.examples) == covered
    assert (found.moments, found.undecided) == (len(covered), undecided)


SHELL = FrameWindow("xterm", "shell", Box(0, 0, 640, 480))
CHAT = FrameWindow("slack", "general", Box(640, 0, 640, 480))
PAGE = FrameWindow("chromium", "News - Chromium", Box(0, 0, 9, 9), "news.example/1", private=False)
TWO_WINDOWS = (
    moment(5, "xterm", "shell", windows=(CHAT, SHELL)),
    moment(6, "slack", "general", windows=(SHELL, CHAT)),
    moment(7, "xterm", "shell", windows=(PAGE, SHELL)),
)


def test_a_rule_covers_the_frames_on_which_a_window_stood_beside(desk: Desk) -> None:
    desk.store.add(TWO_WINDOWS)
    found = desk.preview_rule("app=slack")
    assert (found.moments, found.beside) == (2, 1)
    assert numbers(found.examples) == [6, 5]
    assert desk.apply_rule("app=slack") == Forgotten(2, 0, 0)
    assert TWO_WINDOWS[2].id in desk.store.known([m.id for m in TWO_WINDOWS])
    assert desk.preview_rule("app=slack").moments == 0


@pytest.mark.parametrize(
    ("rule", "covered"), [("url=news.example", [7]), ("app=slack,chromium private=yes", [])]
)
def test_of_windows_that_were_kept_address_and_mode_are_known(
    profile: Profile, rule: str, covered: list[int]
) -> None:
    with Desk(profile) as desk:
        desk.store.add(TWO_WINDOWS)
        found = desk.preview_rule(rule)
    assert (numbers(found.examples), found.undecided) == (covered, 0)


def test_what_waits_is_covered_by_the_windows_on_it(profile: Profile, desk: Desk) -> None:
    Spool(profile).put(replace(making.frame("beside a chat", NOW), windows=(CHAT, SHELL)))
    assert desk.preview_rule("app=slack").waiting == 1
    assert desk.apply_rule("app=slack").spooled == 1


def test_a_rule_about_hours_alone_covers_what_was_said_too(desk: Desk) -> None:
    assert desk.preview_rule("hours=00:00-24:00").moments == len(HISTORY)
    assert desk.preview_rule("hours=00:00-24:00 monitor=loopback").moments == 0


def test_applying_forgets_what_was_shown_and_nothing_beside_it(desk: Desk) -> None:
    assert desk.apply_rule("monitor=monitor-2") == Forgotten(1, 0, 0)
    left = {m.id for m in desk.store.moments(0, 1 << 62)}
    assert left == {m.id for m in HISTORY} - {HISTORY[3].id}
    assert desk.preview_rule("monitor=monitor-2").moments == 0
    assert desk.apply_rule("monitor=monitor-2") == Forgotten(0, 0, 0)


def test_a_page_is_found_by_its_host(desk: Desk) -> None:
    found = Recall(desk.store, None).search("example.com")
    assert [hit.moment.id for hit in found] == [HISTORY[0].id]


def test_what_cannot_be_read_is_no_rule(desk: Desk) -> None:
    for do in (desk.preview_rule, desk.apply_rule):
        with pytest.raises(UsageError):
            do("everything")
    assert desk.store.count() == len(HISTORY)


def test_what_waits_in_the_spool_is_covered_too_also_when_perception_holds_it(
    profile: Profile, desk: Desk
) -> None:
    spool = Spool(profile)
    secret = replace(making.frame("the salary", NOW), title="salary")
    other = making.frame("something else", NOW + 1)
    spool.put(secret)
    spool.put(other)
    assert desk.preview_rule("title=salary").waiting == 1
    assert desk.apply_rule("title=salary") == Forgotten(3, 0, 1)
    spool.put(secret)  # as if perception had read it before
    pipeline = Pipeline(profile)
    while pipeline.step():
        pass
    assert other.id in desk.store.known([other.id, secret.id])
    assert secret.id not in desk.store.known([other.id, secret.id])
    kept = [path.name for path in profile.media.rglob("*") if path.is_file()]
    assert not any(secret.id in name for name in kept)


def test_surfaces_reach_both_through_the_desks_process(profile: Profile, desk: Desk) -> None:
    client = DeskClient(profile)
    try:
        assert client.preview_rule("app=firefox") == desk.preview_rule("app=firefox")
        assert client.apply_rule("app=firefox") == Forgotten(1, 0, 0)
        assert desk.preview_rule("app=firefox").moments == 0
    finally:
        client.close()
