"""A rotation that a key tells: lengths and angles of vectors stay, their directions do not.

The Q of the QR decomposition of a Gaussian matrix, its signs fixed, is uniform among all
orthogonal matrices (Mezzadri 2007, math-ph/0609050).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]  # (d, d), orthogonal

_UNIT = 2.0**-53  # turns the upper 53 bits of a word into a number from 0 to 1


def rotation(key: bytes, numbers: int) -> Matrix:
    """The rotation of vectors of that many numbers; `key` has 32 bytes."""
    gaussian = _gaussian(key, numbers * numbers).reshape(numbers, numbers)
    q, r = np.linalg.qr(gaussian)
    turn: Matrix = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return turn


def _gaussian(key: bytes, count: int) -> npt.NDArray[np.float64]:
    """Normal numbers, shape (count,). Box and Muller's, as numpy's streams may change."""
    pairs = -(-count // 2)
    words = np.frombuffer(_keystream(key, 16 * pairs), "<u8") >> np.uint64(11)
    one, two = ((words + 0.5) * _UNIT).reshape(2, pairs)
    length, angle = np.sqrt(-2.0 * np.log(one)), 2.0 * np.pi * two
    return np.concatenate([length * np.cos(angle), length * np.sin(angle)])[:count]


def _keystream(key: bytes, size: int) -> bytes:
    """Bytes that nobody foresees without the key."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    stream = Cipher(AES256(key), CTR(bytes(16))).encryptor()
    return stream.update(bytes(size)) + stream.finalize()
