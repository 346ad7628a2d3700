"""Frames and sound on the disk."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.errors import SpoolCorrupt, StoreError
from mirrordesk.memory.media import Media
from mirrordesk.paths import Profile
from tests.memory.made import NOON, ZONE, png, tone


def test_a_frame_reads_back_close_to_what_was_stored(profile: Profile, media: Media) -> None:
    path, width, height = media.put_frame("a1", NOON, ZONE, png("hello"))
    assert (width, height) == (320, 120)
    assert path.startswith("2026/11/21/")
    assert path.endswith("a1.webp")
    pixels = media.frame(path)
    assert pixels.shape == (120, 320, 3)
    assert pixels.dtype == np.uint8
    assert pixels[100:, 200:].min() > 240  # white
    assert pixels[:30, :60].min() < 100  # ink


def test_speech_reads_back_at_its_length_and_pitch(media: Media) -> None:
    samples, wav = tone(2.0)
    path = media.put_speech("b2", NOON, ZONE, wav)
    heard = media.speech(path)
    assert heard.dtype == np.float32
    assert abs(len(heard) - len(samples)) <= 16  # a millisecond
    both = min(len(heard), len(samples))
    assert np.corrcoef(heard[:both], samples[:both])[0, 1] > 0.99


def test_putting_again_writes_nothing(profile: Profile, media: Media) -> None:
    path, *_ = media.put_frame("a1", NOON, ZONE, png("hello"))
    before = (profile.media / path).stat().st_mtime_ns
    assert media.put_frame("a1", NOON, ZONE, png("hello")) == (path, 320, 120)
    assert (profile.media / path).stat().st_mtime_ns == before


def test_the_folder_is_the_local_day(media: Media) -> None:
    late = clock.day_span(date(2026, 11, 22), "UTC")[0] - 30 * clock.MINUTE
    assert media.put_frame("a1", late, "UTC", png("x"))[0].startswith("2026/11/21/")
    assert media.put_frame("a1", late, ZONE, png("x"))[0].startswith("2026/11/22/")


@pytest.mark.parametrize("data", [b"", b"not a picture", png("x")[:60]])
def test_bytes_that_are_no_picture_are_a_sentence(media: Media, data: bytes) -> None:
    with pytest.raises(SpoolCorrupt, match="a1"):
        media.put_frame("a1", NOON, ZONE, data)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"not sound at all, but long enough to read"])
def test_bytes_that_are_no_sound_are_a_sentence(media: Media, data: bytes) -> None:
    with pytest.raises(SpoolCorrupt, match="b2"):
        media.put_speech("b2", NOON, ZONE, data)


def test_missing_and_damaged_files_are_told_apart(profile: Profile, media: Media) -> None:
    path, *_ = media.put_frame("a1", NOON, ZONE, png("hello"))
    sound = media.put_speech("b2", NOON, ZONE, tone(0.5)[1])
    for relative, read in ((path, media.frame), (sound, media.speech)):
        (profile.media / relative).write_bytes(b"damaged")
        with pytest.raises(StoreError, match="cannot be read"):
            read(relative)
        assert media.remove(relative)
        assert not media.remove(relative)
        with pytest.raises(StoreError, match="is missing"):
            read(relative)


def test_files_are_found_by_when_they_were_captured(profile: Profile, media: Media) -> None:
    before = media.put_speech("b1", NOON - 2 * clock.SECOND, ZONE, tone(1.0)[1])
    into = media.put_speech("b2", NOON - 2 * clock.SECOND, ZONE, tone(3.0)[1])
    inside, *_ = media.put_frame("a1", NOON, ZONE, png("x"))
    after, *_ = media.put_frame("a2", NOON + clock.MINUTE, ZONE, png("y"))
    scratch = profile.media / inside
    scratch = scratch.with_name(f".{scratch.name}.123.part")
    scratch.write_bytes(b"half a frame")
    found = set(media.within(Span(NOON, NOON + clock.MINUTE)))
    assert found == {into, inside, scratch.relative_to(profile.media).as_posix()}
    assert not found & {before, after}
