"""The vault: opened by its own key alone, unreadable on the disk, and never a part of memory."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mirrordesk.errors import KeyTrouble, MemoryLocked, UsageError, WrongKey
from mirrordesk.memory.vault import Secret, Vault
from mirrordesk.paths import Profile
from tests.logins import OpenKeyring

PIN, PHRASE = "safe 4711", "correct horse battery"


@pytest.fixture
def by_keyring(profile: Profile, system_keyring: OpenKeyring) -> Vault:
    vault = Vault(profile)
    vault.make()
    vault.add("bank", PIN)
    return vault


@pytest.fixture
def by_passphrase(profile: Profile) -> Vault:
    vault = Vault(profile)
    vault.make(PHRASE)
    vault.add("bank", PIN)
    return vault


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_secret_is_shown_listed_and_removed(by_keyring: Vault) -> None:
    by_keyring.add("door", "1234#")
    assert [one.name for one in by_keyring.secrets()] == ["bank", "door"]
    assert by_keyring.show("bank").secret == PIN
    by_keyring.remove("bank")
    assert [one.name for one in by_keyring.secrets()] == ["door"]
    with pytest.raises(UsageError, match="no secret named bank"):
        by_keyring.show("bank")


def test_the_disk_tells_neither_secrets_nor_names(profile: Profile, by_keyring: Vault) -> None:
    by_keyring.add("my savings", "plutocrat")
    found = everything(profile.root)
    for told in (b"bank", b"4711", b"savings", b"plutocrat"):
        assert told not in found
    assert profile.vault.stat().st_mode & 0o077 == 0


def test_what_is_removed_leaves_no_file_that_held_it(profile: Profile, by_keyring: Vault) -> None:
    before = profile.vault.read_bytes()
    by_keyring.remove("bank")
    assert before not in everything(profile.root)
    assert len(profile.vault.read_bytes()) < len(before)


def test_a_locked_vault_opens_by_its_passphrase_alone(by_passphrase: Vault, login: Path) -> None:
    by_passphrase.lock()
    for refused in (by_passphrase.secrets, lambda: by_passphrase.add("door", "1234")):
        with pytest.raises(MemoryLocked, match="mirrordesk vault unlock"):
            refused()
    by_passphrase.unlock(PHRASE)
    assert by_passphrase.show("bank").secret == PIN
    shutil.rmtree(login)  # the person logs out, and in again
    login.mkdir(mode=0o700)
    with pytest.raises(MemoryLocked):
        by_passphrase.show("bank")


def test_a_wrong_passphrase_is_one_sentence_and_touches_nothing(
    profile: Profile, by_passphrase: Vault, login: Path
) -> None:
    by_passphrase.lock()
    before = profile.vault.read_bytes()
    with pytest.raises(WrongKey, match=r"^That is not the passphrase of the vault\.$"):
        by_passphrase.unlock("wrong horse battery")
    assert profile.vault.read_bytes() == before
    assert not list(login.rglob("*.key"))


def test_a_vault_of_the_keyring_takes_a_passphrase_and_changes_it(
    by_keyring: Vault, system_keyring: OpenKeyring
) -> None:
    by_keyring.set_passphrase(PHRASE)
    assert by_keyring.place == "passphrase"
    assert not system_keyring.held
    by_keyring.set_passphrase("another horse battery")
    by_keyring.lock()
    with pytest.raises(WrongKey):
        by_keyring.unlock(PHRASE)
    by_keyring.unlock("another horse battery")
    assert by_keyring.show("bank").secret == PIN


def test_a_keyring_that_does_not_answer_or_has_lost_the_key_is_told_of(
    by_keyring: Vault, system_keyring: OpenKeyring
) -> None:
    system_keyring.is_locked = True
    with pytest.raises(KeyTrouble, match="does not answer"):
        by_keyring.secrets()
    system_keyring.is_locked = False
    key = next(iter(system_keyring.held))
    system_keyring.held[key] = bytes(32).hex()
    with pytest.raises(WrongKey, match="does not open by its key"):
        by_keyring.secrets()
    del system_keyring.held[key]
    with pytest.raises(WrongKey, match="no longer in the system's keyring"):
        by_keyring.secrets()


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"format": 1, "place": "head"}'])
def test_a_damaged_vault_is_told_of_and_left(
    profile: Profile, by_keyring: Vault, damage: bytes
) -> None:
    profile.vault.write_bytes(damage)
    with pytest.raises(WrongKey, match="damaged"):
        by_keyring.add("door", "1234")
    assert profile.vault.read_bytes() == damage


def test_without_a_keyring_the_vault_needs_a_passphrase(profile: Profile) -> None:
    with pytest.raises(KeyTrouble, match="needs a passphrase"):
        Vault(profile).make()
    with pytest.raises(UsageError, match="at least"):
        Vault(profile).make("short")
    assert Vault(profile).place is None
    with pytest.raises(UsageError, match="no vault yet"):
        Vault(profile).secrets()


def test_what_cannot_be_kept_is_refused(by_keyring: Vault) -> None:
    for name, secret in (("bank", "again"), (" ", "x"), ("door", "")):
        with pytest.raises(UsageError):
            by_keyring.add(name, secret)
    with pytest.raises(UsageError, match="a vault already"):
        by_keyring.make()
    with pytest.raises(UsageError, match="has no passphrase"):
        by_keyring.unlock(PHRASE)
    with pytest.raises(UsageError, match="mirrordesk vault passphrase"):
        by_keyring.lock()


def test_a_secret_does_not_show_itself_in_a_trace() -> None:
    assert PIN not in repr(Secret("bank", PIN, 0))
