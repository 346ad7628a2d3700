"""Names and addresses of the person: told by titles of their windows, never by a text alone."""

from __future__ import annotations

from mirrordesk.learning import identity
from mirrordesk.records import Moment
from tests.learning.days import BEGIN, DAY, frame

MAILBOX = "Inbox (3) - Ana@corp.example - Gmail"


def on_days(count: int, app: str, title: str, text: str = "") -> list[Moment]:
    return [frame(BEGIN + day * DAY, app, title, text) for day in range(count)]


def told(moments: list[Moment]) -> dict[str, str]:
    return {block.topic: block.text for block in identity.blocks(moments)}


def test_the_mailbox_that_is_open_day_after_day_is_the_persons() -> None:
    [block] = identity.blocks(on_days(5, "firefox", MAILBOX))
    assert (block.topic, block.text) == ("has the mailbox", "ana@corp.example")
    assert len(block.sources) == 3


def test_two_days_are_not_enough() -> None:
    assert told(on_days(2, "firefox", MAILBOX)) == {}


def test_an_address_in_a_subject_or_on_another_page_is_not_the_persons() -> None:
    subject = on_days(5, "Thunderbird", "Write to ben@other.example today - Thunderbird")
    page = on_days(5, "firefox", "ben@other.example - Directory")
    assert told([*subject, *page]) == {}


def test_a_terminal_tells_who_is_logged_in() -> None:
    assert told(on_days(3, "xterm", "ana@desk: ~/shop")) == {"logs in as": "ana@desk"}
    assert told(on_days(3, "firefox", "ana@desk: ~/shop")) == {}


def test_the_name_is_the_one_signed_with_the_persons_own_address() -> None:
    log = "Author: Ana Silva <ana@corp.example>\nAuthor: Ben Okri <ben@other.example>"
    moments = [*on_days(3, "xterm", "git log", log), *on_days(3, "firefox", MAILBOX)]
    assert told(moments) == {"is called": "Ana Silva", "has the mailbox": "ana@corp.example"}


def test_no_text_makes_somebody_else_of_the_person() -> None:
    forged = "Author: Mallory Vane <ana@corp.example>"
    page = on_days(9, "firefox", "News", forged)
    assert told([*page, *on_days(3, "firefox", MAILBOX)]) == {"has the mailbox": "ana@corp.example"}
