"""Titles and summaries of episodes: central, verbatim, and nothing twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.learning import summaries
from mirrordesk.records import Episode, Moment, Vector
from tests.learning.told import NINE, ZONE, heard, seen

TALK = [
    "The parser of the Falcon project fails on empty files.",
    "We saw that the Falcon parser fails when a file is empty.",
    "Ana will fix the parser so that empty files are read.",
    "Lunch was quite nice today by the way.",
    "The parser needs a test with empty files before Falcon ships.",
]


def episode(moments: list[Moment], title: str = "") -> Episode:
    ids = tuple(moment.id for moment in moments)
    return Episode("episode-1", NINE, NINE + clock.HOUR, ZONE, title, (), ids)


def talk() -> list[Moment]:
    return [heard(text, NINE + n * clock.MINUTE) for n, text in enumerate(TALK)]


def test_the_summary_is_made_of_the_most_central_sentences_in_their_order() -> None:
    made = summaries.summarised(episode(talk()), talk())
    lines = made.summary.splitlines()[1:]
    assert len(lines) == summaries.SENTENCES
    assert lines == [text for text in TALK if text in lines]
    assert TALK[3] not in lines


def test_an_episode_without_a_window_is_named_after_its_words() -> None:
    assert "parser" in summaries.summarised(episode(talk()), talk()).title
    assert summaries.summarised(episode(talk(), "Call with Ana"), talk()).title == "Call with Ana"


def test_what_was_on_the_screen_all_the_time_is_told_once() -> None:
    frames = [seen("The budget of Falcon is under review.", NINE + n) for n in range(9)]
    made = summaries.summarised(episode(frames, "Inbox"), frames)
    assert made.summary.count("under review") == 1


def test_a_moment_that_means_what_another_did_is_passed_over() -> None:
    one, other, third = talk()[:3]
    vectors = {
        one.id: Vector("m", (1.0, 0.0)),
        other.id: Vector("m", (0.99, 0.141)),
        third.id: Vector("m", (0.0, 1.0)),
    }
    assert summaries.different([one, other, third], vectors) == [one, third]


def test_menus_and_programs_are_not_summarised() -> None:
    frame = seen(
        "File   Edit   View   Help\ndef close(self): return self.closed\nInbox Sent Drafts"
    )
    assert summaries.summarised(episode([frame], "Editor"), [frame]).summary == ""


@settings(deadline=None)
@given(st.lists(st.sampled_from([*TALK, "Menu", "", "a b c d"]), max_size=6))
def test_every_sentence_of_a_summary_stands_in_a_moment(texts: list[str]) -> None:
    moments = [replace(heard(text, NINE + n), text=text) for n, text in enumerate(texts)]
    made = summaries.summarised(episode(moments), moments)
    for line in made.summary.splitlines()[1:]:
        assert any(line in moment.text for moment in moments)
