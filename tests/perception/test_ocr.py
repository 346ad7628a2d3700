"""Small text on large and on narrow pictures is read, from the weights that are installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mirrordesk.errors import WeightsError, WeightsMissing
from mirrordesk.perception.base import Pixels
from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.registry import packages

SENTENCE = "The invoice total was moved to Thursday"


@pytest.fixture(scope="module")
def ocr() -> RapidOcr:
    return RapidOcr()


def _picture(size: tuple[int, int], at: tuple[int, int], pixels: int, dark: bool = False) -> Pixels:
    ground, ink = ("#1e1e22", "#d2d2d2") if dark else ("white", "#282828")
    picture = Image.new("RGB", size, ground)
    font = ImageFont.truetype("DejaVuSans.ttf", pixels)
    ImageDraw.Draw(picture).text(at, SENTENCE, ink, font)
    return np.asarray(picture)


@pytest.mark.parametrize("pixels", [10, 12, 14])
@pytest.mark.parametrize("dark", [False, True])
def test_small_text_is_read_word_for_word(ocr: RapidOcr, pixels: int, dark: bool) -> None:
    (line,) = ocr.read(_picture((480, 160), (30, 70), pixels, dark))
    assert line.text == SENTENCE
    assert abs(line.box.x - 30) <= 6
    assert abs(line.box.y - 70) <= 6


def test_a_wide_frame_keeps_its_small_text_at_its_place(ocr: RapidOcr) -> None:
    (line,) = ocr.read(_picture((4096, 320), (3600, 200), 11))
    assert line.text == SENTENCE
    assert abs(line.box.x - 3600) <= 6
    assert abs(line.box.y - 200) <= 6
    assert line.box.right <= 4096


def test_a_strip_as_low_as_one_line_is_read(ocr: RapidOcr) -> None:
    (line,) = ocr.read(_picture((600, 22), (20, 3), 13))
    assert line.text == SENTENCE


@pytest.mark.parametrize("shape", [(1, 1, 3), (8, 400, 3), (300, 5, 3)])
def test_a_picture_too_small_for_text_has_none(ocr: RapidOcr, shape: tuple[int, int, int]) -> None:
    assert ocr.read(np.zeros(shape, np.uint8)) == ()


def test_a_package_without_its_models_is_told_and_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "folder", lambda _package: tmp_path)
    with pytest.raises(WeightsMissing, match="pip install --force-reinstall rapidocr"):
        RapidOcr()


def test_a_damaged_model_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    for part in ("det", "rec"):
        (tmp_path / "models" / f"PP-OCRv6_{part}_small.onnx").write_bytes(b"not a model")
    monkeypatch.setattr(packages, "folder", lambda _package: tmp_path)
    with pytest.raises(WeightsError, match="pip install --force-reinstall rapidocr"):
        RapidOcr()


@pytest.mark.parametrize("dark", [False, True])
def test_a_lone_small_line_on_a_large_empty_screen_is_found(ocr: RapidOcr, dark: bool) -> None:
    (line,) = ocr.read(_picture((1920, 1080), (700, 400), 11, dark))
    assert line.text == SENTENCE


def test_a_heading_taller_than_a_band_is_read_whole(ocr: RapidOcr) -> None:
    (line,) = ocr.read(_picture((3000, 700), (60, 240), 110))
    assert line.text == SENTENCE
