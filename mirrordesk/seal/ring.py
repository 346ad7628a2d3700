"""The data keys of a profile, and how `key.json` holds them: wrapped by one more key.

That key, the secret, lies elsewhere (`places.py`). So the secret can be moved, or a passphrase
changed, without touching anything that was recorded.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from mirrordesk.errors import WrongKey
from mirrordesk.seal.broken import Broken
from mirrordesk.seal.seal import Seal

FORMAT = 1
KEYRING, FILE, PASSPHRASE = "keyring", "file", "passphrase"
PLACES = (KEYRING, FILE, PASSPHRASE)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """Where the secret lies. `salt` and `costs` make it of a passphrase."""

    place: str
    id: str  # of this secret: 16 hex digits
    salt: str = ""  # hex digits
    costs: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, repr=False, slots=True)
class Ring:
    """The data keys, the newest first; older ones are there only until nothing needs them.

    `settled`: everything there is was sealed with the newest.
    """

    seals: tuple[Seal, ...]
    settled: bool

    @property
    def newest(self) -> Seal:
        """The one that seals what is new."""
        return self.seals[0]

    def find(self, key: bytes) -> Seal:
        """The key of that id. Raises Broken where the profile has none."""
        for seal in self.seals:
            if seal.id == key:
                return seal
        raise Broken(f"The profile has no key {key.hex()}.")


def wrapped(ring: Ring, wrapping: Wrapping, secret: bytes) -> dict[str, Any]:
    """What `key.json` says."""
    told = json.dumps({"keys": [s.key.hex() for s in ring.seals], "settled": ring.settled})
    sealed = Seal(secret).seal(told.encode(), _about(wrapping))
    return {"format": FORMAT, **asdict(wrapping), "ring": base64.b64encode(sealed).decode()}


def wrapping_of(value: Any) -> Wrapping:
    """Where `key.json` says the secret lies. Raises WrongKey where it is damaged."""
    try:
        if value["format"] > FORMAT:
            raise WrongKey("A newer MirrorDesk changed the key of this memory; update the program.")
        found = Wrapping(value["place"], value["id"], value["salt"], value["costs"])
    except (TypeError, KeyError) as error:
        raise WrongKey(_DAMAGED) from error
    if found.place not in PLACES:
        raise WrongKey(_DAMAGED)
    return found


def unwrapped(value: Any, secret: bytes) -> Ring:
    """The ring of `key.json`. Raises WrongKey where `secret` is not what wrapped it."""
    try:
        sealed = base64.b64decode(value["ring"])
        told = json.loads(Seal(secret).open(sealed, _about(wrapping_of(value))))
    except (TypeError, KeyError, ValueError, Broken) as error:
        raise WrongKey("The key at hand is not the one of this memory.") from error
    return Ring(tuple(Seal(bytes.fromhex(key)) for key in told["keys"]), told["settled"])


def _about(wrapping: Wrapping) -> bytes:
    return json.dumps(asdict(wrapping), sort_keys=True).encode()


_DAMAGED = "The file key.json of this memory is damaged; restore it from a backup of the profile."
