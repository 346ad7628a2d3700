"""Whether characters look drawn by chance, as keys are, or like what people and programs name.

Entropy alone cannot tell: it is as high for hashes, ids and code. What tells is how often upper
case, lower case and digits take turns, and how much of it is words.
"""

from __future__ import annotations

import re
from itertools import pairwise

SHORT_PART, LEAST_PART = 6, 6  # letters and digits of a piece, and of one that vouches for it
MARGIN = ".,;:!?)]}>\"'`’”"  # ends a sentence or a bracket, and is no part of a key

_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[A-Z]{5,}")
_HEX = re.compile(r"[0-9a-f]+")
# what OCR makes of digits; a hash must stay one
_CONFUSED = str.maketrans("OolI|SsZzGgq", "001115522699")
_NEXT_PARTS = re.compile(r" (?=([\w-]+)(?: ([\w-]+))?(?:[\s.,;:!?)\]}\"'=]|$))")
_JOINTS = re.compile(r"[-_]")
_MIXED = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9]{5,}")
_CROWD = re.compile(r"[^aeiouyAEIOUY]{4,}")  # no word has so many consonants side by side
_VOWEL = re.compile(r"[aeiouyAEIOUY]")

_PLAIN = re.compile(
    r"""
      [A-Z]?[a-z]+ | [A-Z]+                     # a word
    | [\d.,:%/-]+                               # a number, a time, a date
    | v?\d+(?:\.\w+)+                           # a version
    | \d+[-]?[A-Za-z]{1,5} | [A-Za-z]{1,4}\d{1,3}   # 8-char, 500ms, sha256, utf8
    | [A-Za-z][\w-]*\.[A-Za-z]{2,4}             # a file, a host
    | \S+@\S+\.\S+                              # a mail address
    | (?:https?|ftp|file):\S* | [~.]?/\S* | [A-Za-z]:\\\S*   # an address, a path
    """,
    re.VERBOSE,
)
_SIGN = re.compile(r"[^\w\s.,:;()\[\]{}<>'\"`’“”/-]")


def body(text: str) -> str:
    """The letters and digits of `text`."""
    return "".join(c for c in text if c.isascii() and c.isalnum())


def folded(text: str) -> str:
    """`text` as far as OCR can be trusted: what it confuses is the same, and nothing but that."""
    return body(text.translate(_CONFUSED)).lower()


def is_hex(text: str) -> bool:
    """Whether it is a number in base 16, also one that OCR has read badly."""
    return bool(_HEX.fullmatch(body(text.translate(_CONFUSED)).lower()))


def changes(text: str) -> float:
    """How often two neighbours differ in kind (upper, lower, digit), of 1."""
    kinds = [c.isdigit() + 2 * c.isupper() for c in body(text)]
    return sum(a != b for a, b in pairwise(kinds)) / max(1, len(kinds) - 1)


def worded(text: str) -> float:
    """How much of it is made of what could be words, of 1."""
    words = [word for word in _WORD.findall(text) if _can_be_said(word)]
    return sum(map(len, words)) / max(1, len(body(text)))


def _can_be_said(word: str) -> bool:
    return not _CROWD.search(word) and len(_VOWEL.findall(word)) * 5 >= len(word)


def is_random(text: str, least: int) -> bool:
    """Whether `text` holds `least` letters and digits that seem drawn by chance. A hash does not.

    Of the strings that are (62 letters and digits, 24 long) it knows 97 in 100.
    """
    inner = body(text)
    if len(inner) < least or is_hex(inner):
        return False
    digits = sum(map(str.isdigit, inner))
    if digits in (0, len(inner)):
        return digits == 0 and changes(inner) >= 0.42 and worded(inner) < 0.25
    if inner == inner.lower() or inner == inner.upper():
        return changes(inner) >= 0.3 and digits >= 0.15 * len(inner)
    return changes(inner) >= 0.4 and worded(inner) < 0.5


def is_key(text: str) -> bool:
    """Whether `text` can be a key, given that a label beside it says so."""
    inner = body(text)
    has_both = any(map(str.isdigit, inner)) and any(map(str.isalpha, inner))
    a_name = worded(inner) >= 0.6 and changes(inner) < 0.2
    if len(inner) < 8 or a_name or not (has_both or is_random(inner, 16)):
        return False
    return len(inner) >= 16 or changes(inner) >= 0.3


def is_password(text: str) -> bool:
    """Whether a word can hardly be anything else, given that it stands beside "password"."""
    if not 6 <= len(text) <= 80 or _PLAIN.fullmatch(text):
        return False
    has_digit = any(map(str.isdigit, text))
    return any(map(str.isalpha, text)) and (has_digit or bool(_SIGN.search(text[:-1])))


def is_plain(text: str) -> bool:
    """Whether it is a word, a number, a file name or an address."""
    return bool(_PLAIN.fullmatch(text.strip(MARGIN)))


def continued(text: str, end: int) -> int:
    """Where a key that ends at `end` ends if OCR has put spaces into it."""
    while match := _NEXT_PARTS.match(text, end):
        part, after = match[1], match[2] or ""
        if is_part(part):
            end += 1 + len(part)
        elif len(part) <= SHORT_PART and is_random(after, LEAST_PART):
            end += 2 + len(part) + len(after)
        else:
            break
    return end


def is_part(part: str) -> bool:
    """Whether it can belong to the key before it and is nothing by itself."""
    if len(part) < 3 or is_plain(part):
        return False
    return changes(part) >= 0.3 or any(_MIXED.fullmatch(piece) for piece in _JOINTS.split(part))
