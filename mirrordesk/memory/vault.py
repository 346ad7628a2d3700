"""The vault: secrets that the person chose to keep, sealed by a key of their own.

One small file beside the tables, sealed as a whole: it does not tell the names of the secrets
either. No table holds any of it, so nothing here is ever embedded, indexed, searched or put into a
prompt, and a secret that is removed leaves no older version behind. The key lies in the system's
keyring, or a passphrase makes it; the key of the memory opens nothing here.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any

from mirrordesk import clock, durable
from mirrordesk.errors import KeyTrouble, MemoryLocked, UsageError, WrongKey
from mirrordesk.paths import Profile
from mirrordesk.seal import places
from mirrordesk.seal.broken import Broken
from mirrordesk.seal.holding import LEAST_LETTERS
from mirrordesk.seal.keys import new_id
from mirrordesk.seal.ring import KEYRING, PASSPHRASE, Wrapping
from mirrordesk.seal.seal import KEY_BYTES, Seal

FORMAT = 1
_OWN = 0o600
_HOLDER = "Another process changes the vault."
_DAMAGED = "The vault (vault.json) is damaged; restore it from a backup of the profile."


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret under the name that the person gave it."""

    name: str
    secret: str = field(repr=False)
    kept_ns: int


class Vault:
    """The vault of a profile. Every method but `place`, `make`, `lock` and `unlock` needs its key.

    They raise MemoryLocked where the passphrase was not given since the login, WrongKey where the
    key is not the one of this vault, KeyTrouble where the keyring does not answer, and leave
    everything as it was.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    @property
    def place(self) -> str | None:
        """Where its key lies, "keyring" or "passphrase"; None while there is no vault."""
        value = self._value()
        return self._wrapping(value).place if value is not None else None

    def make(self, passphrase: str | None = None) -> None:
        """Make an empty vault, opened by a passphrase, else by a key in the system's keyring."""
        with self._changing():
            if self._profile.vault.exists():
                raise UsageError("There is a vault already.")
            wrapping, secret = _new_key(passphrase)
            places.put(self._profile, wrapping, secret)
            self._write({}, wrapping, secret)

    def secrets(self) -> list[Secret]:
        """All secrets by name."""
        return [found for _, found in sorted(self._read().items())]

    def show(self, name: str) -> Secret:
        """The secret of that name. Raises UsageError where there is none."""
        if found := self._read().get(name):
            return found
        raise UsageError(f"The vault holds no secret named {name}.")

    def add(self, name: str, secret: str) -> None:
        """Keep a secret. Raises UsageError where the name is taken, or either is empty."""
        if not name.strip() or not secret:
            raise UsageError("A secret has a name, and is not empty.")

        def added(held: dict[str, Secret]) -> dict[str, Secret]:
            if name in held:
                raise UsageError(f"The vault holds a secret named {name} already; remove it first.")
            return {**held, name: Secret(name, secret, clock.now_ns())}

        self._change(added)

    def remove(self, name: str) -> None:
        """Take a secret out for good. Raises UsageError where there is none of that name."""
        self.show(name)
        self._change(lambda held: {key: one for key, one in held.items() if key != name})

    def unlock(self, passphrase: str) -> None:
        """Let the vault be opened until the person logs out, or locks it. Raises WrongKey."""
        value = self._there()
        wrapping = self._wrapping(value)
        if wrapping.place != PASSPHRASE:
            raise UsageError("This vault opens by the system's keyring; it has no passphrase.")
        secret = places.of_passphrase(passphrase, wrapping)
        try:
            _opened(value, wrapping, secret)
        except Broken as error:
            raise WrongKey("That is not the passphrase of the vault.") from error
        places.put(self._profile, wrapping, secret)

    def lock(self) -> None:
        """Let nobody open the vault without its passphrase."""
        wrapping = self._wrapping(self._there())
        if wrapping.place != PASSPHRASE:
            raise UsageError(
                "This vault opens by the system's keyring, which locks when you log out; "
                "`mirrordesk vault passphrase` gives it a passphrase."
            )
        places.remove(self._profile, wrapping)

    def set_passphrase(self, passphrase: str) -> None:
        """Let this passphrase be what opens the vault from now on."""
        with self._changing():
            held, old = self._read(), self._wrapping(self._there())
            wrapping, secret = _new_key(passphrase)
            places.put(self._profile, wrapping, secret)
            self._write(held, wrapping, secret)
            places.remove(self._profile, old)

    def _change(self, change: Callable[[dict[str, Secret]], dict[str, Secret]]) -> None:
        with self._changing():
            wrapping = self._wrapping(self._there())
            self._write(change(self._read()), wrapping, self._secret(wrapping))

    def _changing(self) -> AbstractContextManager[None]:
        return durable.lock(self._profile.vault_lock, holder=_HOLDER, wait=True)

    def _value(self) -> dict[str, Any] | None:
        """What the file says, None where there is none. Raises WrongKey where it is damaged."""
        if not self._profile.vault.exists():
            return None
        value = durable.read_json(self._profile.vault)
        if not isinstance(value, dict):
            raise WrongKey(_DAMAGED)
        return value

    def _there(self) -> dict[str, Any]:
        if (value := self._value()) is not None:
            return value
        raise UsageError("There is no vault yet; `mirrordesk vault add NAME` makes one.")

    def _wrapping(self, value: dict[str, Any]) -> Wrapping:
        try:
            if value["format"] > FORMAT:
                raise WrongKey("A newer MirrorDesk changed this vault; update the program.")
            found = Wrapping(value["place"], value["id"], value["salt"], value["costs"])
        except (KeyError, TypeError) as error:
            raise WrongKey(_DAMAGED) from error
        if found.place not in (KEYRING, PASSPHRASE):
            raise WrongKey(_DAMAGED)
        return found

    def _secret(self, wrapping: Wrapping) -> bytes:
        """The key at hand. What `places` says of the memory's is told of the vault's."""
        try:
            return places.fetch(self._profile, wrapping)
        except MemoryLocked as error:
            raise MemoryLocked(
                "The vault is locked; `mirrordesk vault unlock` asks for its passphrase."
            ) from error
        except WrongKey as error:
            raise WrongKey(
                "The key of the vault is no longer in the system's keyring, or that is another one."
            ) from error
        except KeyTrouble as error:
            raise KeyTrouble(
                "The key of the vault lies in the system's keyring, which does not answer."
            ) from error

    def _read(self) -> dict[str, Secret]:
        value = self._there()
        wrapping = self._wrapping(value)
        try:
            return _opened(value, wrapping, self._secret(wrapping))
        except Broken as error:
            raise WrongKey(
                "The vault does not open by its key; it, or that, was changed."
            ) from error

    def _write(self, held: dict[str, Secret], wrapping: Wrapping, secret: bytes) -> None:
        told = json.dumps([asdict(one) for one in held.values()]).encode()
        sealed = Seal(secret).seal(told, _about(wrapping))
        value = {"format": FORMAT, **asdict(wrapping), "held": base64.b64encode(sealed).decode()}
        durable.write_json(self._profile.vault, value, mode=_OWN)


