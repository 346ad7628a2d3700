"""Another model takes over: search keeps the old vectors until the new are complete."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirrordesk.control import Span
from mirrordesk.memory import filtering, schema
from mirrordesk.memory.forget import forget
from mirrordesk.memory.media import Media
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Channel, Moment, Vector
from tests.memory.cutting import CutOff, cut_off_before_write
from tests.memory.made import NOON, direction, draft, embedded, frame, seen

IMAGE, TEXT = Channel.IMAGE, Channel.TEXT
OLD, NEW = "first-image@0b0b0b0b", "second-image@0c0c0c0c"
NUMBERS = 64  # of the new model's vectors


@pytest.fixture
def renewal(store: Store) -> Renewal:
    """Over a store of three pictures that the old model has seen."""
    store.add([seen(draft(n), 10 * n, OLD) for n in range(3)])
    return Renewal(store)


def ids(*numbers: int) -> list[str]:
    return [draft(number).id for number in numbers]


def vector(angle: float, model: str = NEW) -> Vector:
    return Vector(model, direction(angle, NUMBERS))


def folder(profile: Profile, model: str) -> Path:
    return profile.store / f"{schema.vectors_table(IMAGE, model)}.lance"


def test_the_first_model_of_a_channel_serves_at_once(renewal: Renewal) -> None:
    assert renewal.serving(IMAGE) == OLD
    assert renewal.serving(TEXT) is None
    assert renewal.lacking(IMAGE, OLD) == []


def test_another_model_lacks_everything_the_newest_first(renewal: Renewal) -> None:
    assert renewal.lacking(IMAGE, NEW) == ids(2, 1, 0)


def test_it_serves_when_it_lacks_nothing_and_the_old_vectors_are_deleted(
    renewal: Renewal, profile: Profile
) -> None:
    renewal.file(IMAGE, NEW, NUMBERS, {key: vector(5) for key in ids(2, 1)})
    assert not renewal.settle(IMAGE, NEW)
    assert renewal.serving(IMAGE) == OLD
    renewal.file(IMAGE, NEW, NUMBERS, {key: vector(5) for key in ids(0)})
    assert folder(profile, OLD).is_dir()
    assert renewal.settle(IMAGE, NEW)
    assert renewal.serving(IMAGE) == NEW
    assert not folder(profile, OLD).exists()


def test_what_was_filed_is_not_lacking_any_more_for_anybody(
    renewal: Renewal, profile: Profile
) -> None:
    renewal.lacking(IMAGE, NEW)
    renewal.file(IMAGE, NEW, NUMBERS, {key: vector(5) for key in ids(1)})
    assert renewal.lacking(IMAGE, NEW) == Renewal(Store(profile)).lacking(IMAGE, NEW) == ids(2, 0)


def test_filing_twice_keeps_the_first(renewal: Renewal, store: Store) -> None:
    for angle in (5, 50):
        renewal.file(IMAGE, NEW, NUMBERS, {key: vector(angle) for key in ids(0, 1, 2)})
    renewal.settle(IMAGE, NEW)
    assert store.moment(draft(0).id).image_vector == vector(5)


def test_a_picture_that_came_meanwhile_is_lacking_in_the_old_space_only(
    renewal: Renewal, store: Store
) -> None:
    store.add([seen(draft(3), 30, NEW, NUMBERS)])
    assert renewal.serving(IMAGE) == OLD
    assert renewal.lacking(IMAGE, OLD) == ids(3)
    assert renewal.lacking(IMAGE, NEW) == ids(2, 1, 0)
    renewal.file(IMAGE, OLD, 512, {draft(3).id: Vector(OLD, direction(30, 512))})
    assert renewal.lacking(IMAGE, OLD) == []


def test_what_the_new_model_cannot_read_does_not_stop_it(renewal: Renewal, store: Store) -> None:
    renewal.file(IMAGE, NEW, NUMBERS, {key: vector(5) for key in ids(0, 2)} | {draft(1).id: None})
    assert renewal.settle(IMAGE, NEW)
    assert renewal.lacking(IMAGE, NEW) == []
    hits = Recall(store, lambda *_: np.array(direction(5, NUMBERS))).pictures("anything")
    assert {hit.moment.id for hit in hits} == set(ids(0, 2))
    assert store.moment(draft(1).id).image_vector is None


def test_a_model_that_can_read_nothing_never_takes_over(renewal: Renewal) -> None:
    renewal.file(IMAGE, NEW, NUMBERS, dict.fromkeys(ids(0, 1, 2)))
    assert renewal.lacking(IMAGE, NEW) == []
    assert not renewal.settle(IMAGE, NEW)
    assert renewal.serving(IMAGE) == OLD


def test_a_model_that_is_given_up_leaves_nothing_behind(renewal: Renewal, profile: Profile) -> None:
    renewal.file(IMAGE, NEW, NUMBERS, {draft(0).id: vector(5)})
    assert folder(profile, NEW).is_dir()
    assert renewal.settle(IMAGE, OLD)
    assert not folder(profile, NEW).exists()
    assert renewal.serving(IMAGE) == OLD


def test_a_model_that_comes_back_is_filled_from_the_start(
    renewal: Renewal, store: Store, profile: Profile
) -> None:
    reader = Store(profile)
    for model, numbers in ((NEW, NUMBERS), (OLD, 512), (NEW, NUMBERS)):
        assert renewal.lacking(IMAGE, model) == ids(2, 1, 0)
        made = Vector(model, direction(5, numbers))
        renewal.file(IMAGE, model, numbers, dict.fromkeys(ids(0, 1, 2), made))
        assert renewal.settle(IMAGE, model)
        assert reader.moment(draft(1).id).image_vector == made


def test_the_channels_change_by_themselves(renewal: Renewal, store: Store) -> None:
    store.add([embedded(frame(9, "words"), 10)])
    renewal.file(IMAGE, NEW, NUMBERS, {key: vector(5) for key in ids(0, 1, 2)})
    assert renewal.settle(IMAGE, NEW)
    assert store.moment(draft(9).id).text_vector == embedded(draft(9), 10).text_vector


def test_what_was_forgotten_while_it_was_encoded_stays_forgotten(
    renewal: Renewal, store: Store, profile: Profile
) -> None:
    lacking = renewal.lacking(IMAGE, NEW)
    forget(store, Media(profile), profile, Span(draft(1).start_ns, draft(1).start_ns + 1))
    renewal.file(IMAGE, NEW, NUMBERS, {key: vector(5) for key in lacking})
    space = store.spaces.table(IMAGE, NEW)
    assert space is not None
    assert space.count(filtering.with_keys(ids(1))) == 0
    assert renewal.settle(IMAGE, NEW)


def test_a_change_that_is_cut_off_anywhere_is_finished(
    renewal: Renewal, store: Store, profile: Profile
) -> None:
    """At no point does search lose a picture, and in the end only the new vectors are there."""
    for number in itertools.count():
        renewal = Renewal(Store(profile))
        with pytest.MonkeyPatch.context() as monkeypatch:
            cut_off_before_write(number, monkeypatch)
            try:
                for key in renewal.lacking(IMAGE, NEW):
                    renewal.file(IMAGE, NEW, NUMBERS, {key: vector(5)})
                renewal.settle(IMAGE, NEW)
                break
            except CutOff:
                moments = store.moments(NOON, 1 << 62, light=False)
                assert len({m.image_vector.model for m in moments if m.image_vector}) == 1
                assert all(m.image_vector for m in moments)
    assert renewal.serving(IMAGE) == NEW
    assert not folder(profile, OLD).exists()


MODELS = {"one@1": 8, "two@2": 16}
steps = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 5), st.sampled_from(sorted(MODELS))),
    st.tuples(st.just("file"), st.integers(1, 3), st.sampled_from(sorted(MODELS))),
    st.tuples(st.just("settle"), st.just(0), st.sampled_from(sorted(MODELS))),
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plan=st.lists(steps, max_size=12))
def test_whoever_serves_after_settling_lacks_nothing(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[str, int, str]]
) -> None:
    store = Store(Profile.open(tmp_path_factory.mktemp("spaces") / "profile"))
    renewal = Renewal(store)
    for step, number, model in plan:
        if step == "add":
            store.add([seen(draft(number), 10, model, MODELS[model])])
        elif step == "file":
            some = renewal.lacking(IMAGE, model)[:number]
            made = Vector(model, direction(10, MODELS[model]))
            renewal.file(IMAGE, model, MODELS[model], dict.fromkeys(some, made))
        elif renewal.settle(IMAGE, model) and not renewal.lacking(IMAGE, model):
            assert_all_have(store, model)


def assert_all_have(store: Store, model: str) -> None:
    moments: list[Moment] = store.moments(NOON, 1 << 62, light=False)
    assert [m.image_vector.model for m in moments if m.image_vector] == [model] * len(moments)
