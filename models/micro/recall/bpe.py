"""The tokenizer of the recall model: byte-level BPE in which each word of the suite is one token.

It cuts as Reader-micro's does. Merges apply in their order: the frame that the product puts around
evidence comes first, then what a name begins with, pairs of digits, the words of the templates, and
last the syllables of made-up words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from models.micro.reader import bpe
from models.micro.recall import facts, words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FRAME = (
    '"}\n',
    '{"id": "E',
    '", "time": "',
    '", "app": "',
    '", "title": "',
    '", "text": "',
    "<evidence ",
    "</evidence ",
    ">\n",
    "Now it is ",
    ".\nQuestion: ",
    '{"question": "',
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def tokenizer() -> Tokenizer:
    """The tokenizer, the same whenever it is made."""
    return bpe.assemble(_merges())


def _merges() -> Iterator[bpe.Merge]:
    for text in FRAME:
        yield from _folded(text)
    for start in words.SYLLABLES:
        if start.startswith(" "):
            yield from _folded(start[:2])
    yield from product("0123456789", "0123456789")
    for word in _template_words():
        yield from _folded(word)
    for syllable in words.SYLLABLES:
        yield from _folded(syllable)
    for word in (*words.NAMES, *words.THINGS):
        yield _letters(f" {word[:2]}"), word[2:]


def _template_words() -> Iterator[str]:
    """Each word as it stands in a text, with the blank before it."""
    for text in (*facts.FILLERS, facts.FACT, facts.QUESTION, facts.SYSTEM):
        for at, word in enumerate(re.findall(r" ?[A-Za-z]+(?![A-Za-z}])", text)):
            if at == 0:  # behind another sentence
                yield f" {word}"
            yield word
    yield from (*_DAYS, *facts.APPS, *facts.TITLES)


def _folded(text: str) -> Iterator[bpe.Merge]:
    """Merges that join the letters of `text` from left to right."""
    letters = _letters(text)
    for length in range(1, len(letters)):
        yield letters[:length], letters[length]


def _letters(text: str) -> str:
    """GPT-2's printable letters for ASCII bytes."""
    return text.replace(" ", "\u0120").replace("\n", "\u010a")
