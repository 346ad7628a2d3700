"""Several questions in a row, answered by quoting from a real store."""

from __future__ import annotations

import pytest

from mirrordesk import clock, config
from mirrordesk.control import Span
from mirrordesk.desk import Desk
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Kind, Moment

NOW = clock.now_ns() - clock.HOUR
SAID = (
    "The boiler was fixed by Marek Novak on Friday.",
    "Ana painted the garden fence on Monday.",
    "The budget of Falcon is 48500 euros.",
    "The budget of Aurora is 91200 euros.",
)


@pytest.fixture
def desk(profile: Profile) -> Desk:
    moments = [
        Moment(f"{n}", Kind.NOTE, at, at, "UTC", "note", text=text)
        for n, text in enumerate(SAID)
        if (at := NOW + n * clock.MINUTE)
    ]
    Store(profile).add(moments)
    return Desk(profile, config.with_model(config.load(profile), ""))


def test_a_follow_up_is_answered_from_what_the_question_before_was_about(desk: Desk) -> None:
    assert desk.ask("Who fixed the boiler?", conversation="a").claims[0].sources == ("0",)
    answer = desk.ask("and when was that?", conversation="a")
    assert answer.claims[0].text == SAID[0]
    assert answer.question == "and when was that?"


def test_another_name_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.ask("What is the budget of Falcon?", conversation="a")
    assert desk.ask("And Aurora?", conversation="a").claims[0].text == SAID[3]


def test_talks_do_not_know_of_one_another(desk: Desk) -> None:
    desk.ask("Who fixed the boiler?", conversation="a")
    assert desk.ask("and when was that?", conversation="b").abstained
    assert desk.ask("and when was that?").abstained


def test_nothing_of_a_talk_outlives_forgetting(desk: Desk) -> None:
    desk.ask("Who fixed the boiler?", conversation="a")
    desk.forget(Span(NOW, NOW + 1))
    answer = desk.ask("and when was that?", conversation="a")
    assert answer.abstained
    assert "Marek" not in str(answer)
