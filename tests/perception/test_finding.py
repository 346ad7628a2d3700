"""A frame searched in bands gives each line once, whole and at its place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.perception import finding
from mirrordesk.perception.base import Pixels
from mirrordesk.perception.finding import Corners, find_lines


def _frame(height: int, width: int, lines: Sequence[tuple[int, int]]) -> Pixels:
    """A white frame with a black bar for each (top, height)."""
    frame = np.full((height, width, 3), 255, np.uint8)
    for top, tall in lines:
        frame[top : top + tall, 10:200] = 0
    return frame


def _bars(picture: Pixels, _scale: float) -> list[Corners]:
    """Stands for the network: every bar, at whatever scale."""
    dark = np.flatnonzero(picture[:, 20, 0] == 0)
    runs = np.split(dark, np.flatnonzero(np.diff(dark) > 1) + 1) if len(dark) else []
    return [
        np.array([(10, r[0]), (200, r[0]), (200, r[-1] + 1), (10, r[-1] + 1)], np.float32)
        for r in runs
    ]


def _tops_and_heights(found: Sequence[Corners]) -> list[tuple[int, int]]:
    return sorted((int(line[:, 1].min()), int(np.ptp(line[:, 1]))) for line in found)


@given(
    st.integers(300, 1200),
    st.integers(600, 2500),
    st.lists(st.tuples(st.integers(1, 20), st.integers(8, 60)), min_size=1, max_size=12),
)
def test_every_line_is_found_once_and_whole(
    height: int, width: int, gaps: list[tuple[int, int]]
) -> None:
    lines, top = [], 0
    for gap, tall in gaps:
        if top + gap + tall < height:
            lines.append((top + gap, tall))
            top += gap + tall
    found = find_lines(_frame(height, width, lines), _bars)
    assert _tops_and_heights(found) == lines


@pytest.mark.parametrize("top", range(0, 900, 60))
def test_a_heading_that_no_band_holds_is_found_once_and_whole(top: int) -> None:
    frame = _frame(1080, 1920, [(top, 170)])
    assert _tops_and_heights(find_lines(frame, _bars)) == [(top, 170)]


def test_no_look_is_larger_than_the_network_can_judge() -> None:
    looks: list[int] = []

    def detect(picture: Pixels, scale: float) -> list[Corners]:
        looks.append(int(picture.shape[0] * picture.shape[1] * (scale / finding.SCALE) ** 2))
        return []

    find_lines(_frame(2160, 3840, [(n * 40, 12) for n in range(50)]), detect)
    assert looks
    assert max(looks) < 900_000


def test_an_empty_part_of_the_frame_costs_nothing() -> None:
    heights: list[int] = []

    def detect(picture: Pixels, scale: float) -> list[Corners]:
        heights.append(len(picture))
        return _bars(picture, scale)

    find_lines(_frame(2000, 1920, [(100, 12)]), detect)
    assert len(heights) == 2  # the whole frame from afar, and the one band with something in it
    find_lines(_frame(2000, 1920, []), detect)
    assert len(heights) == 2