def _new_key(passphrase: str | None) -> tuple[Wrapping, bytes]:
    """A key that nobody had, and where it lies. Raises UsageError, or KeyTrouble."""
    if passphrase is None:
        if places.keyring_name() is None:
            raise KeyTrouble("There is no keyring here, so the vault needs a passphrase.")
        return Wrapping(KEYRING, new_id()), os.urandom(KEY_BYTES)
    if len(passphrase) < LEAST_LETTERS:
        raise UsageError(f"A passphrase has at least {LEAST_LETTERS} letters.")
    wrapping = Wrapping(PASSPHRASE, new_id(), os.urandom(16).hex(), places.costs())
    return wrapping, places.of_passphrase(passphrase, wrapping)


def _opened(value: dict[str, Any], wrapping: Wrapping, secret: bytes) -> dict[str, Secret]:
    """What the vault holds. Raises Broken where `secret` did not seal it."""
    try:
        sealed = base64.b64decode(value["held"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise WrongKey(_DAMAGED) from error
    told = json.loads(Seal(secret).open(sealed, _about(wrapping)))
    return {one["name"]: Secret(**one) for one in told}


def _about(wrapping: Wrapping) -> bytes:
    return b"vault " + json.dumps(asdict(wrapping), sort_keys=True).encode()
