"""Frames of a scene share the picture of the one that began it; regions have their own vectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.memory.forget import forget, forget_moments
from mirrordesk.memory.media import Media
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Box, Channel, Moment, State, Vector, region_id
from tests.memory.made import IMAGE_MODEL, direction, draft, seen

NEW = "second-image@0c0c0c0c"
REGION = Box(64, 64, 320, 192)


def first(number: int, angle: float) -> Moment:
    """A frame that begins a scene."""
    return seen(draft(number, scene=draft(number).id), angle)


def going_on(number: int, scene: int) -> Moment:
    return draft(number, scene=draft(scene).id, image=State.NONE)


def with_region(moment: Moment, angle: float) -> Moment:
    vector = Vector(IMAGE_MODEL, direction(angle, 512))
    return replace(moment, region=REGION, image=State.DONE, region_vector=vector)


def found(store: Store, angle: float) -> list[tuple[str, float]]:
    """The frames that a question of that direction finds, best first, with the cosine."""

    def embed(_channel: Channel, _model: str, _question: str) -> npt.NDArray[np.float32]:
        return np.array(direction(angle, 512), np.float32)

    hits = Recall(store, embed).pictures("a picture")
    return [(hit.moment.id, round(hit.score, 3)) for hit in hits]


@pytest.fixture
def scene(store: Store) -> list[Moment]:
    """A scene of four frames; on the third a picture appears."""
    moments = [first(1, 0), going_on(2, 1), with_region(going_on(3, 1), 90), going_on(4, 1)]
    store.add([replace(m, title=f"title {m.id[-1]}") for m in moments])
    return moments


def test_only_what_was_encoded_has_a_vector_and_the_others_tell_whose_they_share(
    store: Store, scene: list[Moment]
) -> None:
    table = store.spaces.table(Channel.IMAGE, IMAGE_MODEL)
    assert table is not None
    assert set(table.rows(("id",))["id"].to_pylist()) == {scene[0].id, region_id(scene[2].id)}
    for moment in scene:
        stored = store.moment(moment.id)
        assert stored.scene == scene[0].id
        assert stored.image_vector == scene[0].image_vector
    assert store.moment(scene[2].id).region == REGION
    assert store.moment(scene[2].id).region_vector == scene[2].region_vector


def test_in_the_one_ranking_a_scene_is_found_by_its_first_frame_and_a_picture_within(
    store: Store, scene: list[Moment]
) -> None:
    def ranked(angle: float) -> list[tuple[str, float]]:
        hits = Recall(store, lambda *_: np.array(direction(angle, 512))).search("a picture")
        return [(hit.moment.id, round(hit.scores["image"], 3)) for hit in hits]

    assert ranked(90) == [(scene[2].id, 1.0), (scene[0].id, 0.0)]
    assert ranked(5) == [(scene[0].id, 0.996), (scene[2].id, 0.087)]


def test_a_picture_within_a_frame_is_found_and_what_goes_on_does_not_come(
    store: Store, scene: list[Moment]
) -> None:
    assert found(store, 90)[0] == (scene[2].id, 1.0)
    assert found(store, 0)[0] == (scene[0].id, 1.0)
    assert {key for key, _ in found(store, 45)} == {scene[0].id, scene[2].id}


def test_storing_again_what_was_read_back_makes_no_vector_up(
    store: Store, scene: list[Moment]
) -> None:
    table = store.spaces.table(Channel.IMAGE, IMAGE_MODEL)
    assert table is not None
    store.complete([store.moment(m.id) for m in scene])
    assert table.count() == 2


def test_another_model_lacks_what_was_encoded_and_nothing_else(
    store: Store, scene: list[Moment]
) -> None:
    renewal = Renewal(store)
    assert renewal.lacking(Channel.IMAGE, IMAGE_MODEL) == []
    assert renewal.lacking(Channel.IMAGE, NEW) == [scene[2].id, scene[0].id]
    vector = Vector(NEW, direction(5, 64))
    renewal.file(Channel.IMAGE, NEW, 64, {scene[0].id: vector, region_id(scene[2].id): vector})
    assert renewal.lacking(Channel.IMAGE, NEW) == []
    assert renewal.settle(Channel.IMAGE, NEW)
    assert store.moment(scene[2].id).region_vector == vector


def test_a_frame_whose_region_alone_is_missing_is_lacking(
    store: Store, scene: list[Moment]
) -> None:
    both = with_region(first(7, 10), 20)
    store.add([both])
    renewal = Renewal(store)
    renewal.file(Channel.IMAGE, NEW, 64, {both.id: Vector(NEW, direction(5, 64))})
    assert both.id in Renewal(store).lacking(Channel.IMAGE, NEW)


def test_what_is_left_of_a_forgotten_scene_begins_it_anew(
    store: Store, scene: list[Moment], profile: Profile
) -> None:
    forget(store, Media(profile), profile, Span(scene[0].start_ns, scene[0].start_ns + 1))
    store.mend_scenes(waiting=())
    left = [store.moment(m.id) for m in scene[1:]]
    assert [m.scene for m in left] == [scene[1].id] * 3
    assert [m.image for m in left] == [State.PENDING, State.DONE, State.NONE]
    assert [m.image_vector for m in left] == [None] * 3
    assert left[1].region_vector == scene[2].region_vector
    store.mend_scenes(waiting=())
    assert [store.moment(m.id) for m in scene[1:]] == left


def test_a_scene_whose_first_frame_still_waits_to_be_stored_is_whole(store: Store) -> None:
    late = going_on(2, 1)
    store.add([late])
    store.mend_scenes(waiting={draft(1).id})
    assert store.moment(late.id).scene == draft(1).id
    store.add([first(1, 0)])
    assert store.moment(late.id).image_vector == first(1, 0).image_vector


def test_forgetting_a_frame_takes_the_vector_of_its_region_along(
    store: Store, scene: list[Moment], profile: Profile
) -> None:
    forget_moments(store, Media(profile), profile, [scene[2].id])
    assert [key for key, _ in found(store, 90)] == [scene[0].id]
    table = store.spaces.table(Channel.IMAGE, IMAGE_MODEL)
    assert table is not None
    assert table.count() == 1


def test_a_region_is_forgotten_with_its_time(
    store: Store, scene: list[Moment], profile: Profile
) -> None:
    end_ns = scene[3].start_ns + clock.SECOND
    forget(store, Media(profile), profile, Span(scene[1].start_ns, end_ns))
    table = store.spaces.table(Channel.IMAGE, IMAGE_MODEL)
    assert table is not None
    assert table.count() == 1
