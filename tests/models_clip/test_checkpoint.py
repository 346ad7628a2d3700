"""The committed CLIP-micro: how it loads, what it finds; and that the script can make another."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from mirrordesk.perception.clip import OpenClip
from models.micro.clip import checkpoint, evaluate, screens, train

MEGABYTE = 1_000_000
UNSEEN = 77 * evaluate.SEEDS_APART  # neither trained on nor in the pool of evaluation.json


def test_the_file_is_small() -> None:
    assert checkpoint.CHECKPOINT.stat().st_size < 8 * MEGABYTE


def test_the_file_holds_half_precision_and_the_whole_token_table() -> None:
    state = checkpoint.open_clip().factory.load_state_dict(str(checkpoint.CHECKPOINT))
    assert {str(value.dtype) for value in state.values() if value.is_floating_point()} == {
        "torch.float16"
    }
    assert state["token_embedding.weight"].shape[0] == 49_408


def test_it_loads_without_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("socket.socket.connect", _no_network)
    model = evaluate.load(checkpoint.HERE)
    vectors = model.encode_texts(["a dark terminal with green text"])
    assert vectors.shape == (1, model.dimensions)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def _no_network(*_: object) -> None:
    raise AssertionError("the model asked the network")


def test_it_finds_screens_it_has_never_seen(committed: OpenClip) -> None:
    pool = [screens.render(UNSEEN + index) for index in range(60)]
    asked = evaluate.questions(pool, UNSEEN)
    assert evaluate.recall(committed, pool, asked) >= 0.7


def test_it_sees_a_large_screen_as_it_sees_a_small_one(committed: OpenClip) -> None:
    large, small = screens.captured(UNSEEN), screens.render(UNSEEN)
    one, other = committed.encode_images([large.pixels, small.pixels])
    assert one @ other > 0.8


def test_words_it_has_never_heard_leave_the_rest_of_a_question_in_force(
    committed: OpenClip,
) -> None:
    plain, strange, other = committed.encode_texts(
        ["a dark terminal with green text", "zyx dark terminal with green text", "a light map"]
    )
    assert plain @ strange > plain @ other


def test_it_reaches_the_aim() -> None:
    figures = json.loads((checkpoint.HERE / "evaluation.json").read_text(encoding="utf-8"))
    assert figures["recall_at_1"] >= 0.8


def test_the_card_says_what_was_measured() -> None:
    figures = json.loads((checkpoint.HERE / "evaluation.json").read_text(encoding="utf-8"))
    card = (checkpoint.HERE / "README.md").read_text(encoding="utf-8")
    assert figures["bytes"] == checkpoint.CHECKPOINT.stat().st_size
    assert f"{100 * figures['recall_at_1']:.1f} %" in card


def test_a_short_training_writes_a_checkpoint_that_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "BATCH", 8)
    monkeypatch.setattr(evaluate, "POOL", 12)
    arguments = ["train", "--steps", "1", "1", "--screens", "40", "--folder", str(tmp_path)]
    for more in ([], ["--second"]):
        monkeypatch.setattr(sys, "argv", [*arguments, *more])
        train.main()
    assert evaluate.load(tmp_path).encode_texts(["a map"]).shape == (1, 128)
    figures = json.loads((tmp_path / "evaluation.json").read_text(encoding="utf-8"))
    assert (figures["steps"], figures["pool"]) == (2, 12)
