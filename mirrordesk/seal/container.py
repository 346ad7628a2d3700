"""A file in sealed chunks, so that what is in the middle is read without the rest.

    4 bytes   magic "MDX1"
    4 bytes   id of the key
    8 bytes   u64 size of what is sealed, little endian
    16 bytes  random, so that chunks of two files of one name cannot be exchanged
    then for each CHUNK bytes: 12 bytes nonce, ciphertext, 16 bytes tag

There is one chunk at least. Its tag covers all of the above, the name of the file and the number of
the chunk.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from mirrordesk.seal.broken import Broken
from mirrordesk.seal.seal import ID_BYTES, NONCE_BYTES, TAG_BYTES, Find, Seal

CHUNK = 64 * 1024  # bytes: 0.1 ms to open, and 28 more on the disk
HEAD_BYTES = 32
_HEAD = struct.Struct(f"<4s{ID_BYTES}sQ16s")
_MAGIC = b"MDX1"
_SEALED_CHUNK = CHUNK + NONCE_BYTES + TAG_BYTES


def key_of(head: bytes) -> bytes | None:
    """The id of the key that a file is sealed with, by its first bytes; None: it is not sealed."""
    is_sealed = len(head) >= HEAD_BYTES and head.startswith(_MAGIC)
    return head[len(_MAGIC) : len(_MAGIC) + ID_BYTES] if is_sealed else None


def pack(seal: Seal, data: bytes, name: str) -> bytes:
    """`data` as the bytes of a file of that name."""
    head = _HEAD.pack(_MAGIC, seal.id, len(data), os.urandom(16))
    parts = [head]
    for number, start in enumerate(range(0, max(len(data), 1), CHUNK)):
        nonce = os.urandom(NONCE_BYTES)
        about = _about(head, name, number)
        parts += [nonce, seal.aead.encrypt(nonce, data[start : start + CHUNK], about)]
    return b"".join(parts)


def _about(head: bytes, name: str, number: int) -> bytes:
    return head + number.to_bytes(8, "little") + name.encode()


class Reader(io.RawIOBase):
    """The clear bytes of a sealed file. Seeks, and opens only the chunks that are read.

    Raises Broken for those that are not what was sealed.
    """

    def __init__(self, file: BinaryIO, name: str, find: Find) -> None:
        super().__init__()
        self._file = file
        self._name = name
        self._head = file.read(HEAD_BYTES)
        key = key_of(self._head)
        if key is None:
            raise Broken(f"{name} is not sealed.")
        self._seal = find(key)
        self.size: int = _HEAD.unpack(self._head)[2]
        self._at = 0
        self._chunk: tuple[int, bytes] = (-1, b"")
        self._opened(0)  # whose tag covers the size

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read, counted in clear bytes."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Read on from there, counted in clear bytes."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("There is nothing before the beginning.")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill `buffer` with what follows, up to the end of a chunk; how much that was."""
        if self._at >= self.size:
            return 0
        number, within = divmod(self._at, CHUNK)
        part = self._opened(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _opened(self, number: int) -> bytes:
        if self._chunk[0] != number:
            self._file.seek(HEAD_BYTES + number * _SEALED_CHUNK)
            sealed = self._file.read(_SEALED_CHUNK)
            nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            data = self._seal.decrypted(nonce, rest, _about(self._head, self._name, number))
            if len(data) != min(CHUNK, self.size - number * CHUNK):
                raise Broken(f"{self._name} is not what was sealed.")
            self._chunk = number, data
        return self._chunk[1]

    def close(self) -> None:
        """Close the file, too."""
        self._file.close()
        super().close()
