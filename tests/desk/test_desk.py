"""The desk over a store: pictures by what they show, and what the profile takes on the disk."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mirrordesk import clock, config, footprint, shapes
from mirrordesk.control import Span
from mirrordesk.desk import Desk
from mirrordesk.errors import UsageError, WeightsMissing
from mirrordesk.footprint import Footprint
from mirrordesk.knowledge import Author
from mirrordesk.learning import digests
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.perception.base import ImageEncoder
from mirrordesk.perception.encoders import Encoders
from mirrordesk.records import Box, Channel, Kind, Moment, State, Summary, Vector
from tests.perception import tiny_models
from tests.remembering import ID, LINE, NOW, remember


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


def test_frames_like_a_stored_one_a_region_of_it_or_a_file_are_found(
    profile: Profile, tmp_path: Path
) -> None:
    _, checkpoint = tiny_models.clip_model(tmp_path)
    config.change(profile, "image.model", str(checkpoint))
    encoder = Encoders(lambda: config.load(profile)).get(Channel.IMAGE)
    assert isinstance(encoder, ImageEncoder)
    media, chance = Media(profile), np.random.default_rng(7)
    pixels = [chance.integers(0, 255, (64, 64, 3), np.uint8) for _ in range(3)]
    pixels.append(np.hstack([pixels[0], pixels[1]]))  # its left half is the first
    for number, one in enumerate(pixels):
        png = io.BytesIO()
        Image.fromarray(one).save(png, "png")
        path, width, height = media.put_frame(f"{number}", NOW + number, "UTC", png.getvalue())
        (row,) = encoder.encode_images([one])
        vector = Vector(encoder.identity, tuple(row.tolist()))
        frame = Moment(
            f"{number}", Kind.FRAME, NOW + number, NOW + number, "UTC", "monitor-1", media=path,
            width=width, height=height, image=State.DONE, image_vector=vector,
        )  # fmt: skip
        Store(profile).add([frame])
    Image.fromarray(pixels[2]).save(tmp_path / "third.png")
    with Desk(profile) as desk:
        assert desk.search_image(tmp_path / "third.png", 1)[0].moment.id == "2"
        assert desk.similar("3", 1, Box(0, 0, 64, 64))[0].moment.id == "0"
        assert "3" not in {hit.moment.id for hit in desk.similar("3")}
        with pytest.raises(UsageError, match="outside of the frame"):
            desk.similar("3", 1, Box(500, 0, 9, 9))
        with pytest.raises(UsageError, match="not a picture"):
            desk.search_image(profile.marker)


def test_which_came_first_is_answered_with_both_moments_cited(profile: Profile) -> None:
    said = ["The kiosk demo went well.", "Lunch with Ada at noon."]
    Store(profile).add(
        [
            Moment(f"{number}", Kind.NOTE, NOW + number, NOW + number, "UTC", "note", text=text)
            for number, text in enumerate(said)
        ]
    )
    with Desk(profile) as desk:
        answer = desk.ask("Which came first, lunch with Ada or the kiosk demo?")
        assert [claim.sources for claim in answer.claims] == [("0",), ("1",)]
        assert [citation.text for citation in answer.citations] == said
        assert answer.claims[0].text.endswith("The kiosk demo went well.")
        assert not answer.abstained


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


def test_a_day_comes_with_what_it_and_its_week_held_in_short(profile: Profile) -> None:
    remember(profile)
    day = clock.at(NOW, "UTC").date()
    with Desk(profile) as desk:
        assert (desk.day(day).summary, desk.day(day).week) == (None, None)
        episode = dataclasses.replace(desk.store.episodes_since(0)[0], title="notes", summary=LINE)
        desk.store.learn(digests.digests([episode]), [], Author.RULES)
        told = desk.day(day)
        assert told.summary == Summary("notes", (f"{clock.at(NOW, 'UTC'):%H:%M} notes: {LINE}",))
        assert told.week == Summary("notes", (f"{day:%A} notes: {LINE}",))
        assert shapes.day(told)["week"] == list(told.week.lines)
        desk.forget(Span(NOW, NOW + 1))
        assert (desk.day(day).summary, desk.day(day).week) == (None, None)
