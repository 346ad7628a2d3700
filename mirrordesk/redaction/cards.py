"""Card numbers: the shapes that card schemes use, and Luhn's check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mirrordesk.redaction.spans import Secret, Span

_DIGIT = r"[\dOolI|SB]"  # and what OCR makes of one
_GAP = r"[ \t\n\u00a0.\-\u2013]{1,3}"
_SHAPES = re.compile(
    rf"""(?<![\w.,])(?<![A-Z]{{2}}\d\d\ )(?:  # not within an IBAN
      {_DIGIT}{{4}} (?: (?:{_GAP})? {_DIGIT}{{4}} ){{3}} (?P<tail> {_GAP} {_DIGIT}{{1,3}} )?
    | {_DIGIT}{{4}} (?:{_GAP})? {_DIGIT}{{6}} (?:{_GAP})? {_DIGIT}{{4,5}}
    | {_DIGIT}{{13,19}}
    )(?![\w]|[.,]\d)""",
    re.VERBOSE,
)
_READ = str.maketrans("OolI|SB", "0011158")
_MISREAD = 4  # digits at most; with more it is a word
# Visa, Mastercard, American Express, Discover, JCB, Diners, UnionPay, Maestro: how they begin
_SCHEMES = re.compile(
    r"""4(?:\d{12}|\d{15}|\d{18}) | 5[1-5]\d{14} | 2[2-7]\d{14} | 3[47]\d{13}
    | 6(?:011|4[4-9]\d|5\d\d)\d{12} | 35\d{14} | 3(?:0[0-5]|[68]\d)\d{11}
    | 62\d{14,17} | (?:50|5[6-9]|6\d)\d{14,17}""",
    re.VERBOSE,
)


def find(text: str) -> Iterator[Span]:
    """Every card number, in one piece or in groups."""
    for match in _SHAPES.finditer(text):
        without_tail = match.start("tail")  # of 19 digits, or something that follows 16
        for end in (match.end(), without_tail):
            if is_card(match.string[match.start() : max(end, match.start())]):
                yield Span(match.start(), end, Secret.CARD)
                break


def is_card(written: str) -> bool:
    """Whether digits, with gaps and as OCR reads them, are a card's number."""
    misread = sum(c.isalpha() or c == "|" for c in written)
    digits = "".join(c for c in written.translate(_READ) if c.isdigit())
    if misread > _MISREAD or len(set(digits)) == 1:
        return False
    return bool(_SCHEMES.fullmatch(digits)) and passes_luhn(digits)


def passes_luhn(digits: str) -> bool:
    """Luhn's sum: from the right, every other digit counts twice (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0
