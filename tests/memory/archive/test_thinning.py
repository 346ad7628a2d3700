"""The budget: never a wall, never silent."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from mirrordesk import clock, footprint, words
from mirrordesk.attempts import Attempts
from mirrordesk.cli import main
from mirrordesk.memory.archive import segment
from mirrordesk.memory.archive.packing import Packing
from mirrordesk.memory.archive.segment import Level
from mirrordesk.memory.archive.thinning import Thinning
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.status import Storage
from tests.memory.archive.conftest import Keep, pack_all, packed_by

GENEROUS, TINY = 10**12, 1000


def levels(profile: Profile) -> list[Level | None]:
    """Of the segments, the oldest first."""
    return [segment.level_of(path) for path in sorted(profile.media.rglob("*.mkv"))]


def three_segments(store: Store, profile: Profile, keep: Keep) -> None:
    for first in (0, 100, 200):
        keep(range(first, first + 12))
        pack_all(packed_by(store, profile))


def test_nothing_is_thinned_within_the_budget(profile: Profile, store: Store, keep: Keep) -> None:
    three_segments(store, profile, keep)
    assert Thinning(store, profile, lambda: GENEROUS).step() == 0
    assert levels(profile) == [Level.FULL] * 3


def test_the_oldest_pixels_become_small_and_then_go_and_it_is_told(
    profile: Profile, store: Store, media: Media, keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    three_segments(store, profile, keep)
    texts = store.moments(0, 1 << 62)
    thinning = Thinning(store, profile, lambda: TINY)
    assert thinning.step() == 1
    assert levels(profile) == [Level.THUMBNAIL, Level.FULL, Level.FULL]
    assert footprint.Room(profile).storage(TINY, 0).small_before_ns > texts[0].start_ns
    assert "made small to save room" in capsys.readouterr().err
    while thinning.step():
        pass
    assert levels(profile) == [Level.TEXT] * 3
    assert store.moments(0, 1 << 62) == texts
    told = words.thinned(footprint.Room(profile).storage(TINY, 0), "UTC")
    assert len(told) == 2


def test_it_stops_as_soon_as_there_is_room(profile: Profile, store: Store, keep: Keep) -> None:
    three_segments(store, profile, keep)
    budgets = iter([TINY, GENEROUS])
    thinning = Thinning(store, profile, lambda: next(budgets, GENEROUS))
    while thinning.step():
        pass
    assert levels(profile).count(Level.FULL) == 2


def test_a_damaged_segment_does_not_hold_up_the_thinning(
    profile: Profile, store: Store, keep: Keep
) -> None:
    three_segments(store, profile, keep)
    sorted(profile.media.rglob("*.mkv"))[0].write_bytes(b"damaged")
    thinning = Thinning(store, profile, lambda: TINY)
    assert thinning.step() == 0
    assert thinning.step() == 1
    assert levels(profile)[1] is Level.THUMBNAIL


def test_a_thinning_that_was_cut_off_is_done_again(
    profile: Profile, store: Store, keep: Keep, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    (moment, *_) = keep(range(12))
    pack_all(Packing(store, profile, Attempts(profile.attempts)))

    def cut_off(_paths: list[Path]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr("mirrordesk.memory.archive.shelf.remove", cut_off)
        with pytest.raises(KeyboardInterrupt):
            Thinning(store, profile, lambda: TINY).step()
    assert media.kept(str(moment.media)).level is Level.FULL
    thinning = Thinning(store, profile, lambda: TINY)
    while thinning.step():
        pass
    assert set(levels(profile)) == {Level.TEXT}


def test_the_budget_is_told_as_time(profile: Profile) -> None:
    today = clock.at(clock.now_ns()).date()
    for ago in range(1, 5):  # 100 MB a day
        folder = profile.media / f"{today - timedelta(days=ago):%Y/%m/%d}"
        folder.mkdir(parents=True)
        with (folder / "1_2_x.mkv").open("wb") as file:
            file.truncate(100_000_000)
    room = footprint.Room(profile).storage(50 * 10**9, footprint.Footprint(profile.root).bytes())
    assert words.storage(room) == "50 GB ≈ 16 months at the rate of the last days"


def test_without_a_recorded_day_only_the_amount_is_told(profile: Profile) -> None:
    assert words.storage(footprint.Room(profile).storage(50 * 10**9, 0)) == "50 GB"


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (0.2, "less than a day"),
        (1, "1 day"),
        (20, "20 days"),
        (40, "6 weeks"),
        (426, "14 months"),
        (2000, "5 years"),
    ],
)
def test_lengths_of_time_read_well(days: float, told: str) -> None:
    assert words.lasting(days) == told


def test_nothing_thinned_says_nothing() -> None:
    assert words.thinned(Storage(1), "UTC") == []
    assert len(words.thinned(dataclasses.replace(Storage(1), small_before_ns=1), "UTC")) == 1


def test_the_status_tells_the_room_and_what_was_thinned(
    profile: Profile, store: Store, keep: Keep, capsys: pytest.CaptureFixture[str]
) -> None:
    three_segments(store, profile, keep)
    Thinning(store, profile, lambda: TINY).step()
    assert main(["status", "--profile", str(profile.root)]) == 0
    printed = capsys.readouterr().out
    assert "50 GB ≈ " in printed
    assert "were made small to save room" in printed
