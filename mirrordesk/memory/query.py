"""A question as recall understands it: its words, whose words are asked for, and when.

Who spoke is no word of what was said. So a name that a source goes by, and "I said" or "they said",
prefer what that side said and are not searched for as text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mirrordesk.control import Span
from mirrordesk.dates import when as dates
from mirrordesk.dates.when import When
from mirrordesk.memory.meetings import SPEAKERS
from mirrordesk.records import Kind, Speaker
from mirrordesk.terms import content_terms, terms

_SAYING = r"(?:say|said|tell|told|ask(?:ed)?|promise[ds]?|mention(?:ed)?|agree[ds]?|suggest(?:ed)?)"
_SAID_BY = {
    Speaker.ME: re.compile(rf"\b(?:I|we)\b(?:\s+\w+)?\s+{_SAYING}\b", re.IGNORECASE),
    Speaker.THEM: re.compile(rf"\b(?:he|she|they)\b(?:\s+\w+)?\s+{_SAYING}\b", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be found at all; empty lets everything pass.

    Apps and sources (a monitor, "microphone", "loopback", a person of an imported talk) by their
    whole names, `span` in UTC nanoseconds.
    """

    apps: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    span: Span | None = None

    def __bool__(self) -> bool:
        return bool(self.apps or self.sources or self.kinds or self.span)


@dataclass(frozen=True, slots=True)
class Query:
    """`text` is the question without what was read out of it, `words` the terms to search for.

    It was asked at `at_ns`. `sources` are those whose words are asked for, `kinds` those that are
    preferred in the time asked for.
    """

    text: str
    words: tuple[str, ...]
    at_ns: int
    when: When | None = None
    sources: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()


def read(question: str, now_ns: int, sources: Collection[str]) -> Query:
    """The question as asked at `now_ns` of what was heard from `sources`."""
    when = dates.parse(question, now_ns)
    text = when.rest if when else question
    content = content_terms(text)
    named = {source: set(_names(source)) for source in sources}
    asked = frozenset(source for source, name in named.items() if name.intersection(content))
    names = set().union(*(named[source] for source in asked))
    words = [word for word in content if word not in names] or content
    return Query(text, tuple(words), now_ns, when, asked | _sides(question, sources))


def _names(source: str) -> Sequence[str]:
    """The terms a person goes by; a device has none."""
    return () if source in SPEAKERS else terms(source)


def _sides(question: str, sources: Collection[str]) -> frozenset[str]:
    """The devices that heard the side of a call that is asked for."""
    asked = {side for side, said in _SAID_BY.items() if said.search(question)}
    return frozenset(s for s in sources if s in SPEAKERS and SPEAKERS[s] in asked)
