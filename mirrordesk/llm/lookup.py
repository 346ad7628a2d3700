"""What probably comes next in an answer that quotes: what stood behind the same words before.

Such a draft is read in one batch with the token that was written, which takes less than one token
after the other, and holds as far as the model would have written the same: prompt lookup decoding
(Saxena 2023), a kind of speculative decoding (Leviathan and others 2022, arXiv:2211.17192).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

MOST = 3  # tokens of a draft; five and eight were no faster


class Lookup:
    """Finds in `prompt`, by its last place, each pair of tokens that stand side by side there."""

    def __init__(self, prompt: Sequence[int]) -> None:
        self._prompt = tuple(prompt)
        self._behind = {pair: at for at, pair in enumerate(pairwise(prompt), start=2)}

    def draft(self, written: Sequence[int]) -> Sequence[int]:
        """Up to `MOST` tokens that stood behind the last two of `written`; none where these never
        stood so."""
        if len(written) < 2:
            return ()
        at = self._behind.get((written[-2], written[-1]))
        return () if at is None else self._prompt[at : at + MOST]
