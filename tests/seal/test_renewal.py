"""A profile of before is sealed, a key is renewed, and either may be killed anywhere."""

from __future__ import annotations

import secrets
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mirrordesk import durable, rekeying
from mirrordesk.capture.spool import Spool
from mirrordesk.errors import ProfileLocked
from mirrordesk.memory import schema
from mirrordesk.memory.media import Media
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from mirrordesk.seal import container, files, holding, keys
from mirrordesk.seal.resealing import Resealing, unsealed
from tests.memory.test_migrations import opened_in_spite_of_cuts
from tests.seal import filled
from tests.seal.filled import FRAMES

KILLED = """
import os, signal, sys
from pathlib import Path
from mirrordesk import rekeying
from mirrordesk.memory.table import Table
from mirrordesk.paths import Profile
from mirrordesk.seal import files, holding
from mirrordesk.seal.resealing import Resealing

place, left = sys.argv[2], int(sys.argv[3])
owner, name = {
    "tables": (Table, "_overwrite"), "tidied": (Table, "_tidy"),
    "files": (files, "write"), "settled": (holding, "settle"),
}[place]
real = getattr(owner, name)

def killing(*arguments):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return real(*arguments)

setattr(owner, name, killing)
rekeying.renew(Profile(Path(sys.argv[1])))
"""


@pytest.fixture
def word() -> str:
    return "x" + secrets.token_hex(20)


def assert_whole(profile: Profile, store: Store, word: str, held: dict[Path, bytes]) -> None:
    """Everybody reads everything, by word and by place."""
    found = store.moments(0, 1 << 62, light=False)
    assert found == [filled.moment(number, word) for number in range(FRAMES)]
    assert len(Recall(store, None).search(word)) > 0
    assert filled.contents(profile) == held
    assert word in str(store.notes.each())


def assert_settled(profile: Profile, former: bytes) -> None:
    """Nothing is sealed with the former key, and nobody has it any more."""
    ring = keys.of(profile).ring()
    assert ring.settled
    assert [seal.id for seal in ring.seals] != [former]
    assert len(ring.seals) == 1
    assert {files.key_of(path) for path in filled.captured(profile)} == {ring.newest.id}
    raw = former.hex().encode()
    tables = [path for path in profile.store.rglob("*") if path.is_file()]
    assert {p.relative_to(profile.store).parts[0] for p in tables if raw in p.read_bytes()} <= {
        f"{schema.META}.lance"  # whose notes tell which key the tables had, and when
    }


@pytest.mark.parametrize(
    ("place", "after"),
    [("tables", 0), ("tables", 2), ("tidied", 1), ("files", 0), ("files", 17), ("settled", 0)],
)
def test_a_renewal_that_is_killed_harms_nothing_and_is_finished(
    profile: Profile, word: str, place: str, after: int
) -> None:
    store = Store(profile)
    filled.remember(store, word)
    held = filled.capture(profile, word)
    former = keys.of(profile).newest.id
    command = [sys.executable, "-c", KILLED, str(profile.root), place, str(after)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert len(keys.of(profile).ring().seals) == 2
    assert_whole(profile, store, word, held)  # who had it open goes on
    assert_whole(profile, Store(profile), word, held)
    resealing = Resealing(profile, store.writing)
    while resealing.step():
        assert filled.contents(profile) == held
    assert_settled(profile, former)
    assert_whole(profile, store, word, held)
    assert filled.bearing(profile, word) == []


def test_a_renewal_seals_everything_with_a_new_key(profile: Profile, word: str) -> None:
    store = Store(profile)
    filled.remember(store, word)
    held = filled.capture(profile, word)
    former = keys.of(profile).newest
    assert rekeying.renew(profile) == len(held)
    assert_settled(profile, former.id)
    assert_whole(profile, store, word, held)
    hashed = former.term(next(iter(word.split())))
    assert filled.bearing(profile, hashed) == []


def test_nobody_renews_while_something_records(profile: Profile, word: str) -> None:
    with (
        durable.lock(profile.recorder_lock, holder="held"),
        pytest.raises(ProfileLocked, match="end it first"),
    ):
        rekeying.renew(profile)


def test_what_is_forgotten_meanwhile_stays_forgotten_and_damage_holds_up_nothing(
    profile: Profile, word: str
) -> None:
    store = Store(profile)
    filled.capture(profile, word)
    holding.begin_renewal(profile)
    store.seal()
    resealing = Resealing(profile, store.writing)
    resealing.step()
    left = list(unsealed(profile))
    left[0].unlink()
    left[1].write_bytes(left[1].read_bytes()[:-1])
    while resealing.step():
        pass
    assert keys.of(profile).ring().settled
    assert not left[0].exists()


def of_before(profile: Profile, word: str) -> None:
    """A profile as it was before profiles were sealed."""
    other = Profile.open(profile.root.parent / "other")
    filled.remember(Store(other, Tables(other.store)), word)
    profile.store.rmdir()
    shutil.copytree(other.store, profile.store)
    for path, data in filled.capture(other, word).items():
        plain = profile.root / path.relative_to(other.root)
        plain.parent.mkdir(parents=True, exist_ok=True)
        plain.write_bytes(data)
    durable.write_json(profile.marker, {"format": 1, "created": "2026-11-01T00:00:00+00:00"})


def test_a_profile_of_before_is_sealed_and_its_clear_bytes_go(profile: Profile, word: str) -> None:
    of_before(profile, word)
    assert {path.parts[len(profile.root.parts)] for path in filled.bearing(profile, word)} == {
        "store",
        "spool",
    }
    held = filled.contents(profile)
    store = Store(profile)
    assert not keys.of(profile).ring().settled
    assert len(Spool(profile).waiting()) == 20
    assert_whole(profile, store, word, held)  # what is not sealed yet is read all the same
    resealing = Resealing(profile, store.writing)
    while resealing.step():
        assert_whole(profile, store, word, held)
    assert keys.of(profile).ring().settled
    assert filled.bearing(profile, word) == []
    for path in filled.captured(profile):
        assert container.key_of(path.read_bytes()) == keys.of(profile).newest.id
    assert Media(profile).frame(next(p for p in _frames(profile))).shape


def _frames(profile: Profile) -> list[str]:
    return [p.relative_to(profile.media).as_posix() for p in profile.media.rglob("*.webp")]


def test_sealing_a_profile_of_before_may_be_cut_off_anywhere(profile: Profile, word: str) -> None:
    of_before(profile, word)
    held = filled.contents(profile)
    store = opened_in_spite_of_cuts(profile)
    assert_whole(profile, store, word, held)
    for name in schema.SCHEMAS:
        assert len(store.tables[name]._table.list_versions()) == 1 or name == schema.META
    in_tables = [p for p in filled.bearing(profile, word) if profile.store in p.parents]
    assert in_tables == []


def test_an_older_program_does_not_open_a_sealed_profile(profile: Profile) -> None:
    Store(profile)
    assert durable.read_json(profile.marker)["format"] == 2
