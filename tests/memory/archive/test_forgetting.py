"""What is forgotten is in no segment, whatever is decoded of what is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.errors import StoreError
from mirrordesk.memory.archive import segment, shelf
from mirrordesk.memory.archive.packing import Packing
from mirrordesk.memory.forget import forget
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Moment
from tests.memory.archive.conftest import YESTERDAY, Keep, pack_all
from tests.memory.archive.drawn import screen, with_photograph

SPAN = Span(YESTERDAY + 8 * clock.SECOND, YESTERDAY + 20 * clock.SECOND)
FORGOTTEN = range(8, 20)


def left(moments: list[Moment]) -> list[tuple[int, Moment]]:
    return [(n, m) for n, m in enumerate(moments) if n not in FORGOTTEN]


def every_picture(profile: Profile) -> list[np.ndarray]:
    pictures = []
    for path in sorted(profile.media.rglob("*.mkv")):
        with segment.opened(path) as source:
            pictures += [pixels.copy() for pixels in source.frames()]
    return pictures


def test_a_span_within_segments_is_gone_and_the_rest_as_it_was(
    profile: Profile, store: Store, media: Media, keep: Keep, packer: Packing
) -> None:
    moments = keep(range(40))
    pack_all(packer)
    gone = forget(store, media, profile, SPAN)
    assert (gone.moments, gone.media) == (12, 12)
    for number, moment in left(moments):
        assert (media.frame(str(moment.media)) == screen(number)).all()
    for number in FORGOTTEN:
        with pytest.raises(StoreError, match="is missing"):
            media.frame(str(moments[number].media))
    pictures = every_picture(profile)
    assert len(pictures) == 28
    for number in FORGOTTEN:
        assert not any((pixels == screen(number)).all() for pixels in pictures)


def test_no_name_or_file_tells_of_it_afterwards(
    profile: Profile, store: Store, media: Media, keep: Keep, packer: Packing
) -> None:
    moments = keep(range(8, 30))  # the segment begins with what is forgotten
    pack_all(packer)
    forget(store, media, profile, SPAN)
    for number, moment in enumerate(moments, 8):
        if number in FORGOTTEN:
            for path in profile.media.rglob("*"):
                assert moment.id not in path.name
                assert path.is_dir() or moment.id.encode() not in path.read_bytes()


def test_photographs_and_thumbnails_are_forgotten_too(
    profile: Profile, store: Store, media: Media, keep: Keep, packer: Packing
) -> None:
    moments = keep(range(24), with_photograph)
    pack_all(packer)
    shelf.thin(sorted(profile.media.rglob("*.mkv"))[0])
    forget(store, media, profile, SPAN)
    pictures = every_picture(profile)
    assert len(pictures) == 12
    for _, moment in left(moments):
        assert media.frame(str(moment.media)).shape == screen(0).shape


def test_a_segment_with_nothing_left_is_deleted(
    profile: Profile, store: Store, media: Media, keep: Keep, packer: Packing
) -> None:
    keep(range(8, 18))
    pack_all(packer)
    forget(store, media, profile, SPAN)
    assert not list(profile.media.rglob("*.mkv"))


def test_a_single_frame_is_taken_out(media: Media, keep: Keep, packer: Packing) -> None:
    moments = keep(range(10))
    pack_all(packer)
    assert media.remove(str(moments[4].media))
    assert not media.remove(str(moments[4].media))
    assert (media.frame(str(moments[5].media)) == screen(5)).all()


def test_forgetting_deletes_a_damaged_segment_whole_and_no_other(
    profile: Profile, store: Store, media: Media, keep: Keep, packer: Packing
) -> None:
    moments = keep(range(10))
    pack_all(packer)
    others = keep(range(100, 110))
    packer_again = Packing(store, profile, packer._attempts)
    pack_all(packer_again)
    first = sorted(profile.media.rglob("*.mkv"))[0]
    first.write_bytes(first.read_bytes()[:2000])
    with pytest.raises(StoreError, match="cannot be read"):
        media.frame(str(moments[0].media))
    assert (media.frame(str(others[3].media)) == screen(103)).all()
    forget(store, media, profile, SPAN)
    assert not first.exists()
    assert (media.frame(str(others[3].media)) == screen(103)).all()


def test_a_rewriting_that_was_cut_off_is_finished(
    profile: Profile, store: Store, media: Media, keep: Keep, packer: Packing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    moments = keep(range(8, 30))
    pack_all(packer)

    def cut_off(_paths: list[Path]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(shelf, "remove", cut_off)
        with pytest.raises(KeyboardInterrupt):
            forget(store, media, profile, SPAN)
    assert len(list(profile.media.rglob("*.mkv"))) == 2  # the old one and its successor
    Store(profile)  # finishes it
    assert len(every_picture(profile)) == 10
    assert (media.frame(str(moments[-1].media)) == screen(29)).all()


def test_a_damaged_segment_does_not_hide_or_cost_what_another_monitor_showed(
    profile: Profile, media: Media, keep: Keep, packer: Packing
) -> None:
    keep(range(0, 10, 2), source="left")
    moments = keep(range(1, 10, 2), source="right")
    pack_all(packer)
    for path in profile.media.rglob("*.mkv"):
        if Path(str(moments[0].media)).name not in shelf.about(path).names:
            damaged = path
            path.write_bytes(b"damaged")
    assert (media.frame(str(moments[1].media)) == screen(3)).all()
    assert media.remove(str(moments[1].media))
    assert damaged.exists()
