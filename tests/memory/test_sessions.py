"""The yardstick of recall over work on a screen, on two drawn sessions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.__main__ import main
from benchmarks.sessions import recalls


def drawn(file: Path, text: str, ground: str) -> None:
    image = Image.new("RGB", (480, 160), ground)
    font = ImageFont.load_default(24)
    ImageDraw.Draw(image).text((20, 60), text, "black", font)
    image.save(file)


def row(name: str, task: str) -> str:
    frames = [{"file": f"{name}.png", "t": "2024-01-03T12:45:15.741009"}]
    return json.dumps({"session_id": name, "task_en": task, "frames": frames})


def test_each_task_is_asked_of_the_product_with_and_without_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn(tmp_path / "cake.png", "Bake a chocolate cake", "white")
    drawn(tmp_path / "sales.png", "Total sales by category", "lightblue")
    rows = [row("cake", "Search how to bake a cake"), row("sales", "Calculate the total sales")]
    (tmp_path / "sessions.jsonl").write_text("\n".join(rows))
    assert main(["sessions", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sessions"], told["frames"]) == (2, 2)
    assert told["without_clip"] == {"recall@1": 1.0, "recall@5": 1.0}
    assert told["recall@5"] == 1.0


def test_a_folder_without_tasks_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sessions.jsonl").write_text("")
    assert main(["sessions", str(tmp_path), "--json"]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_recall_is_the_share_of_what_was_wanted_among_the_first() -> None:
    found = [("a", ("a", "b")), ("b", ("a", "b")), ("c", ("a", "b"))]
    assert recalls(found) == {"recall@1": 0.3333, "recall@5": 0.6667}
