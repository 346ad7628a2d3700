"""The key of an answer server: in the keyring where there is one, and for its own address alone."""

from __future__ import annotations

import pytest

from mirrordesk import rekeying
from mirrordesk.errors import KeyTrouble
from mirrordesk.paths import Profile
from mirrordesk.seal import files, keys, server_key
from tests.logins import OpenKeyring

ORIGIN = "https://nas.local:443"


def test_a_key_lies_in_the_keyring_and_in_no_file(
    profile: Profile, system_keyring: OpenKeyring
) -> None:
    assert server_key.put(profile, ORIGIN, "sesame") == "in the system's keyring"
    assert "sesame" in system_keyring.held.values()
    assert server_key.get(profile, ORIGIN) == "sesame"
    assert server_key.get(profile, "https://other.local:443") == ""
    assert not (profile.root / "server.key").exists()
    server_key.put(profile, ORIGIN, "")
    assert "sesame" not in system_keyring.held.values()


def test_a_keyring_that_does_not_answer_is_told(
    profile: Profile, system_keyring: OpenKeyring
) -> None:
    server_key.put(profile, ORIGIN, "sesame")
    system_keyring.is_locked = True
    with pytest.raises(KeyTrouble, match="keyring"):
        server_key.get(profile, ORIGIN)


def test_without_a_keyring_a_key_lies_sealed_in_the_profile(profile: Profile) -> None:
    assert server_key.put(profile, ORIGIN, "sesame") == "sealed in the profile"
    assert server_key.get(profile, ORIGIN) == "sesame"
    assert server_key.get(profile, "https://other.local:443") == ""
    for path in profile.root.rglob("*"):
        assert not path.is_file() or b"sesame" not in path.read_bytes()
    assert server_key.put(profile, ORIGIN, "") == "nowhere"
    assert server_key.get(profile, ORIGIN) == ""


def test_a_key_in_the_profile_outlives_a_renewal_and_is_sealed_anew(profile: Profile) -> None:
    server_key.put(profile, ORIGIN, "sesame")
    former = keys.of(profile).newest.id
    rekeying.renew(profile)
    assert server_key.get(profile, ORIGIN) == "sesame"
    assert files.key_of(server_key.path(profile)) == keys.of(profile).newest.id != former


@pytest.mark.parametrize("content", [b"", b"\x00\xff no key", b"MDX1" + bytes(60)])
def test_a_file_that_holds_no_key_is_none(profile: Profile, content: bytes) -> None:
    server_key.path(profile).write_bytes(content)
    assert server_key.get(profile, ORIGIN) == ""
