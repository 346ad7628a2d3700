"""The words of the recall suite: made-up names and things, alike where they begin alike.

Each is one token of the recall model, and an ordinary made-up word to any other model.
"""

from __future__ import annotations

from itertools import product

_NAME_STARTS = tuple(one + other for one, other in product("BDGKLMRS", "ae"))
_THING_STARTS = tuple(f"{letter}u" for letter in "bdgklmpz")
_ENDS = tuple(
    one + other for one, other in product(("bi", "du", "fa", "ga", "ki", "lo", "me", "vu"), "dlmz")
)

NAMES = tuple(start + end for start, end in product(_NAME_STARTS, _ENDS))  # 512: what is asked for
THINGS = tuple(start + end for start, end in product(_THING_STARTS, _ENDS))  # 256: what they hold
SYLLABLES = (*(f" {start}" for start in (*_NAME_STARTS, *_THING_STARTS)), *_ENDS)


def family(word: str) -> str:
    """What words that begin alike share: the first two letters."""
    return word[:2]
