"""The types a KV cache can be kept in, and how many bytes a cache of them takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction

from mirrordesk.errors import UsageError

_ROTATED = 64  # values: heads of whole multiples of this are rotated by llama.cpp
BLOCK = 32  # values that share one scale in every quantised type below


@dataclass(frozen=True, slots=True)
class CacheType:
    """A ggml type. `number` is ggml's own; `bytes_per_value` counts the scales too."""

    name: str
    number: int
    bytes_per_value: Fraction
    quantised: bool


_TYPES = {
    kind.name: kind
    for kind in (
        CacheType("f32", 0, Fraction(4), False),
        CacheType("f16", 1, Fraction(2), False),
        CacheType("bf16", 30, Fraction(2), False),
        CacheType("q8_0", 8, Fraction(34, BLOCK), True),
        CacheType("q5_1", 7, Fraction(24, BLOCK), True),
        CacheType("q5_0", 6, Fraction(22, BLOCK), True),
        CacheType("q4_1", 3, Fraction(20, BLOCK), True),
        CacheType("q4_0", 2, Fraction(18, BLOCK), True),
    )
}


def cache_type(name: str) -> CacheType:
    """The type of that name. Raises UsageError, which lists the valid ones."""
    try:
        return _TYPES[name.strip().lower()]
    except KeyError:
        raise UsageError(
            f"There is no KV cache type `{name}`; there are: {', '.join(_TYPES)}."
        ) from None


@dataclass(frozen=True, slots=True)
class CacheShape:
    """What a model's cache holds for each token: heads of so many values, in so many layers.

    Where layers differ, `heads` is the greatest number of any; then, and where layers look back
    only so far, share their cache or keep states instead, `forecast` alone knows the bytes.
    """

    layers: int
    heads: int
    key_length: int
    value_length: int
    queries: int = 0  # heads that ask, of which several may share one that is kept

    def bytes_for(self, cells: int, keys: CacheType, values: CacheType) -> int:
        """Bytes of a cache of `cells` tokens in which all layers are alike."""
        each = self.key_length * keys.bytes_per_value + self.value_length * values.bytes_per_value
        return int(cells * self.layers * self.heads * each)

    def turns(self, keys: CacheType) -> bool:
        """Whether keys of this type can be turned to new positions, that is: be moved in the cache.

        llama.cpp has no way to turn bf16, and turns quantised keys by way of the rotation that it
        spreads outliers with, which heads of other lengths have not. Asked all the same, it ends
        the process (seen with llama-cpp-python 0.3.36; ggml-org/llama.cpp#25636).
        """
        if keys.quantised:
            return self.key_length % _ROTATED == 0 and "LLAMA_ATTN_ROT_DISABLE" not in os.environ
        return keys.name != "bf16"

    def check(self, keys: CacheType, values: CacheType) -> None:
        """Raise UsageError where the heads cannot be cut into whole blocks of a quantised type."""
        for kind, length in ((keys, self.key_length), (values, self.value_length)):
            if kind.quantised and length % BLOCK:
                raise UsageError(
                    f"This model's heads of {length} values cannot be kept as {kind.name}; "
                    "set llm.type_k and llm.type_v to f16."
                )
