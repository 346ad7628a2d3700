"""From OCR lines to sentences that know where they stood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.llm.evidence import Passage, citation, passages
from mirrordesk.records import Box, Hit, Kind, Moment, TextLine
from tests.llm_extractive.corpus import column, line, screen, speech, table


def read(lines: list[TextLine]) -> list[Passage]:
    return passages(Hit(screen("frame", 0, "app", "title", lines), 1.0, {}))


def texts(lines: list[TextLine]) -> list[str]:
    return [passage.text for passage in read(lines)]


WORDS = st.text("abcdefgKL .:,!?-5", min_size=1, max_size=60)
LINES = st.lists(
    st.builds(line, st.integers(0, 900), st.integers(0, 700), WORDS, st.integers(8, 40)),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_every_word_is_in_a_passage_with_the_boxes_of_its_lines(lines: list[TextLine]) -> None:
    found = read(lines)
    said = sorted("".join(passage.text for passage in found).replace(" ", ""))
    assert said == sorted("".join(each.text for each in lines).replace(" ", ""))
    boxes = [box for passage in found for box in passage.boxes]
    assert set(boxes) == {each.box for each in lines if each.text.strip()}
    assert all(passage.text.strip() and passage.boxes for passage in found)
    assert [passage.place for passage in found] == list(range(len(found)))


def test_a_wrapped_sentence_is_one_passage_over_two_lines() -> None:
    lines = column(
        20,
        50,
        "The crane inspection is planned for Tuesday, weather",
        "permitting. Ana is in charge.",
    )
    first, second = read(lines)
    assert first.text == "The crane inspection is planned for Tuesday, weather permitting."
    assert first.boxes == (lines[0].box, lines[1].box)
    assert second.text == "Ana is in charge."
    assert second.boxes == (lines[1].box,)


def test_a_name_at_the_break_of_a_long_line_does_not_split_the_sentence() -> None:
    lines = column(
        20,
        50,
        "The contract was signed on Monday by doctor",
        "Petrov and the two owners of the house.",
    )
    assert len(texts(lines)) == 1


def test_a_list_stays_a_list() -> None:
    lines = column(20, 50, "Budget: 48,500 EUR", "Deadline: 12 May", "Owner: Ana Lopez")
    assert texts(lines) == [each.text for each in lines]


def test_numbered_items_stay_apart() -> None:
    lines = column(
        20,
        50,
        "1. Freeze the branch on Monday at noon and",
        "tell everybody",
        "2. Run the soak test",
    )
    assert texts(lines) == [
        "1. Freeze the branch on Monday at noon and tell everybody",
        "2. Run the soak test",
    ]


def test_columns_are_not_mixed() -> None:
    left = column(20, 50, "The first column is about ferries and", "their timetables.")
    right = column(500, 50, "The second column is about trains and", "their delays.")
    mixed = [each for pair in zip(left, right, strict=True) for each in pair]
    assert texts(mixed) == [
        "The first column is about ferries and their timetables.",
        "The second column is about trains and their delays.",
    ]


def test_rows_of_a_table_stay_apart() -> None:
    lines = table(
        50,
        100,
        ("Departure", "Friday, 3 April, at 14:00 from Hjortnes terminal"),
        ("Arrival", "Saturday, 4 April, at 10:00 in Kiel, Norwegenkai"),
    )
    assert len(texts(lines)) == 4


@pytest.mark.parametrize(
    "code",
    [
        ("user@juniper:~$ grep -n fail server.log", "connection refused by the remote host today"),
        ("def total(items):", "    return sum(items)"),
        (
            "2026-03-01 10:00:01 service started. Listening",
            "2026-03-01 10:00:05 service failed. Stop",
        ),
    ],
)
def test_lines_of_terminals_code_and_logs_stay_as_they_are(code: tuple[str, str]) -> None:
    assert texts(column(10, 10, *code, pitch=19)) == [each.strip() for each in code]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fine. Do it at noon then.", ["Fine. Do it at noon then."]),
        (
            "Dr. Petrov called at noon. He is late today.",
            ["Dr. Petrov called at noon.", "He is late today."],
        ),
        (
            "It costs 3.50 euros, e.g. for Anna. Who pays for it?",
            ["It costs 3.50 euros, e.g. for Anna.", "Who pays for it?"],
        ),
        ("今日は雨です。明日は晴れです。", ["今日は雨です。", "明日は晴れです。"]),
        ("", []),
    ],
)
def test_speech_is_cut_at_the_ends_of_sentences(text: str, expected: list[str]) -> None:
    found = passages(Hit(speech("said", 0, text), 1.0, {}))
    assert [passage.text for passage in found] == expected
    assert all(passage.boxes == () for passage in found)


def test_the_lines_of_a_note_stay_lines() -> None:
    note = Moment("n", Kind.NOTE, 0, 0, "UTC", "note", text="Milk and bread\nCall Ana")
    assert [p.text for p in passages(Hit(note, 1.0, {}))] == ["Milk and bread", "Call Ana"]


def test_a_citation_outlines_exactly_the_lines_it_quotes() -> None:
    lines = column(20, 50, "The crane inspection is planned for Tuesday, weather", "permitting.")
    moment = screen("frame", 0, "mousepad", "plan.txt", lines)
    (passage,) = passages(Hit(moment, 1.0, {}))
    cited = citation(passage, moment)
    assert cited.boxes == tuple(each.box for each in lines)
    assert cited.box == Box(20, 50, lines[0].box.w, lines[1].box.bottom - 50)
    assert (cited.id, cited.app, cited.title, cited.text) == (
        "frame",
        "mousepad",
        "plan.txt",
        passage.text,
    )
    assert cited.media == moment.media
