"""Whoever shows a frame finds it where it lies now."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mirrordesk import pipeline
from mirrordesk.errors import StoreError
from mirrordesk.memory.archive import shelf
from mirrordesk.memory.archive.packing import Packing
from mirrordesk.memory.media import Media
from mirrordesk.notebook import pictures as cards
from mirrordesk.paths import Profile
from mirrordesk.records import Box
from mirrordesk.ui import pictures
from mirrordesk.ui.pictures import Wanted
from tests.memory.archive.conftest import Keep, pack_all
from tests.memory.archive.drawn import SIZE, screen


@pytest.fixture
def packed(profile: Profile, keep: Keep, packer: Packing) -> list[Path]:
    """Where the files of five frames were that lie in a segment now."""
    moments = keep(range(5))
    pack_all(packer)
    return [profile.media / str(moment.media) for moment in moments]


def thin(profile: Profile) -> None:
    (path,) = profile.media.rglob("*.mkv")
    shelf.thin(path)


def test_the_window_shows_a_packed_frame(packed: list[Path]) -> None:
    picture = pictures.read(Wanted(packed[3]))
    assert picture is not None
    assert not picture.thinned
    assert picture.part == Box(0, 0, *SIZE)
    y, x = 40, 12
    assert picture.image.pixelColor(x, y).getRgb()[:3] == tuple(screen(3)[y, x].tolist())


def test_the_window_shows_a_part_or_a_small_one(packed: list[Path]) -> None:
    cut = pictures.read(Wanted(packed[3], (120, 40), Box(8, 26, 200, 18)))
    small = pictures.read(Wanted(packed[3], (120, 80)))
    assert cut is not None
    assert small is not None
    assert cut.part.w < SIZE[0]
    assert small.image.width() <= 120


def test_the_window_knows_a_thinned_frame_and_why_one_is_gone(
    profile: Profile, packed: list[Path]
) -> None:
    thin(profile)
    picture = pictures.read(Wanted(packed[3]))
    assert picture is not None
    assert picture.thinned
    assert picture.part == Box(0, 0, *SIZE)  # boxes of lines still lie where the lines are
    thin(profile)
    with pytest.raises(StoreError, match="let go to make room"):
        pictures.read(Wanted(packed[3]))


def test_what_is_nowhere_is_no_picture(packed: list[Path]) -> None:
    assert pictures.read(Wanted(packed[0].with_name("1_1_ab.webp"))) is None


def test_the_notebook_shows_a_packed_frame(packed: list[Path]) -> None:
    with Image.open(io.BytesIO(cards.thumbnail(packed[2], []))) as card:
        assert card.width / card.height == pytest.approx(SIZE[0] / SIZE[1], rel=0.02)
    whole = cards.archived(packed[2])
    assert whole is not None
    with Image.open(io.BytesIO(whole)) as frame:
        assert frame.size == SIZE
    assert cards.archived(packed[0].with_name("1_1_ab.webp")) is None


def test_the_perception_worker_packs_when_nothing_else_waits(
    profile: Profile, keep: Keep, media: Media
) -> None:
    moments = keep(range(5))
    pipeline.run(profile, drain=True, stop=threading.Event())
    assert not list(profile.media.rglob("*.webp"))
    assert np.array_equal(media.frame(str(moments[4].media)), screen(4))
