"""Secrets in a plain text: what was said, a window's title, an address, a clipboard."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator

from mirrordesk.redaction import addresses, blocks, cards, chance, codes, labels, policy, tokens
from mirrordesk.redaction.policy import Policy
from mirrordesk.redaction.spans import Known, Span, merged, replaced

SECRETS = Policy()
REMEMBERED = 4096  # lines; a few screens of them, each in its combinations
LEAST_KNOWN = 8  # letters and digits of a value that is known again wherever it stands

_OF_A_LINE = (tokens.find, addresses.find, labels.find, cards.find, codes.find)


def find(text: str, wanted: Policy = SECRETS) -> list[Span]:
    """The secrets of a text of any number of lines, in order, none overlapping another."""
    return merged([*in_line(text, wanted), *in_column(text, wanted)])


@functools.lru_cache(REMEMBERED)
def in_line(text: str, wanted: Policy) -> tuple[Span, ...]:
    """The secrets of one line, or of a few that belong together."""
    found = list(policy.find(text, wanted))
    if wanted.secrets:
        found += [span for detector in _OF_A_LINE for span in detector(text)]
    return tuple(merged(found))


def let_go() -> None:
    """Forget the lines that were searched, which are remembered because most come again."""
    in_line.cache_clear()


def in_column(text: str, wanted: Policy) -> list[Span]:
    """The secrets that fill many lines."""
    return merged(blocks.find(text)) if wanted.secrets else []


def without_secrets(text: str, wanted: Policy = SECRETS, known: Known = frozenset()) -> str:
    """The text with a mark such as "[password]" in place of each secret.

    `known` are values of which another text has told that they are secrets; see `values`.
    """
    return replaced(text, [*find(text, wanted), *again(text, known)])


def values(text: str, spans: Collection[Span]) -> Known:
    """The values of `spans` that can be known again elsewhere, as far as OCR can be trusted."""
    found = ((text[span.start : span.end], span.secret) for span in spans)
    return frozenset(
        (folded, secret)
        for value, secret in found
        if len(folded := chance.folded(value)) >= LEAST_KNOWN
        and (chance.is_password(value) or chance.is_key(value))
    )


def again(text: str, known: Known) -> Iterator[Span]:
    """Where in `text` the known values stand once more."""
    if not known:
        return
    places = [place for place, character in enumerate(text) if chance.folded(character)]
    folded = chance.folded(text)
    for value, secret in known:
        start = folded.find(value)
        while start >= 0:
            yield Span(places[start], places[start + len(value) - 1] + 1, secret)
            start = folded.find(value, start + len(value))
