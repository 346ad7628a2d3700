"""The yardstick of recall over chats, on a small history of our own in the format that it reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.chats import Item, Turn
from benchmarks.longmemeval import Found, figures, measures


def user(text: str, **label: bool) -> dict[str, object]:
    return {"role": "user", "content": text, **label}


def assistant(text: str) -> dict[str, object]:
    return {"role": "assistant", "content": text, "has_answer": False}


def item(question_id: str, question: str) -> dict[str, object]:
    """Two sessions, the later one first, and one of them holds the answer."""
    return {
        "question_id": question_id,
        "question_type": "single-session-user",
        "question": question,
        "question_date": "2023/05/30 (Tue) 23:40",
        "answer": "a kayak",
        "haystack_session_ids": ["answer_b2_1", "sharegpt_a1_0"],
        "haystack_dates": ["2023/05/21 (Sun) 09:03", "2023/05/20 (Sat) 02:21"],
        "haystack_sessions": [
            [
                user("Hello! Which rivers are calm in summer?", has_answer=False),
                assistant("The Dordogne is calm."),
                user("Good, for I have bought a yellow kayak in Lyon.", has_answer=True),
            ],
            [user("How long does sourdough rise?"), assistant("Overnight, in a cool place.")],
        ],
        "answer_session_ids": ["answer_b2_1"],
    }


def test_each_question_is_asked_of_the_product(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "chats.json"
    asked = "What did I buy in Lyon?"
    file.write_text(json.dumps([item("one_abs", asked), item("two", asked)]))
    assert main(["longmemeval", str(file), "--first", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == told["all_questions"] == 1
    assert told["turn"]["recall_any@1"] == told["turn"]["ndcg@1"] == 1.0
    assert told["session"]["recall_all@1"] == told["session"]["all_questions"]["ndcg@50"] == 1.0
    assert told["by_type"]["single-session-user"]["turn"]["recall_all@3"] == 1.0
    assert told["p95_ms"] > 0


@pytest.mark.parametrize("text", ["", "[{}]", '{"question": 1}', "[]"])
def test_what_holds_no_question_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "chats.json"
    file.write_text(text)
    assert main(["longmemeval", str(file), "--json"]) == 2
    assert str(file) in capsys.readouterr().err


def turn(session: int, place: int, *, answers: bool = False, by_user: bool = True) -> Turn:
    """A turn of a session with the answer, where the number of the session is odd."""
    name = "answer" if session % 2 else "filler"
    return Turn(f"{name}_{session}_{place}", session, by_user, "", 100 * session + place, answers)


ONE, OTHER = turn(1, 1, answers=True), turn(3, 3, answers=True)
TURNS = (turn(0, 1), ONE, turn(1, 2, by_user=False), turn(1, 3), turn(2, 1), turn(3, 1), OTHER)


def test_turns_and_sessions_count_as_in_the_official_code() -> None:
    told = measures(TURNS, [turn(2, 1), turn(1, 2, by_user=False), ONE, turn(3, 1), OTHER])
    # of the user's turns: one that answers nothing, one that does, …, and the other fourth
    assert told["turn"]["recall_any@1"] == 0.0
    assert (told["turn"]["recall_any@3"], told["turn"]["recall_all@3"]) == (1.0, 0.0)
    assert told["turn"]["recall_all@5"] == 1.0
    assert told["turn"]["ndcg@3"] == pytest.approx(1 / 2)  # the second place counts as the first
    assert told["turn"]["ndcg@5"] == pytest.approx((1 + 1 / 2) / 2)
    # sessions 2, 1, 3: the assistant's turn brought the first of those with an answer
    assert told["session"]["recall_all@3"] == 1.0
    assert told["session"]["ndcg@3"] == pytest.approx((1 + 0.6309297536) / 2)


def test_what_answers_nothing_in_a_session_with_the_answer_is_a_session_of_its_own() -> None:
    told = measures(TURNS, [turn(3, 1), turn(1, 3), OTHER, turn(0, 1), ONE])
    assert told["session_of_turns"]["recall_any@1"] == 0.0
    assert told["session_of_turns"]["recall_any@3"] == 1.0
    assert told["session_of_turns"]["recall_all@3"] == 0.0
    assert told["session"]["recall_all@3"] == 1.0


def test_what_was_not_found_comes_last_and_the_newest_of_it_first() -> None:
    told = measures(TURNS, [])
    assert told["turn"]["recall_any@1"] == 1.0
    assert told["turn"]["recall_all@50"] == told["session"]["recall_all@50"] == 1.0


def test_the_second_average_counts_questions_whose_answer_the_assistant_gave() -> None:
    aimed = Item("one", "multi-session", "", 0, TURNS)
    given = (turn(0, 1), turn(1, 2, answers=True, by_user=False))
    other = Item("two", "single-session-assistant", "", 0, given)
    told = figures(
        [
            Found(aimed, measures(TURNS, [ONE, OTHER]), 0.1),
            Found(other, measures(given, given), 0.1),
        ]
    )
    assert (told["questions"], told["all_questions"]) == (1, 2)
    assert told["turn"]["recall_any@5"] == told["turn"]["ndcg@5"] == 1.0
    assert told["turn"]["all_questions"]["recall_any@5"] == 0.5
    assert told["turn"]["all_questions"]["recall_all@5"] == 1.0  # all of nothing
    assert list(told["by_type"]) == ["multi-session"]
