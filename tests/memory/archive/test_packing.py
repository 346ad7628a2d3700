"""Fresh frames move into segments, and nothing is lost or doubled however that ends."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from mirrordesk import clock
from mirrordesk.attempts import Attempts
from mirrordesk.memory.archive import binding, shelf
from mirrordesk.memory.archive.packing import Packing
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Moment, State
from tests.memory.archive.conftest import Keep, pack_all, packed_by
from tests.memory.archive.drawn import screen, with_photograph


def fresh(profile: Profile) -> list[Path]:
    return sorted(profile.media.rglob("*.webp"))


def segments(profile: Profile) -> list[Path]:
    return sorted(profile.media.rglob("*.mkv"))


def everything_archived(profile: Profile) -> list[str]:
    return sorted(name for path in segments(profile) for name in shelf.about(path).names)


def assert_shows(media: Media, moments: list[Moment], first: int = 0) -> None:
    for number, moment in enumerate(moments, first):
        assert moment.media
        assert (media.frame(moment.media) == screen(number)).all()


def test_packed_frames_keep_name_and_pixels(
    profile: Profile, store: Store, media: Media, keep: Keep, packer: Packing
) -> None:
    moments = keep(range(70))
    before = store.moments(0, 1 << 62)
    assert pack_all(packer) == 70
    assert fresh(profile) == []
    assert len(segments(profile)) >= 2  # no segment holds more than may be decoded in time
    assert_shows(media, moments)
    assert store.moments(0, 1 << 62) == before
    assert everything_archived(profile) == sorted(Path(m.media or "").name for m in moments)


def test_packing_makes_them_much_smaller(profile: Profile, keep: Keep, packer: Packing) -> None:
    keep(range(48))
    before = sum(path.stat().st_size for path in fresh(profile))
    pack_all(packer)
    assert sum(path.stat().st_size for path in segments(profile)) < before / 4


def test_what_something_has_still_to_look_at_stays_fresh(
    profile: Profile, keep: Keep, packer: Packing
) -> None:
    keep(range(3))
    keep(range(3, 5), ocr=State.PENDING)
    keep(range(5, 7), image=State.PENDING)
    assert pack_all(packer) == 3
    assert len(fresh(profile)) == 4


def test_a_few_frames_of_the_last_hour_wait_for_more(
    profile: Profile, keep: Keep, packer: Packing
) -> None:
    keep(range(10), since_ns=clock.now_ns() - clock.MINUTE)
    assert pack_all(packer) == 0
    assert len(fresh(profile)) == 10


def test_monitors_are_packed_apart(profile: Profile, keep: Keep, packer: Packing) -> None:
    keep(range(0, 10, 2), source="left")
    keep(range(1, 10, 2), with_photograph, source="right")
    assert pack_all(packer) == 10
    assert [len(shelf.about(path).names) for path in segments(profile)] == [5, 5]


def test_frames_that_no_moment_names_are_left_alone(
    profile: Profile, media: Media, packer: Packing, keep: Keep
) -> None:
    (moment,) = keep([1])
    orphan = profile.media / str(moment.media)
    orphan = orphan.with_name(orphan.name.replace(moment.id, "f" * 32))
    orphan.write_bytes((profile.media / str(moment.media)).read_bytes())
    assert pack_all(packer) == 1
    assert fresh(profile) == [orphan]


def test_a_damaged_fresh_frame_does_not_hold_up_the_others(
    profile: Profile, keep: Keep, packer: Packing, media: Media
) -> None:
    moments = keep(range(5))
    (profile.media / str(moments[2].media)).write_bytes(b"damaged")
    assert pack_all(packer) == 4
    assert_shows(media, moments[3:], 3)
    assert [path.name for path in fresh(profile)] == [Path(str(moments[2].media)).name]


def test_what_was_removed_while_it_was_packed_does_not_come_back(
    profile: Profile, keep: Keep, packer: Packing, media: Media
) -> None:
    moments = keep(range(6))
    forgetting = iter([lambda: media.remove(str(moments[0].media))])
    packer.step(lambda: next(forgetting, lambda: None)())  # once it was read
    assert everything_archived(profile) == []
    assert packed_by(Store(profile), profile).step(lambda: None) == 5
    assert len(everything_archived(profile)) == 5


PACKER = """
import os, signal, sys
from pathlib import Path
from mirrordesk import durable
from mirrordesk.memory.archive import binding, packing, shelf
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from tests.memory.archive.conftest import pack_all, packed_by

def dying(module, name, when):
    real = getattr(module, name)
    def wrapped(*args, **kwargs):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        done = real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
        return done
    setattr(module, name, wrapped)

profile = Profile.open(Path(sys.argv[1]))
places = {
    "bound": (binding.Binder, "bind", "after"),
    "half written": (durable, "sync_folder", "before"),
    "written": (shelf, "put", "after"),
    "half removed": (Path, "unlink", "after"),
    "removed": (shelf, "remove", "after"),
}
packer = packed_by(Store(profile), profile)
if sys.argv[2] == "half removed":
    real = shelf.remove
    def remove(paths):
        dying(Path, "unlink", "after")
        real(paths)
    shelf.remove = remove
elif sys.argv[2] in places:
    dying(*places[sys.argv[2]])
pack_all(packer)
print("done")
"""


@pytest.mark.parametrize(
    "place", ["bound", "half written", "written", "half removed", "removed", "anywhere"]
)
def test_a_killed_packer_loses_and_doubles_nothing(
    profile: Profile, media: Media, keep: Keep, store: Store, place: str
) -> None:
    moments = keep(range(16))
    command = [sys.executable, "-c", PACKER, str(profile.root), place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if place == "anywhere":
            while not list(profile.media.rglob("*.mkv*")) and process.poll() is None:
                time.sleep(0.002)
            process.kill()
        output = process.communicate()[0]
    assert place == "anywhere" or "done" not in output
    assert_shows(media, moments)  # before anything is tidied up
    again = packed_by(Store(profile), profile)
    pack_all(again)
    assert fresh(profile) == []
    assert everything_archived(profile) == sorted(Path(m.media or "").name for m in moments)
    assert_shows(media, moments)
    assert not list(profile.media.rglob("*.part"))


def test_what_takes_the_packer_down_every_time_is_left_as_it_is(
    profile: Profile, keep: Keep, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(range(4))

    def crash(_binder: binding.Binder) -> bytes:
        raise KeyboardInterrupt  # nothing that the packer could catch

    with monkeypatch.context() as crashing:
        crashing.setattr(binding.Binder, "bind", crash)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                packed_by(store, profile).step(lambda: None)
    assert Packing(store, profile, Attempts(profile.attempts)).step(lambda: None) == 0
    assert len(fresh(profile)) == 4
