"""Secrets of many lines: private keys, recovery words, lists of recovery codes."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from mirrordesk.redaction import chance
from mirrordesk.redaction.spans import Secret, Span

LEAST_WORDS = 11  # of twelve; one may have been misread
LIST_ENDS = 3  # lines without a code
MOST_CODES = 40
KNOWN_WORDS = 0.85  # the part of a run that must be in the list
LEAST_ARMOUR, SHORT = 16, 64  # characters of a line of base 64, and of the last one

_BEGIN = re.compile(
    r"[-\u2013\u2014 ]*BEGIN[A-Z0-9 ]*PRIVATE\s?KEY[A-Z ]*[-\u2013\u2014]*", re.IGNORECASE
)
_END = re.compile(
    r"[-\u2013\u2014 ]*END[A-Z0-9 ]*PRIVATE\s?KEY[A-Z ]*[-\u2013\u2014]*", re.IGNORECASE
)
_HEADER = re.compile(
    r"\s*(?:Proc-Type|DEK-Info|Comment|Version|Encryption|PuTTY\S*)\s*:.*", re.IGNORECASE
)
_LINE = re.compile(r"[^\n]*(?:\n|$)")

_LIST = re.compile(
    r"(?:recovery|backup|back-up|scratch|emergency|one-time|wiederherstellungs|reserve|ersatz)[\s-]*codes?",
    re.IGNORECASE,
)
_CODES = re.compile(
    r"\W*(?:\d{1,2}[.):]?\s+)?(?=[^\n]*\d)(?:[A-Za-z0-9]{4,6}(?:[ -][A-Za-z0-9]{4,6}){1,4}"
    r"|[A-Za-z0-9]{6,12}|\d{8})(?:\s+(?:[A-Za-z0-9]{4,6}-[A-Za-z0-9]{4,6}|[a-z0-9]{8,12}))*\W*"
)
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9|]*")


def find(text: str) -> Iterator[Span]:
    """Every block, given the lines of a column in their order."""
    yield from _private_keys(text)
    yield from _recovery_codes(text)
    yield from _recovery_words(text)


def _private_keys(text: str) -> Iterator[Span]:
    for begin in _BEGIN.finditer(text):
        end = _END.search(text, begin.end())
        nearest = _BEGIN.search(text, begin.end())
        if end and not (nearest and nearest.start() < end.start()):
            yield Span(begin.start(), end.end(), Secret.PRIVATE_KEY)
        else:
            yield Span(begin.start(), _armoured(text, begin.end()), Secret.PRIVATE_KEY)


def _armoured(text: str, start: int) -> int:
    """Where the lines end that can belong to a key whose last line is not there."""
    end = start
    for line in _LINE.finditer(text, start):
        if not line[0] or not _is_armour(line[0].strip()):
            break
        end = line.end()
    return start + len(text[start:end].rstrip())


def _is_armour(line: str) -> bool:
    """Whether a line can be one of base 64, quoted or numbered, or a header of it."""
    if not line or _HEADER.fullmatch(line):
        return True
    is_short = len(line) <= SHORT and not chance.is_plain(line) and " " not in line
    return is_short or (chance.worded(line) < 0.4 and len(chance.body(line)) >= LEAST_ARMOUR)


def _recovery_codes(text: str) -> Iterator[Span]:
    for title in _LIST.finditer(text):
        others = found = 0
        for line in re.finditer(r"[^\n]+", text[title.end() :]):
            if (found and others >= LIST_ENDS) or others > 2 * LIST_ENDS or found >= MOST_CODES:
                break
            if _CODES.fullmatch(line[0]):
                found, others = found + 1, 0
                yield Span(title.end() + line.start(), title.end() + line.end(), Secret.CODE)
            else:
                others += 1


def _recovery_words(text: str) -> Iterator[Span]:
    """Runs of words of BIP-39, in which ordinary text never holds twelve."""
    tokens = list(_TOKEN.finditer(text))
    first = last = hits = 0
    for place, token in enumerate(tokens):
        if token[0].lower() not in _words():
            continue
        if place - last > 1 + (hits >= 2):  # within a run, one word may have been misread
            yield from _long_enough(tokens[first], tokens[last], hits)
            first, hits = place, 0
        last, hits = place, hits + 1
    if tokens:
        yield from _long_enough(tokens[first], tokens[last], hits)


def _long_enough(first: re.Match[str], last: re.Match[str], hits: int) -> Iterator[Span]:
    words = len(_TOKEN.findall(first.string, first.start(), last.end()))
    if hits >= LEAST_WORDS and hits >= KNOWN_WORDS * words:
        yield Span(first.start(), last.end(), Secret.WORDS)


@functools.cache
def _words() -> frozenset[str]:
    """The 2048 English words of BIP-39."""
    from mnemonic import Mnemonic

    return frozenset(Mnemonic("english").wordlist)
