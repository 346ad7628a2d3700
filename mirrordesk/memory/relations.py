"""Questions that lean on something else that happened: before the demo, the third call, X or Y.

They are read by rules, and what is read is a preference like any date: a wrong reading demotes the
answer and hides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.dates.when import When
from mirrordesk.records import Kind

REACH = 2 * clock.HOUR  # before and after something
BESIDE = 30 * clock.SECOND  # of something that took no longer than a sentence
_SOFT = 4  # the padding is a quarter of the reach

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905
_NTH = re.compile(
    rf"\b(?:the\s+|my\s+)?(?P<nth>{'|'.join(_ORDINALS)}|last|\d{{1,2}}(?:st|nd|rd|th))"
    r"\s+(?:video\s+)?(?:call|meeting|phone\s+call)\b",
    re.IGNORECASE,
)
# Quotations come first, as an "or" may stand in them.
_ONE_QUOTED = r"(?P<mark>[\"']).+?(?P=mark)|“.+?”|‘.+?’|«.+?»"
_OR = rf"(?P<one>{_ONE_QUOTED}|.+?)\s*,?\s+or\s+(?P<other>.+?)"
_FIRST = re.compile(
    r"^(?:which|what)\s+(?:of\s+(?:these|the\s+two)\s+)?(?:came|was|happened|did\s+I\s+\w+)"
    rf"\s+(?P<end>first|earlier|last|later)\s*[,:]?\s*{_OR}\s*\?*$",
    re.IGNORECASE | re.DOTALL,
)
_DID_COME = re.compile(
    r"^(?:did|was|were)\s+(?P<one>.+?)\s+(?:come\s+|happen\s+)?(?P<end>before|after)"
    r"\s+(?P<other>.+?)\s*\?*$",
    re.IGNORECASE | re.DOTALL,
)
_BESIDE = re.compile(
    r"^(?P<rest>.*?\w)\s+(?:right\s+|just\s+|shortly\s+)?"
    r"(?P<how>before|after|while|when|during)\s+(?P<anchor>\S.*?)\s*\?*$",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(r"^(?:what|which|who|where|show|find|how)\b", re.IGNORECASE)
_HEARD = re.compile(
    r"^(?:\w+\s+){1,2}(?:say|said|saying|tell|told|talked|mentioned|spoke)\s+(?:about\s+|that\s+)?",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"\b(?:on\s+(?:my|the)?\s*screen|see|saw|look(?:ing|ed)?\s+at|show[ns]?|open)\b", re.IGNORECASE
)
_SAID = re.compile(
    r"\b(?:say|said|saying|talk(?:ed|ing)?|heard|hear|discuss(?:ed)?)\b", re.IGNORECASE
)
_FRAMING = re.compile(
    r"^(?:what|which|who)\s+(?:was|were|is|did|had)\s+(?:\w+\s+)?(?:on\s+(?:my|the)?\s*screen|I\s+"
    r"(?:see|do|doing|have\s+open)|open|said|shown|see|say|happening)\s*$",
    re.IGNORECASE,
)


class How(StrEnum):
    """Where the answer lies, as seen from what the question leans on."""

    BEFORE = "before"
    AFTER = "after"
    DURING = "during"


@dataclass(frozen=True, slots=True)
class Anchored:
    """A question about what was before, after or beside `anchor`.

    `rest` is the question without it, `kinds` what is asked for and `anchor_kinds` what is leant
    on; empty where that is open.
    """

    rest: str
    how: How
    anchor: str
    kinds: frozenset[Kind]
    anchor_kinds: frozenset[Kind]

    def when(self, start_ns: int, end_ns: int) -> When:
        """The time asked for, if the anchor is from `start_ns` to `end_ns`."""
        span = {
            How.BEFORE: Span(start_ns - REACH, start_ns),
            How.AFTER: Span(end_ns, end_ns + REACH),
            How.DURING: Span(start_ns - BESIDE, max(end_ns, start_ns + 1) + BESIDE),
        }[self.how]
        pad = (span.end_ns - span.start_ns) // _SOFT
        # nothing is padded towards the anchor itself: before is before
        earlier = 0 if self.how is How.AFTER else pad
        later = 0 if self.how is How.BEFORE else pad
        padded = Span(span.start_ns - earlier, span.end_ns + later)
        return When(span, padded, True, (self.anchor,), self.rest)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Which of two came first; `last` where the later one is asked for."""

    one: str
    other: str
    last: bool = False


@dataclass(frozen=True, slots=True)
class Nth:
    """One call out of several: its number from 1, or -1 for the last; `rest` without the words."""

    number: int
    rest: str


def comparison(question: str) -> Comparison | None:
    """The two things whose order a question asks for."""
    if found := _FIRST.match(question.strip()):
        last = found["end"].lower() in ("last", "later")
        return Comparison(_bare(found["one"]), _bare(found["other"]), last)
    if found := _DID_COME.match(question.strip()):
        return Comparison(
            _bare(found["one"]), _bare(found["other"]), found["end"].lower() == "after"
        )
    return None


def nth(question: str) -> Nth | None:
    """The call that a question counts to."""
    found = _NTH.search(question)
    if found is None:
        return None
    word = found["nth"].lower()
    if word == "last":
        number = -1
    else:
        number = _ORDINALS.index(word) + 1 if word in _ORDINALS else int(word[:-2])
    return Nth(number, " ".join(f"{question[: found.start()]} {question[found.end() :]}".split()))


def anchored(question: str) -> Anchored | None:
    """What a question leans on."""
    found = _BESIDE.match(question.strip())
    if found is None or not _ASKS.match(question.strip()):
        return None
    rest, anchor = found["rest"], found["anchor"]
    kinds = Kind.FRAME if _SEEN.search(rest) else Kind.SPEECH if _SAID.search(rest) else None
    heard = _HEARD.match(anchor)
    how = {"before": How.BEFORE, "after": How.AFTER}.get(found["how"].lower(), How.DURING)
    return Anchored(
        rest="" if _FRAMING.match(rest) else rest,
        how=how,
        anchor=anchor[heard.end() :] if heard else anchor,
        kinds=frozenset({kinds} if kinds else ()),
        anchor_kinds=frozenset({Kind.SPEECH} if heard else ()),
    )


def exactly(start_ns: int, end_ns: int, rest: str) -> When:
    """The time of something that took from `start_ns` to `end_ns`, and a little around it."""
    span = Span(start_ns, max(end_ns, start_ns + 1))
    return When(span, Span(span.start_ns - BESIDE, span.end_ns + BESIDE), True, (), rest)


def _bare(text: str) -> str:
    return text.strip().strip("\"'“”‘’«»").strip()
