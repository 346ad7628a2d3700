"""What is found: stretches of a text and what they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Secret(StrEnum):
    """What must not be kept, in the words that stand in its place."""

    PASSWORD = "password"
    KEY = "key"  # of a service, and every token that opens something
    PRIVATE_KEY = "private key"
    CARD = "card number"
    CODE = "code"  # for one use, of a card, or to unlock
    WORDS = "recovery words"
    MAIL = "mail address"
    NAME = "name"

    @property
    def mark(self) -> str:
        """What the text says instead, so that search still finds that there was one."""
        return f"[{self.value}]"


Known = frozenset[tuple[str, Secret]]  # values found, as far as OCR can be trusted


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (exclusive) of a text, and what they hold."""

    start: int
    end: int
    secret: Secret


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same characters as spans that do not overlap, in order; the longest gives its kind."""
    done: list[Span] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if not done or span.start >= done[-1].end:
            done.append(span)
            continue
        last = done[-1]
        longest = max(last, span, key=lambda each: each.end - each.start)
        done[-1] = Span(last.start, max(last.end, span.end), longest.secret)
    return done


def replaced(text: str, spans: Iterable[Span]) -> str:
    """`text` with a mark in place of each span."""
    parts, at = [], 0
    for span in merged(spans):
        parts += [text[at : span.start], span.secret.mark]
        at = span.end
    return "".join([*parts, text[at:]])
