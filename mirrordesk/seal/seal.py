"""One data key, and everything that is done with it.

Sealed bytes are

    1 byte    format
    4 bytes   id of the key
    12 bytes  nonce, random: good for 2**32 of them under one key (NIST SP 800-38D)
    n bytes   AES-256-GCM ciphertext
    16 bytes  tag, over the bytes `about` too, which say where they belong and lie elsewhere
"""

from __future__ import annotations

import base64
import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mirrordesk.seal.broken import Broken
from mirrordesk.seal.rotation import Matrix, rotation

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Vectors = npt.NDArray[np.float32]  # (n, d)

KEY_BYTES = 32
ID_BYTES = 4
NONCE_BYTES = 12
TAG_BYTES = 16
_FORMAT = b"\x01"
_NONCE_AT = len(_FORMAT) + ID_BYTES
_HEAD = _NONCE_AT + NONCE_BYTES
_TERM_BYTES = 8  # ten million different terms share no hash, but for one chance in 400,000
_MARK_BYTES = 10
_DECIMALS = 7  # of the numbers of a vector of length 1: what follows is noise of the turning
_REMEMBERED = 1 << 17  # terms whose hash is not computed again


@dataclass(frozen=True, repr=False)
class Seal:
    """A data key of 32 bytes. Each use has a key of its own, derived by HKDF (RFC 5869)."""

    key: bytes

    @staticmethod
    def fresh() -> Seal:
        """A key that nobody had before."""
        return Seal(os.urandom(KEY_BYTES))

    @functools.cached_property
    def id(self) -> bytes:
        """What names the key in every header, and tells nothing of it."""
        return self._derived("id")[:ID_BYTES]

    def seal(self, data: bytes, about: bytes) -> bytes:
        """`data`, to be opened only by this key and as what `about` says."""
        nonce = os.urandom(NONCE_BYTES)
        return _FORMAT + self.id + nonce + self.aead.encrypt(nonce, data, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """What was sealed. Raises Broken where this is not it."""
        if key_of(sealed) != self.id:
            raise Broken("These bytes were sealed with another key.")
        return self.decrypted(sealed[_NONCE_AT:_HEAD], sealed[_HEAD:], about)

    def decrypted(self, nonce: bytes, sealed: bytes, about: bytes) -> bytes:
        """What ciphertext and tag hold. Raises Broken where they are not intact."""
        try:
            return self.aead.decrypt(nonce, sealed, about)
        except self._refusals as error:
            raise Broken("These bytes are not what was sealed.") from error

    def secret(self, use: str) -> bytes:
        """32 bytes for another use, which tell nothing of the key or of other uses."""
        return self._derived(f"secret {use}")

    @functools.cached_property
    def aead(self) -> AESGCM:
        """The cipher for content."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self._derived("content"))

    @functools.cached_property
    def _refusals(self) -> tuple[type[Exception], ...]:
        from cryptography.exceptions import InvalidTag

        return InvalidTag, ValueError  # ValueError: too short for a nonce

    def term(self, term: str) -> str:
        """The hash that stands for a term in full-text search: 13 letters and digits."""
        return self._terms(term)

    def mark(self, value: str) -> str:
        """The hash by which rows with that value are found: 16 letters and digits."""
        return self._marks(value)

    @functools.cached_property
    def _terms(self) -> Callable[[str], str]:
        return _hashing(self._derived("terms"), _TERM_BYTES)

    @functools.cached_property
    def _marks(self) -> Callable[[str], str]:
        return _hashing(self._derived("filters"), _MARK_BYTES)

    def turned(self, vectors: Vectors) -> Vectors:
        """The vectors, shape (n, d), as they are stored. Cosines stay, but for rounding."""
        return (vectors.astype(np.float64) @ self._rotation(vectors.shape[1])).astype(np.float32)

    def turned_back(self, vectors: Vectors) -> Vectors:
        """Stored vectors, shape (n, d), as they were, but for rounding."""
        back = vectors.astype(np.float64) @ self._rotation(vectors.shape[1]).T
        return np.round(back, _DECIMALS).astype(np.float32)

    @functools.cached_property
    def _rotation(self) -> Callable[[int], Matrix]:
        return functools.cache(functools.partial(rotation, self._derived("rotation")))

    def _derived(self, use: str) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = f"mirrordesk {use}".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self.key)


Find = Callable[[bytes], Seal]  # the key of an id; raises Broken where there is none


def key_of(sealed: bytes) -> bytes:
    """The id of the key that sealed these bytes. Raises Broken where none did."""
    if sealed[:1] != _FORMAT or len(sealed) < _HEAD + TAG_BYTES:
        raise Broken("These bytes are not sealed.")
    return sealed[1 : 1 + ID_BYTES]


def opened_by(find: Find, sealed: bytes, about: bytes) -> bytes:
    """What was sealed with the key that `find` gives for its id. Raises Broken."""
    seal = find(key_of(sealed))
    return seal.decrypted(sealed[_NONCE_AT:_HEAD], sealed[_HEAD:], about)


def _hashing(key: bytes, size: int) -> Callable[[str], str]:
    @functools.lru_cache(maxsize=_REMEMBERED)
    def hashed(value: str) -> str:
        digest = blake2b(value.encode(), key=key, digest_size=size).digest()
        return base64.b32encode(digest).decode().rstrip("=").lower()

    return hashed
