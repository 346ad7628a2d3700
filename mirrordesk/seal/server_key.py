"""The key of another machine's language model: in the system's keyring, else sealed in the profile.

A key is kept for one origin (`https://host:port`) and handed out for that alone, so that another
address in the settings never gets it.
"""

from __future__ import annotations

import json
from pathlib import Path

from mirrordesk.errors import KeyTrouble
from mirrordesk.paths import Profile
from mirrordesk.seal import files, places
from mirrordesk.seal.broken import Broken


def path(profile: Profile) -> Path:
    """Where a key lies that no keyring takes: sealed, and sealed anew with all the rest."""
    return profile.root / "server.key"


def put(profile: Profile, origin: str, key: str) -> str:
    """Keep the key, an empty one to keep none; tells where it lies now.

    Raises KeyTrouble where neither keyring nor profile takes it.
    """
    remove(profile, origin)
    if not key:
        return "nowhere"
    if places.keyring_name() and _into_keyring(_name(origin), key):
        return "in the system's keyring"
    files.write(path(profile), json.dumps({"origin": origin, "key": key}).encode())
    return "sealed in the profile"


def get(profile: Profile, origin: str) -> str:
    """The key of that origin; empty where there is none. Raises KeyTrouble."""
    if places.keyring_name() and (found := _from_keyring(_name(origin))):
        return found
    try:
        kept = json.loads(files.read(path(profile)))
    except (FileNotFoundError, Broken, ValueError):  # ValueError: it is none of ours
        return ""
    return str(kept["key"]) if kept["origin"] == origin else ""


def remove(profile: Profile, origin: str) -> None:
    """Keep no key of that origin, and none in the profile."""
    import keyring
    from keyring.errors import KeyringError

    if places.keyring_name() and _from_keyring(_name(origin)):
        try:
            keyring.delete_password(places.SERVICE, _name(origin))
        except KeyringError as error:
            raise KeyTrouble("The system's keyring does not let go of the key.") from error
    path(profile).unlink(missing_ok=True)


def _name(origin: str) -> str:
    return f"language model at {origin}"


def _into_keyring(name: str, key: str) -> bool:
    """Whether the keyring took it; one that refuses is none."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(places.SERVICE, name, key)
    except KeyringError:
        return False
    return _from_keyring(name) == key


def _from_keyring(name: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(places.SERVICE, name) or ""
    except KeyringError as error:
        raise KeyTrouble(
            "The key of the answer server lies in the system's keyring, which does not answer."
        ) from error
