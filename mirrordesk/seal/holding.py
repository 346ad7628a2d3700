"""What a person decides about the key: where it lies, whether it is at hand, that it is renewed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from mirrordesk import durable
from mirrordesk.errors import KeyTrouble, UsageError, WrongKey
from mirrordesk.paths import Profile
from mirrordesk.seal import keys, places, ring
from mirrordesk.seal.ring import KEYRING, PASSPHRASE, Ring, Wrapping
from mirrordesk.seal.seal import KEY_BYTES, Seal

LEAST_LETTERS = 8  # of a passphrase
_HOLDER = "Another process changes the key of the memory."


@dataclass(frozen=True, slots=True)
class Holding:
    """Where the secret lies, and whether it is at hand.

    `settled`: everything is sealed with the newest key; None where that cannot be told.
    `keyring`: what the system's keyring is called; None where there is none.
    """

    place: str
    locked: bool
    settled: bool | None
    keyring: str | None


def told(profile: Profile) -> Holding:
    """How it stands. Raises KeyTrouble where the key is not the right one."""
    keys.of(profile).drop()
    value = durable.read_json(profile.key_about)
    if value is None:
        keys.of(profile).ring()
        value = durable.read_json(profile.key_about)
    wrapping = ring.wrapping_of(value)
    try:
        settled = keys.of(profile).ring().settled
    except WrongKey:
        raise
    except KeyTrouble:
        return Holding(wrapping.place, True, None, places.keyring_name())
    return Holding(wrapping.place, False, settled, places.keyring_name())


def unlock(profile: Profile, passphrase: str) -> None:
    """Put the secret at hand for the time of this login. Raises WrongKey, UsageError."""
    wrapping = _wrapping(profile)
    if wrapping.place != PASSPHRASE:
        raise UsageError("This memory has no passphrase; `mirrordesk key passphrase` sets one.")
    secret = places.of_passphrase(passphrase, wrapping)
    try:
        ring.unwrapped(durable.read_json(profile.key_about), secret)
    except WrongKey as error:
        raise WrongKey("That is not the passphrase of this memory.") from error
    places.put(profile, wrapping, secret)


def lock(profile: Profile) -> None:
    """Take the secret away from this login; what runs already goes on. Raises UsageError."""
    wrapping = _wrapping(profile)
    if wrapping.place != PASSPHRASE:
        raise UsageError("Only a memory with a passphrase can be locked.")
    places.remove(profile, wrapping)
    keys.of(profile).drop()


def seal_by_passphrase(profile: Profile, passphrase: str) -> None:
    """Let a passphrase be what opens the memory. Raises UsageError where it is too short."""
    if len(passphrase) < LEAST_LETTERS:
        raise UsageError(f"A passphrase has at least {LEAST_LETTERS} letters.")
    wrapping = Wrapping(PASSPHRASE, keys.new_id(), os.urandom(16).hex(), places.costs())
    _move(profile, wrapping, places.of_passphrase(passphrase, wrapping))


def move(profile: Profile, place: str) -> None:
    """Let the secret lie in the system's keyring, or in a file of the profile.

    Raises KeyTrouble where there is no keyring that takes it.
    """
    if place == KEYRING and places.keyring_name() is None:
        raise KeyTrouble("There is no keyring here; `mirrordesk key passphrase` needs none.")
    _move(profile, Wrapping(place, keys.new_id()), os.urandom(KEY_BYTES))


def _move(profile: Profile, wrapping: Wrapping, secret: bytes) -> None:
    """Wrap the ring anew. Cut off anywhere, the old secret or the new one opens it."""
    old = _wrapping(profile)
    places.put(profile, wrapping, secret)
    _change(profile, lambda found: found, wrapping, secret)
    places.remove(profile, old)


def begin_renewal(profile: Profile) -> None:
    """Let a fresh key seal what is new from now on; until `settle` the old one opens the rest.

    Nobody may write meanwhile: the caller holds the locks of recorder, perception and memory.
    """
    _change(profile, lambda found: Ring((Seal.fresh(), *found.seals), settled=False))


def settle(profile: Profile) -> None:
    """Forget every key but the newest, as nothing is sealed with them any more."""
    _change(profile, lambda found: Ring((found.newest,), settled=True))


def _change(
    profile: Profile,
    change: Callable[[Ring], Ring],
    wrapping: Wrapping | None = None,
    secret: bytes | None = None,
) -> None:
    keys.of(profile).ring()  # makes one where there is none, which takes the same lock
    with durable.lock(profile.key_lock, holder=_HOLDER, wait=True):
        found = keys.of(profile).ring()
        current = _wrapping(profile)
        own = places.fetch(profile, current) if secret is None else secret
        keys.write(profile, change(found), wrapping or current, own)


def _wrapping(profile: Profile) -> Wrapping:
    if not profile.key_about.exists():
        keys.of(profile).ring()
    return ring.wrapping_of(durable.read_json(profile.key_about))
