"""Where the secret that wraps the data keys lies: the system's keyring, a file, a person's head.

A secret is 32 bytes. None of these functions shows it to anybody, and none takes one out of the
arguments of a command or its environment.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from mirrordesk import durable
from mirrordesk.errors import KeyTrouble, MemoryLocked, WrongKey
from mirrordesk.paths import Profile
from mirrordesk.seal.ring import FILE, KEYRING, Wrapping
from mirrordesk.seal.seal import KEY_BYTES

SERVICE = "MirrorDesk"  # what the system's keyring files our secrets under
_OWN = 0o600
_RECOMMENDED = 1  # the least priority of what `keyring` calls so; below it are files in the clear
# RFC 9106's second choice: half a second, and 64 MiB for each guess
ARGON2: dict[str, int | str] = {
    "name": "argon2id",
    "iterations": 3,
    "lanes": 4,
    "memory_kib": 64 * 1024,
}
SCRYPT: dict[str, int | str] = {"name": "scrypt", "n": 1 << 17, "r": 8, "p": 1}


def fetch(profile: Profile, wrapping: Wrapping) -> bytes:
    """The secret. Raises MemoryLocked, WrongKey or KeyTrouble where it cannot be had."""
    if wrapping.place == KEYRING:
        return _from_keyring(wrapping.id)
    if wrapping.place == FILE:
        return _from_file(profile.key_file(wrapping.id))
    try:
        return _runtime_file(wrapping.id).read_bytes()
    except FileNotFoundError as error:
        raise MemoryLocked(
            "The memory is locked; `mirrordesk key unlock` asks for its passphrase."
        ) from error


def put(profile: Profile, wrapping: Wrapping, secret: bytes) -> None:
    """Leave the secret where `wrapping` says. Raises KeyTrouble where the keyring refuses."""
    if wrapping.place == KEYRING:
        _into_keyring(wrapping.id, secret)
    elif wrapping.place == FILE:
        durable.write(profile.key_file(wrapping.id), secret, mode=_OWN)
    else:
        file = _runtime_file(wrapping.id)
        _make_own(file.parent)
        durable.write(file, secret, sync=False, mode=_OWN)


def remove(profile: Profile, wrapping: Wrapping) -> None:
    """Take the secret away from there; nothing where it is not."""
    if wrapping.place == KEYRING:
        import keyring
        from keyring.errors import KeyringError

        with contextlib.suppress(KeyringError):  # it is of no use to anybody any more
            keyring.delete_password(SERVICE, wrapping.id)
    elif wrapping.place == FILE:
        profile.key_file(wrapping.id).unlink(missing_ok=True)
    else:
        _runtime_file(wrapping.id).unlink(missing_ok=True)


def keyring_name() -> str | None:
    """What the system's keyring is called; None where there is none that can be used."""
    import keyring

    backend = keyring.get_keyring()
    return str(backend.name) if backend.priority >= _RECOMMENDED else None


def of_passphrase(passphrase: str, wrapping: Wrapping) -> bytes:
    """The secret that a passphrase makes, slowly, so that guessing is slow as well."""
    salt, costs = bytes.fromhex(wrapping.salt), wrapping.costs
    if costs["name"] == ARGON2["name"]:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        return Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=int(costs["iterations"]),
            lanes=int(costs["lanes"]),
            memory_cost=int(costs["memory_kib"]),
        ).derive(passphrase.encode())
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    n, r, p = (int(costs[name]) for name in ("n", "r", "p"))
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=r, p=p).derive(passphrase.encode())


def costs() -> dict[str, int | str]:
    """How slow a new passphrase is made: by Argon2id, or scrypt where OpenSSL has no Argon2id."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        Argon2id(salt=bytes(16), length=KEY_BYTES, iterations=1, lanes=1, memory_cost=8)
    except UnsupportedAlgorithm:
        return dict(SCRYPT)
    return dict(ARGON2)


def _from_keyring(name: str) -> bytes:
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise KeyTrouble(
            "The key of the memory lies in the system's keyring, which does not answer; log in to "
            "the desktop, or unlock the keyring there."
        ) from error
    if found is None:
        raise WrongKey(
            "The key of the memory is no longer in the system's keyring, or that is another one; "
            "nobody can read the memory without it."
        )
    return bytes.fromhex(found)


def _into_keyring(name: str, secret: bytes) -> None:
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, name, secret.hex())
        if keyring.get_password(SERVICE, name) == secret.hex():
            return
    except KeyringError as error:
        raise KeyTrouble("The system's keyring does not take the key.") from error
    raise KeyTrouble("The system's keyring does not keep the key.")


def _from_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise WrongKey(
            f"The key file {path} is gone; nobody can read the memory without it: restore it from "
            "a backup."
        ) from error


def _runtime_file(name: str) -> Path:
    return _runtime_folder() / f"{name}.key"


def _runtime_folder() -> Path:
    """A folder for the time of a login: in memory, where the system has such a place."""
    named = os.environ.get("XDG_RUNTIME_DIR")
    if named:
        return Path(named) / "mirrordesk"
    owner = os.getuid() if sys.platform != "win32" else "keys"
    return Path(tempfile.gettempdir()) / f"mirrordesk-{owner}"


def _make_own(folder: Path) -> None:
    """Make a folder for us alone. Raises KeyTrouble where somebody else was there first."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if sys.platform == "win32":
        return
    about = folder.lstat()
    if about.st_uid != os.getuid() or about.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyTrouble(f"{folder} is open to others, so no key is put there; remove it.")
