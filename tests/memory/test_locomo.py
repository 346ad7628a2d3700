"""The yardstick of recall, on a small conversation of our own in the format that it reads."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.conversations import Question, Turn
from benchmarks.locomo import Found, figures
from mirrordesk.memory.fusion import Weights


def conversation() -> dict[str, object]:
    """Two sessions, a picture that was shared, and a question for each session."""
    first = [
        {"speaker": "Ada", "dia_id": "D1:1", "text": "My sourdough won a prize at the fair."},
        {"speaker": "Ben", "dia_id": "D1:2", "text": "Well done! Which fair was it?"},
        {"speaker": "Ada", "dia_id": "D1:3", "text": "The one in Lisbon."},
    ]
    second = [
        {"speaker": "Ben", "dia_id": "D2:1", "text": "I bought a kayak for the summer."},
        {"speaker": "Ada", "dia_id": "D2:2", "text": "Look!", "blip_caption": "a yellow canoe"},
    ]
    return {
        "sample_id": "made-up",
        "conversation": {
            "speaker_a": "Ada",
            "speaker_b": "Ben",
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": first,
            "session_2_date_time": "10:02 am on 3 June, 2023",
            "session_2": second,
        },
        "qa": [
            {"question": "What won a prize?", "category": 4, "evidence": ["D1:1"]},
            {"question": "What colour is the canoe?", "category": 1, "evidence": ["D2:2; D2:1"]},
            {"question": "Who is the king?", "category": 5, "evidence": []},
        ],
    }


def test_each_question_is_asked_of_the_product_and_of_bm25(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "talk.json"
    file.write_text(json.dumps([conversation()]))
    assert main(["locomo", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["questions"] == 3
    assert told["by_category"]["4"]["turn_recall@5"] == 1.0
    assert told["by_category"]["1"]["session_frac@5"] == 1.0
    assert told["bm25"]["turn_recall@5"] == 1.0
    assert told["p95_ms"] > 0


@pytest.mark.parametrize("text", ["", "[{}]", '{"qa": 1}'])
def test_what_is_no_such_file_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "talk.json"
    file.write_text(text)
    assert main(["locomo", str(file), "--json"]) == 2
    assert str(file) in capsys.readouterr().err


def found(*names: str, evidence: tuple[str, ...]) -> Found:
    turns = tuple(Turn(name, int(name[1]), "Ada", "", 0) for name in names)
    return Found(Question("", 2, evidence), turns, 0.0)


def test_turns_and_sessions_count_as_in_the_official_code() -> None:
    ids = ("D1:1", "D1:2", "D2:1", "D3:1", "D4:1", "D5:1", "D6:1")
    told = figures(
        [
            found(*ids, evidence=("D1:2", "D6:1")),  # one of two turns, one of two sessions
            found(*ids, evidence=()),  # nothing to find: 1
            found(*ids, evidence=("D9:9",)),
        ]
    )
    assert told["turn_recall@5"] == round((0.5 + 1 + 0) / 3, 4)
    assert told["turn_recall@10"] == round((1 + 1 + 0) / 3, 4)
    assert told["session_frac@5"] == round((0.5 + 1 + 0) / 3, 4)
    assert told["session_any@5"] == round((1 + 1 + 0) / 3, 4)


def test_weights_are_found_and_judged_on_what_they_were_not_found_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {**conversation(), "sample_id": "another"}
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([conversation(), other]))
    assert main(["weights", str(path), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["questions"] == 6
    assert set(figures["weights"]) == {field.name for field in fields(Weights)}
    assert figures["held_out"].keys() == figures["now"].keys() > {"turn_recall@10"}


def test_recall_tells_how_long_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recall", "--rows", "120", "--questions", "3", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["rows"] == 120
    assert figures["nearest_found"] == 1.0  # so few are compared one by one
    assert 0 < figures["p50_ms"] <= figures["p95_ms"]
    assert set(figures["channels"]) == {"words", "meaning", "fused"}
