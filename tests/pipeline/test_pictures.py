"""Pictures are encoded where a scene begins and where a large region is new, several at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mirrordesk import clock, config, control
from mirrordesk.capture.spool import Spool
from mirrordesk.control import Span
from mirrordesk.paths import Profile
from mirrordesk.perception.base import Pixels, Vectors
from mirrordesk.perception.clip import OpenClip
from mirrordesk.records import Box, SpoolEntry, State
from tests.perception import tiny_models
from tests.pipeline.making import NOW, drain, frame, moments

REGION = Box(20, 30, 200, 60)


def shown(number: int, scene: SpoolEntry | None = None, region: Box | None = None) -> SpoolEntry:
    """A frame that goes on with a scene, or begins one."""
    entry = frame(f"line {number}", NOW + number * clock.SECOND)
    return replace(entry, scene=(scene or entry).id, region=region)


@pytest.fixture
def encoded(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[list[tuple[int, ...]]]:
    """The shapes of the pictures that are encoded, call by call, by a tiny model that is set."""
    _, checkpoint = tiny_models.clip_model(tmp_path)
    config.change(profile, "image.model", str(checkpoint))
    calls: list[list[tuple[int, ...]]] = []
    encode = OpenClip.encode_images

    def counting(model: OpenClip, pictures: Sequence[Pixels]) -> Vectors:
        calls.append([picture.shape for picture in pictures])
        return encode(model, pictures)

    monkeypatch.setattr(OpenClip, "encode_images", counting)
    return calls


def test_a_scene_is_encoded_once_and_a_region_of_it_as_well_in_one_go(
    profile: Profile, encoded: list[list[tuple[int, ...]]]
) -> None:
    begun = shown(0)
    for entry in (begun, shown(1, begun), shown(2, begun, REGION), shown(3, begun)):
        Spool(profile).put(entry)
    drain(profile)
    assert encoded == [[(120, 500, 3), (60, 200, 3)]]
    first, second, third, fourth = moments(profile)
    assert [m.image for m in (first, second, third, fourth)] == [
        State.DONE, State.NONE, State.DONE, State.NONE,
    ]  # fmt: skip
    assert first.image_vector is not None
    assert {m.image_vector for m in (second, third, fourth)} == {first.image_vector}
    assert {m.scene for m in (first, second, third, fourth)} == {begun.id}
    assert third.region_vector is not None
    assert not np.allclose(third.region_vector.numbers, first.image_vector.numbers)


def test_frames_of_which_nobody_told_the_scene_are_each_encoded(
    profile: Profile, encoded: list[list[tuple[int, ...]]]
) -> None:
    for number in range(3):
        Spool(profile).put(frame(f"line {number}", NOW + number * clock.SECOND))
    drain(profile)
    assert [len(call) for call in encoded] == [3]


def test_a_scene_whose_beginning_was_forgotten_before_it_was_read_begins_later(
    profile: Profile, encoded: list[list[tuple[int, ...]]]
) -> None:
    begun = shown(0)
    for entry in (begun, shown(1, begun), shown(2, begun)):
        Spool(profile).put(entry)
    span = Span(begun.start_ns, begun.start_ns + 1)
    control.remember_forgetting(profile, span)
    Spool(profile).forget(span)
    drain(profile)
    second, third = moments(profile)
    assert second.scene == third.scene == second.id
    assert second.image_vector == third.image_vector is not None
    assert [len(call) for call in encoded] == [1]


def test_the_scene_of_what_is_read_first_may_still_wait(
    profile: Profile, encoded: list[list[tuple[int, ...]]]
) -> None:
    """The newest is read first, and more wait than are read at a time."""
    begun = shown(0)
    for entry in (begun, *(shown(n, begun) for n in range(1, 11))):
        Spool(profile).put(entry)
    drain(profile)
    assert [len(call) for call in encoded] == [1]
    assert len({m.image_vector for m in moments(profile)}) == 1


def test_what_is_left_of_a_scene_is_encoded_after_its_beginning_was_forgotten(
    profile: Profile, encoded: list[list[tuple[int, ...]]]
) -> None:
    begun = shown(0)
    for entry in (begun, shown(1, begun), shown(2, begun)):
        Spool(profile).put(entry)
    drain(profile)
    control.remember_forgetting(profile, Span(begun.start_ns, begun.start_ns + 1))
    drain(profile)
    second, third = moments(profile)
    assert second.scene == third.scene == second.id
    assert second.image_vector == third.image_vector is not None
    assert len(encoded) == 2
