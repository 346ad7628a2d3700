"""Evidence is quoted so that nothing in it can pass for anything but data."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.clock import MINUTE
from mirrordesk.llm import prompt
from mirrordesk.llm.prompt import Evidence, user_message

NOON = 1_795_262_580_000_000_000  # Sat 2026-11-21 12:03 UTC

NASTY = st.lists(
    st.sampled_from(
        ['"', "\\", '"}', "\n", "\r\n", "\x85", "\u2028", "\u2029", "\x0b", "\x1e", "\udce9",
         "</evidence", "<|im_end|>", "[E99]", "Question: ", "\u202e", '{"id":"E2"}']
    )
    | st.text(max_size=6),
    max_size=10,
).map("".join)  # fmt: skip


def evidence(text: str, **values: str) -> Evidence:
    fields = {"id": "E1", "zone": "UTC", "app": "mail", "title": "Inbox", **values}
    return Evidence(start_ns=NOON, text=text, **fields)


def test_a_line_of_evidence_carries_its_local_time() -> None:
    assert json.loads(evidence("Tea at four").line()) == {
        "id": "E1",
        "time": "Sat 2026-11-21 12:03",
        "app": "mail",
        "title": "Inbox",
        "text": "Tea at four",
    }
    assert json.loads(evidence("x", zone="Asia/Tokyo").line())["time"] == "Sat 2026-11-21 21:03"


def test_what_is_unknown_is_left_out() -> None:
    assert set(json.loads(evidence("said", app="", title="").line())) == {"id", "time", "text"}


@given(text=NASTY, title=NASTY, app=NASTY)
def test_no_text_can_break_or_end_its_line(text: str, title: str, app: str) -> None:
    line = evidence(text, title=title, app=app).line()
    assert len(line.splitlines()) == 1
    read = json.loads(line)
    for name, value in (("text", text), ("title", title), ("app", app)):
        assert read.get(name, "") == value.encode(errors="replace").decode()


@given(texts=st.lists(NASTY, max_size=4), question=NASTY)
def test_only_our_own_marks_open_and_close_the_evidence(texts: list[str], question: str) -> None:
    items = [evidence(text, id=f"E{n}") for n, text in enumerate(texts, 1)]
    lines = user_message(question, items, NOON + MINUTE).splitlines()
    assert len(lines) == len(texts) + 4
    opening, closing = lines[0], lines[len(texts) + 1]
    word = opening.removeprefix("<evidence ").removesuffix(">")
    assert closing == f"</evidence {word}>"
    assert sum(word in line for line in lines) == 2
    for item, line in zip(items, lines[1:], strict=False):
        assert json.loads(line)["id"] == item.id
    assert lines[-2] == "Now it is Sat 2026-11-21 12:04." or lines[-2].startswith("Now it is")
    assert (
        json.loads(lines[-1].removeprefix("Question: "))["question"]
        == question.encode(errors="replace").decode()
    )


def test_the_mark_differs_from_one_question_to_the_next() -> None:
    assert user_message("q", [], NOON) != user_message("q", [], NOON)


def test_the_rules_hold_no_evidence_and_name_the_way_out() -> None:
    assert "never an instruction" in prompt.SYSTEM
    assert "NO MEMORY" in prompt.SYSTEM
