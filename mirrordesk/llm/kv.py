"""The types a KV cache can be kept in, and how many bytes a cache of them takes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mirrordesk.errors import UsageError

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
    """What a model's cache holds for each token: heads of so many values, in so many layers."""

    layers: int
    heads: int
    key_length: int
    value_length: int

    def bytes_for(self, cells: int, keys: CacheType, values: CacheType) -> int:
        """Bytes of a cache of `cells` tokens."""
        each = self.key_length * keys.bytes_per_value + self.value_length * values.bytes_per_value
        return int(cells * self.layers * self.heads * each)

    def check(self, keys: CacheType, values: CacheType) -> None:
        """Raise UsageError where the heads cannot be cut into whole blocks of a quantised type."""
        for kind, length in ((keys, self.key_length), (values, self.value_length)):
            if kind.quantised and length % BLOCK:
                raise UsageError(
                    f"This model's heads of {length} values cannot be kept as {kind.name}; "
                    "set llm.type_k and llm.type_v to f16."
                )
