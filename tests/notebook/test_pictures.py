"""Thumbnails show what is cited, outlined, wherever in the frame it stands."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mirrordesk.errors import StoreError
from mirrordesk.notebook.pictures import HEIGHT, MARKER, WIDTH, region, thumbnail
from mirrordesk.records import Box

pixels = st.integers(1, 4000)


@st.composite
def frames_with_boxes(draw: st.DrawFn) -> tuple[int, int, list[Box]]:
    width, height = draw(pixels), draw(pixels)
    boxes = []
    for _ in range(draw(st.integers(1, 4))):
        x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        w, h = draw(st.integers(1, width - x)), draw(st.integers(1, height - y))
        boxes.append(Box(x, y, w, h))
    return width, height, boxes


@given(frames_with_boxes())
def test_the_part_shown_lies_in_the_frame_and_holds_where_the_cited_begins(
    case: tuple[int, int, list[Box]],
) -> None:
    width, height, boxes = case
    part = region(width, height, boxes)
    assert Box(0, 0, width, height).intersection(part) == part
    assert part.x <= min(box.x for box in boxes) < part.right
    assert part.y <= min(box.y for box in boxes) < part.bottom


def test_lines_that_fit_are_shown_whole() -> None:
    boxes = [Box(900, 500, 300, 20), Box(900, 530, 500, 20)]
    part = region(1920, 1080, boxes)
    assert all(part.intersection(box) == box for box in boxes)


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    path = tmp_path / "frame.webp"
    Image.new("RGB", (1280, 800), "white").save(path, "WEBP", lossless=True)
    return path


def _amber(webp: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where the marker's colour is, (height, width)."""
    colours = np.asarray(Image.open(io.BytesIO(webp)).convert("RGB")).astype(int)
    near: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (
        np.abs(colours - np.array(MARKER)).sum(axis=2) < 90
    )
    return near


def test_every_cited_line_is_outlined_where_it_stands(frame: Path) -> None:
    box = Box(600, 400, 200, 40)
    part = region(1280, 800, [box])
    marked = _amber(thumbnail(frame, [box]))
    rows, columns = np.nonzero(marked)
    scale = marked.shape[1] / part.w
    expected = [
        (box.x - part.x) * scale,
        (box.right - part.x) * scale,
        (box.y - part.y) * scale,
        (box.bottom - part.y) * scale,
    ]
    found = [columns.min(), columns.max(), rows.min(), rows.max()]
    assert np.allclose(found, expected, atol=8)
    assert not marked[(rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2]


def test_a_frame_cited_without_lines_is_shown_whole_and_unmarked(frame: Path) -> None:
    webp = thumbnail(frame, [])
    assert Image.open(io.BytesIO(webp)).size == (WIDTH, HEIGHT)
    assert not _amber(webp).any()


@pytest.mark.parametrize("content", [None, b"", b"RIFF\x10\x00\x00\x00WEBPVP8 rubbish"])
def test_a_frame_that_is_gone_or_broken_is_one_sentence(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "frame.webp"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=r"^The picture frame\.webp is gone or cannot be read\.$"):
        thumbnail(path, [Box(0, 0, 9, 9)])
