"""Texts as a transcript is judged by: words without case and punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterable

LETTERS = " abcdefghijklmnopqrstuvwxyz'"


def letters(text: str) -> str:
    """The text in `LETTERS` alone."""
    return re.sub(f"[^{LETTERS}]", "", re.sub(r"[-\s]+", " ", text.lower()))


def edits(wanted: str, got: str) -> int:
    """The fewest words to put in, take out or replace (Levenshtein) between two texts."""
    a, b = letters(wanted).split(), letters(got).split()
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (word != other))
    return row[-1]


def error_rate(pairs: Iterable[tuple[str, str]]) -> float:
    """Word error rate over (wanted, got): edits by words wanted. May pass 1."""
    pairs = list(pairs)
    wrong = sum(edits(wanted, got) for wanted, got in pairs)
    return wrong / sum(len(letters(wanted).split()) for wanted, _ in pairs)
