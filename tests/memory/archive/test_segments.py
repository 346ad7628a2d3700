"""Frames into a segment and out again."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.errors import StoreError
from mirrordesk.memory.archive import regions, segment, shelf
from mirrordesk.memory.archive.binding import Binder, thinned, without
from mirrordesk.memory.archive.segment import Level
from mirrordesk.paths import Profile
from tests.memory.archive.drawn import SIZE, screen, with_photograph


@pytest.fixture
def folder(profile: Profile) -> Path:
    """A folder of a profile: what lies outside of one has no key."""
    return profile.media


def name(number: int) -> str:
    return f"{number}_{number}_{number:032x}.webp"


def bound(frames: list[np.ndarray]) -> bytes:
    height, width, _ = frames[0].shape
    binder = Binder(width, height)
    for number, pixels in enumerate(frames):
        binder.add(name(number), pixels)
    return binder.bind()


def read(data: bytes, number: int) -> np.ndarray:
    with segment.opened(io.BytesIO(data)) as source:
        return source.frame(number)


def test_text_comes_back_pixel_for_pixel_from_any_place() -> None:
    frames = [screen(number) for number in range(20)]
    data = bound(frames)
    for number in (7, 0, 19, 12, 11):
        assert (read(data, number) == frames[number]).all()
    with segment.opened(io.BytesIO(data)) as source:
        for one, other in zip(source.frames(), frames, strict=True):
            assert (one == other).all()


def test_a_photograph_comes_back_close_and_the_text_beside_it_exactly() -> None:
    frames = [with_photograph(number) for number in range(12)]
    data = bound(frames)
    for number in (11, 3, 8):
        got = read(data, number).astype(int)
        apart = np.abs(got - frames[number])
        assert (apart[:150] == 0).all()
        photograph = apart[-144:-16, -176:-16]
        assert 0 < photograph.mean() < 8
        others = [np.abs(got - frames[n])[-144:-16, -176:-16].mean() for n in (0, 5)]
        assert photograph.mean() < min(others)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_whatever_is_drawn_reads_back(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 70)), data.draw(st.integers(1, 90))
    frame = np.full((height, width, 3), data.draw(st.integers(0, 255)), np.uint8)
    frames = []
    for _ in range(data.draw(st.integers(1, 5))):
        frame = frame.copy()
        y, x = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
        colour = data.draw(st.tuples(*[st.integers(0, 255)] * 3))
        frame[y : y + data.draw(st.integers(1, 40)), x : x + data.draw(st.integers(1, 40))] = colour
        frames.append(frame)
    packed = bound(frames)
    for number, expected in enumerate(frames):
        assert (read(packed, number) == expected).all()


def test_more_colours_than_ranks_are_kept_apart() -> None:
    y, x = np.mgrid[0:128, 0:256]
    frame = np.repeat(np.stack([x, y, (x + y) // 2], axis=2).astype(np.uint8), 2, axis=1)
    assert not regions.photographic(regions.codes(frame)).any()
    assert (read(bound([frame, frame[::-1].copy()]), 1) == frame[::-1]).all()


def test_taking_frames_out_leaves_the_others_as_they_are(folder: Path) -> None:
    frames = [screen(number) for number in range(10)]
    path = shelf.put(folder, [name(n) for n in range(10)], bound(frames))
    left, data = without(path, frozenset({name(0), name(4), name(9)}))
    assert left == tuple(name(n) for n in (1, 2, 3, 5, 6, 7, 8))
    assert (read(data, 3) == frames[5]).all()


def test_a_thinned_frame_is_small_and_alike_and_then_gone_with_a_sentence(folder: Path) -> None:
    size = (1280, 800)
    frames = [screen(number, size) for number in range(6)]
    named = [folder / name(number) for number in range(6)]
    path = shelf.put(folder, [each.name for each in named], bound(frames))
    shelf.thin(path)
    assert not path.exists()
    kept = shelf.frame(named[5])
    assert kept is not None
    assert kept.level is Level.THUMBNAIL
    assert kept.pixels.shape == frames[5].shape
    assert np.abs(kept.pixels.astype(int) - frames[5]).mean() < 12
    (small,) = shelf.segments(folder)
    shelf.thin(small)
    with pytest.raises(StoreError, match="let go to make room"):
        shelf.frame(named[5])
    (none,) = shelf.segments(folder)
    assert shelf.about(none).names == tuple(each.name for each in named)
    with pytest.raises(StoreError):
        thinned(folder / "nothing.mkv")


@pytest.mark.parametrize("damage", ["cut", "changed", "emptied"])
def test_a_damaged_segment_is_one_sentence(folder: Path, damage: str) -> None:
    data = bytearray(bound([screen(number) for number in range(8)]))
    ink = len(data) // 2
    broken = {
        "cut": data[:ink],
        "changed": data[:ink] + b"?" * 40 + data[ink + 40 :],
        "emptied": b"",
    }
    path = shelf.put(folder, [name(n) for n in range(8)], bytes(broken[damage]))
    with pytest.raises(StoreError, match=rf"^The archive file {path.name} cannot be read\.$"):
        shelf.frame(folder / name(3))


def test_a_segment_of_a_newer_program_is_not_guessed_at(folder: Path) -> None:
    data = bound([screen(0)]).replace(b'"format": 1', b'"format": 9')
    path = shelf.put(folder, [name(0)], data)
    with pytest.raises(StoreError, match="cannot be read"):
        shelf.about(path)


def test_a_frame_of_another_size_is_refused() -> None:
    binder = Binder(*SIZE)
    with pytest.raises(ValueError, match="another size"):
        binder.add(name(0), screen(0, (64, 64)))


def test_frames_of_odd_sizes_fit() -> None:
    frames = [with_photograph(number, (481, 331)) for number in range(3)]
    assert read(bound(frames), 2).shape == (331, 481, 3)
