"""The keys of a profile: made when it is first used, read when a process first needs them."""

from __future__ import annotations

import functools
import os
import threading
from pathlib import Path

from mirrordesk import durable
from mirrordesk.errors import KeyTrouble, WrongKey
from mirrordesk.paths import FORMAT, Profile
from mirrordesk.seal import places, ring
from mirrordesk.seal.ring import FILE, KEYRING, Ring, Wrapping
from mirrordesk.seal.seal import KEY_BYTES, Seal

_HOLDER = "Another process changes the key of the memory."
_SEALED = "sealed"  # in the profile's marker: a key was made
_OWN = 0o600


class Keys:
    """What seals and opens in a profile. Any thread may ask; a key that was renewed is noticed.

    Every method raises KeyTrouble where the keys cannot be had.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._lock = threading.Lock()
        self._read: tuple[durable.Stamp, Ring] | None = None
        self._secrets: dict[str, bytes] = {}  # by the id of their wrapping

    def ring(self) -> Ring:
        """The data keys as they are now; they are made where there are none."""
        stamp = durable.stamp(self._profile.key_about)
        known = self._read
        if known and known[0] == stamp:
            return known[1]
        with self._lock:
            if stamp is None:
                self._make()
            return self._reread()

    @property
    def newest(self) -> Seal:
        """What seals what is new."""
        return self.ring().newest

    def find(self, key: bytes) -> Seal:
        """The key of that id. Raises Broken where the profile has none."""
        return self.ring().find(key)

    def drop(self) -> None:
        """Know nothing any more."""
        with self._lock:
            self._read = None
            self._secrets.clear()

    def _reread(self) -> Ring:
        stamp = durable.stamp(self._profile.key_about)
        value = durable.read_json(self._profile.key_about)
        wrapping = ring.wrapping_of(value)
        secret = self._secrets.get(wrapping.id) or places.fetch(self._profile, wrapping)
        found = ring.unwrapped(value, secret)
        self._secrets = {wrapping.id: secret}
        if stamp is not None:
            self._read = stamp, found
        return found

    def _make(self) -> None:
        """Make the first key, unless another process was quicker."""
        with durable.lock(self._profile.key_lock, holder=_HOLDER, wait=True):
            if self._profile.key_about.exists():
                return
            about = durable.read_json(self._profile.marker)
            if not isinstance(about, dict) or about.get(_SEALED):
                raise WrongKey(
                    f"The keys of the memory in {self._profile.root} (key.json) are gone; restore "
                    "the file from a backup: nobody can read the memory without it."
                )
            first = Ring((Seal.fresh(),), settled=not self._profile.has_content())
            wrapping, secret = _first_place(self._profile)
            write(self._profile, first, wrapping, secret)
            marker = {**about, "format": FORMAT, _SEALED: True}
            durable.write_json(self._profile.marker, marker)


def _first_place(profile: Profile) -> tuple[Wrapping, bytes]:
    """A new secret where it is best kept without asking anybody: a keyring, or a file."""
    secret = os.urandom(KEY_BYTES)
    for place in (KEYRING, FILE) if places.keyring_name() else (FILE,):
        wrapping = Wrapping(place, new_id())
        try:
            places.put(profile, wrapping, secret)
        except KeyTrouble:
            if place == FILE:
                raise
            continue  # a keyring that refuses is none
        return wrapping, secret
    raise AssertionError("a file takes any secret")


def new_id() -> str:
    """A name for a secret."""
    return os.urandom(8).hex()


def write(profile: Profile, keys: Ring, wrapping: Wrapping, secret: bytes) -> None:
    """Put the ring into `key.json`; it is on the disk when this returns."""
    durable.write_json(profile.key_about, ring.wrapped(keys, wrapping, secret), mode=_OWN)


def of(profile: Profile) -> Keys:
    """The keys of a profile, the same object for each call."""
    return _of(profile.root)


@functools.lru_cache(maxsize=16)
def _of(root: Path) -> Keys:
    return Keys(Profile(root))
