"""The encoders read, and refuse what is altered or no model of theirs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mirrordesk import weights
from mirrordesk.errors import WeightsError
from mirrordesk.perception.clip import OpenClip
from mirrordesk.perception.minilm import MiniLm
from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.perception.whisper import Whisper
from tests.perception import tiny_models

FONT = "DejaVuSans.ttf"


def _screen(lines: list[tuple[int, int, str]], size: int = 14) -> np.ndarray:
    picture = Image.new("RGB", (900, 400), "white")
    draw = ImageDraw.Draw(picture)
    for x, y, text in lines:
        draw.text((x, y), text, "black", ImageFont.truetype(FONT, size))
    return np.asarray(picture)


def _image_weights(architecture: str, checkpoint: Path) -> weights.Weights:
    role = weights.Role.IMAGE
    return weights.Weights(role, checkpoint.stem, checkpoint, architecture, False, "", "")


def test_ocr_reads_small_text_where_it_stands() -> None:
    pixels = _screen([(40, 60, "Falcon budget: 48500 euros"), (40, 200, "The demo is on Thursday")])
    first, second = RapidOcr().read(pixels)
    assert first.text == "Falcon budget: 48500 euros"
    assert second.text == "The demo is on Thursday"
    assert abs(first.box.x - 40) < 6
    assert abs(first.box.y - 60) < 8
    assert 10 < first.box.h < 30
    assert 0.5 < first.confidence <= 1.0


def test_ocr_reads_rows_from_left_to_right() -> None:
    pixels = _screen([(500, 100, "right"), (40, 102, "left"), (40, 160, "below")], 20)
    assert [line.text for line in RapidOcr().read(pixels)] == ["left", "right", "below"]


def test_an_empty_screen_has_no_lines() -> None:
    assert RapidOcr().read(_screen([])) == ()


def test_like_texts_are_closer_than_others() -> None:
    question, answer, other = MiniLm().encode(
        ["How much money does the project get?", "The project's budget is 48500 euros", "A cat"]
    )
    assert question @ answer > 0.4 > question @ other


def test_text_vectors_are_those_of_the_published_implementation() -> None:
    code = """
import sys, numpy as np
from mirrordesk.perception import torch_compat
torch_compat.declare_missing_ops()
from sentence_transformers import SentenceTransformer
from mirrordesk import weights
from mirrordesk.config import TextSettings
from mirrordesk.perception.minilm import MiniLm
texts = ["The demo is on Thursday", "48500 euros", "a longer text about many herons " * 20, "x"]
folder = str(weights.text(TextSettings()).path)
wanted = SentenceTransformer(folder, device="cpu").encode(texts)
worst = np.abs(MiniLm().encode(texts) - wanted / np.linalg.norm(wanted, axis=1)[:, None]).max()
sys.exit(0 if worst < 1e-3 else f"differs by {worst}")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_texts_of_any_length_and_number_have_unit_vectors() -> None:
    encoder = MiniLm()
    vectors = encoder.encode(["", "word " * 1500, "short"])
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_its_company() -> None:
    encoder = MiniLm()
    alone = encoder.encode(["The demo is on Thursday"])
    together = encoder.encode(["x", "The demo is on Thursday", "many words " * 100])
    assert np.allclose(alone[0], together[1], atol=1e-5)


def test_a_whisper_checkpoint_hears_sound(tmp_path: Path) -> None:
    model = Whisper(tiny_models.whisper_checkpoint(tmp_path / "tiny.pt"))
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    assert isinstance(model.transcribe(noise), str)


def test_what_is_no_whisper_checkpoint_is_refused_by_name(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pt"
    wrong.write_bytes(b"not a checkpoint")
    with pytest.raises(WeightsError, match=r"wrong\.pt"):
        Whisper(wrong)


def test_an_open_clip_model_sees_pictures(tmp_path: Path) -> None:
    configuration, checkpoint = tiny_models.clip_model(tmp_path)
    model = OpenClip(_image_weights(str(configuration), checkpoint))
    pictures = model.encode_images([_screen([]), _screen([(0, 0, "text")])])
    texts = model.encode_texts(["a terminal", "a map"])
    assert pictures.shape == texts.shape == (2, tiny_models.CLIP_WIDTH)
    assert np.allclose(np.linalg.norm(pictures, axis=1), 1.0, atol=1e-4)


def test_a_checkpoint_of_another_model_is_refused_by_name(tmp_path: Path) -> None:
    configuration, _ = tiny_models.clip_model(tmp_path)
    wrong = tmp_path / "wrong.pt"
    wrong.write_bytes(b"not a checkpoint")
    with pytest.raises(WeightsError, match=r"wrong\.pt"):
        OpenClip(_image_weights(str(configuration), wrong))


def test_a_picture_is_seen_up_to_its_edges(tmp_path: Path) -> None:
    configuration, checkpoint = tiny_models.clip_model(tmp_path)
    model = OpenClip(_image_weights(str(configuration), checkpoint))
    empty = _screen([])
    marked = empty.copy()
    marked[:, :100] = 0
    vectors = model.encode_images([empty, marked])
    assert vectors[0] @ vectors[1] < 0.9999


def test_a_model_that_would_ask_the_network_for_its_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="tokenizer from the network"):
        OpenClip(_image_weights("xlm-roberta-base-ViT-B-32", tmp_path / "any.pt"))


@pytest.mark.parametrize("text", ["{not json", "[]", '{"embed_dim": 8}'])
def test_what_is_no_configuration_of_a_model_is_refused_by_name(tmp_path: Path, text: str) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(text)
    with pytest.raises(WeightsError, match=r"wrong\.json"):
        OpenClip(_image_weights(str(wrong), tmp_path / "any.pt"))


def test_encoders_import_no_model_runtime_until_they_are_used() -> None:
    code = (
        "import sys; from mirrordesk.perception import encoders, perceiver; "
        "heavy = {'torch', 'whisper', 'open_clip', 'rapidocr', 'onnxruntime', 'llama_cpp'}; "
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
