"""Where the key lies, who opens the memory with it, and what happens without it."""

from __future__ import annotations

import hashlib
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mirrordesk import durable
from mirrordesk.capture.spool import Spool
from mirrordesk.cli import main
from mirrordesk.errors import KeyTrouble, MemoryLocked, UsageError, WrongKey
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.seal import files, holding, keys
from mirrordesk.seal.ring import FILE, KEYRING
from tests.logins import OpenKeyring
from tests.remembering import ID, LINE, remember

PHRASE = "correct horse battery"


def anew(profile: Profile) -> None:
    """As if another process came."""
    keys.of(profile).drop()


def tree(root: Path) -> dict[str, str]:
    """What every file below holds."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def remembers(profile: Profile) -> bool:
    anew(profile)
    return Store(profile).moment(ID).text == LINE


def test_without_a_keyring_the_key_is_a_file_of_ones_own(profile: Profile) -> None:
    remember(profile)
    (file,) = profile.root.glob("key-*.bin")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(profile.key_about.stat().st_mode) == 0o600
    assert holding.told(profile).place == FILE
    assert remembers(profile)


def test_a_keyring_is_taken_where_there_is_one(
    profile: Profile, system_keyring: OpenKeyring
) -> None:
    remember(profile)
    assert holding.told(profile).place == KEYRING
    assert not list(profile.root.glob("key-*.bin"))
    assert len(system_keyring.held) == 1
    assert remembers(profile)


def test_a_keyring_that_lost_the_key_or_is_away_is_told(
    profile: Profile, system_keyring: OpenKeyring
) -> None:
    remember(profile)
    system_keyring.held.clear()
    anew(profile)
    with pytest.raises(WrongKey, match="no longer in the system's keyring"):
        Store(profile)


def test_a_keyring_that_refuses_is_none(
    profile: Profile, system_keyring: OpenKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenKeyring, "set_password", lambda *_: None)
    remember(profile)
    assert holding.told(profile).place == FILE


def test_a_passphrase_opens_the_memory_for_a_login(profile: Profile, login: Path) -> None:
    remember(profile)
    holding.seal_by_passphrase(profile, PHRASE)
    assert not list(profile.root.glob("key-*.bin"))
    assert remembers(profile)
    (file,) = (login / "mirrordesk").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    holding.lock(profile)
    for door in (Store, Spool):
        with pytest.raises(MemoryLocked, match="mirrordesk key unlock"):
            door(profile)
    assert holding.told(profile).locked
    with pytest.raises(WrongKey, match="not the passphrase"):
        holding.unlock(profile, "incorrect horse")
    assert not list((login / "mirrordesk").iterdir())
    holding.unlock(profile, PHRASE)
    assert remembers(profile)


def test_the_place_can_be_changed_to_and_fro(profile: Profile, system_keyring: OpenKeyring) -> None:
    remember(profile)
    holding.seal_by_passphrase(profile, PHRASE)
    assert not system_keyring.held
    assert remembers(profile)
    holding.move(profile, KEYRING)
    with pytest.raises(UsageError):
        holding.lock(profile)
    assert remembers(profile)
    holding.move(profile, FILE)
    assert not system_keyring.held
    assert remembers(profile)


def test_without_a_keyring_the_key_cannot_move_there(profile: Profile) -> None:
    remember(profile)
    with pytest.raises(KeyTrouble, match="no keyring"):
        holding.move(profile, KEYRING)
    assert remembers(profile)


def test_a_short_passphrase_is_none(profile: Profile) -> None:
    with pytest.raises(UsageError, match="at least 8"):
        holding.seal_by_passphrase(profile, "short")


def test_a_wrong_key_touches_nothing(profile: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    remember(profile)
    (file,) = profile.root.glob("key-*.bin")
    file.write_bytes(bytes(32))
    anew(profile)
    before = tree(profile.root)
    for door in (Store, Spool):
        with pytest.raises(WrongKey, match="not the one of this memory"):
            door(profile)
    for command in ("status", "search budget", "forget --all --yes", "timeline"):
        status = main(["--profile", str(profile.root), *command.split()])
        assert status == WrongKey.exit_status == 10
        assert capsys.readouterr().err == (
            "mirrordesk: The key at hand is not the one of this memory.\n"
        )
    assert tree(profile.root) == before


def test_a_lost_key_is_never_replaced(profile: Profile) -> None:
    remember(profile)
    held = profile.key_about.read_bytes()
    profile.key_about.unlink()
    anew(profile)
    with pytest.raises(WrongKey, match=r"key\.json\) are gone"):
        Store(profile)
    profile.key_about.write_bytes(held)
    assert remembers(profile)


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"format": 1, "place": "moon"}'])
def test_a_damaged_key_file_is_one_sentence(profile: Profile, damage: bytes) -> None:
    remember(profile)
    profile.key_about.write_bytes(damage)
    anew(profile)
    with pytest.raises(WrongKey, match="damaged; restore it"):
        Store(profile)


def test_the_key_of_one_profile_does_not_open_another(profile: Profile, tmp_path: Path) -> None:
    remember(profile)
    other = Profile.open(tmp_path / "other")
    remember(other)
    durable.write(other.key_about, profile.key_about.read_bytes())
    anew(other)
    with pytest.raises(WrongKey):
        Store(other)


def test_processes_that_come_at_once_make_one_key(profile: Profile) -> None:
    code = (
        "import sys; from pathlib import Path; from mirrordesk.paths import Profile; "
        "from mirrordesk.seal import keys; "
        "print(keys.of(Profile(Path(sys.argv[1]))).newest.id.hex())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(profile.root)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    found = {process.communicate()[0] for process in started}
    assert found == {f"{keys.of(profile).newest.id.hex()}\n"}


def test_the_recorder_starts_without_the_libraries_of_the_key() -> None:
    code = (
        "import sys, mirrordesk.capture.recorder; "
        "print([n for n in ('cryptography', 'keyring') if n in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_a_file_lent_to_a_player_is_clear_and_ones_own(profile: Profile) -> None:
    sealed = profile.media / "1_2_a.ogg"
    files.write(sealed, b"some sound")
    copy = files.lent(sealed)
    assert copy.read_bytes() == b"some sound"
    assert profile.root not in copy.parents
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
