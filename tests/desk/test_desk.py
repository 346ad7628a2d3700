"""The desk over a store: pictures by what they show, and what the profile takes on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirrordesk import config, footprint
from mirrordesk.control import Span
from mirrordesk.desk import Desk
from mirrordesk.errors import WeightsMissing
from mirrordesk.footprint import Footprint
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.perception.encoders import Encoders
from mirrordesk.records import Channel, Kind, Moment, State, Vector
from tests.perception import tiny_models
from tests.remembering import ID, NOW, remember


def test_looking_for_pictures_without_an_image_model_names_what_to_do(profile: Profile) -> None:
    config.change(profile, "image.model", "")
    with Desk(profile) as desk, pytest.raises(WeightsMissing, match="mirrordesk models"):
        desk.search_pictures("a chart")


def test_before_any_picture_was_looked_at_none_is_found(profile: Profile, tmp_path: Path) -> None:
    _, checkpoint = tiny_models.clip_model(tmp_path)
    config.change(profile, "image.model", str(checkpoint))
    with Desk(profile) as desk:
        assert desk.search_pictures("a chart") == []
        assert desk.search_pictures(" ") == []


def test_pictures_are_found_by_the_model_that_looked_at_them(
    profile: Profile, tmp_path: Path
) -> None:
    """Two frames with the vectors of two texts: each text finds its own first."""
    _, checkpoint = tiny_models.clip_model(tmp_path)
    config.change(profile, "image.model", str(checkpoint))
    encoder = Encoders(lambda: config.load(profile)).get(Channel.IMAGE)
    for number, row in enumerate(encoder.encode_texts(["a chart", "a map"])):
        vector = Vector(encoder.identity, tuple(row.tolist()))
        frame = Moment(
            f"{number}", Kind.FRAME, NOW, NOW, "UTC", "monitor-1",
            image=State.DONE, image_vector=vector,
        )  # fmt: skip
        Store(profile).add([frame])
    with Desk(profile) as desk:
        found = {query: desk.search_pictures(query, 1) for query in ("a chart", "a map")}
    assert [hit.moment.id for hits in found.values() for hit in hits] == ["0", "1"]
    assert found["a map"][0].score == pytest.approx(1.0, abs=1e-4)


def test_the_size_of_the_profile_is_summed_up_once_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "one").write_bytes(bytes(3000))
    size = Footprint(tmp_path)
    first = size.bytes()
    assert first >= 3000
    (tmp_path / "two").write_bytes(bytes(500))
    assert size.bytes() == first
    now = footprint.time.monotonic()
    monkeypatch.setattr(footprint.time, "monotonic", lambda: now + footprint.FRESH_S)
    assert size.bytes() == first + 500


def test_the_size_is_summed_up_anew_after_forgetting(profile: Profile) -> None:
    remember(profile)
    ballast = profile.media / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    with Desk(profile) as desk:
        before = desk.report().bytes
        assert desk.moment(ID).id == ID
        ballast.unlink()
        assert desk.report().bytes == before
        desk.forget(Span(NOW, NOW + 1))
        assert desk.report().bytes < before - 500_000
