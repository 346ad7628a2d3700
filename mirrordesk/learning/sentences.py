"""The sentences of what was seen or said, without what states nothing: questions, guesses, code.

Desktop text is full of menus, buttons and programs. What is left out here is lost to learning, what
is let through may become a wrong fact; the first is the lesser evil.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SHORTEST, _LONGEST = 8, 320  # characters
_FULL_LINE = 25  # characters from which on a line may have been broken for want of room
_BREAK = re.compile(
    r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bProf)(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)"
    r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[^\W_a-z])|\n|[•·▪]\s"
)
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.[\w.-]+", re.IGNORECASE)
_CODE = re.compile(
    r"[{}<>;|\\`$=\[\]]|::|->|\w\(|^\s*(?:#|//|>>>|\$|%|import |from \w+ import|def "
    r"|class |return )"
)
_ASKS = re.compile(
    r"\?[\"')\]]*\s*$|^\W*(?:(?:so|and|but|well|ok|okay),? )*(?:what|when|where|who|whose|which|why"
    r"|how|is|are|was|were|do|does|did|can|could|will|would|should|shall|has|have)\b(?! that\b)",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|unless|whether)\b", re.IGNORECASE)
# [10:32] Ana:, Ana Lopez (10:32):, > quoted
_SPEAKER = re.compile(
    r"^\s*(?:[>*–-]\s+)?(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?[\])]?\s+)?"
    r"(?:(?P<who>[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,2})"
    r"(?:\s+[\[(]?\d{1,2}:\d\d(?: ?[AP]M)?[\])]?)?:\s+(?=\S+\s+\S+))?"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text and where in it `text` begins.

    Line breaks within are blanks, so that a place in `text` is one in the verbatim text.
    """

    text: str
    start: int

    def verbatim(self, whole: str) -> str:
        """It as it stands in the text it is from."""
        return whole[self.start : self.start + len(self.text)]


def statements(text: str) -> Iterator[Sentence]:
    """The sentences of `text` that may state something, without who said them."""
    for sentence in sentences(text):
        words = _ADDRESS.sub(" ", sentence.text)
        if not (_SHORTEST <= len(sentence.text) <= _LONGEST) or _CODE.search(words):
            continue
        if not _ASKS.search(words) and not _CONDITION.search(words):
            yield sentence


def sentences(text: str) -> Iterator[Sentence]:
    """All sentences of `text`, without who said them. Before a lower-case line one goes on."""
    joined = _joined(text)
    start = 0
    for found in _BREAK.finditer(joined):
        yield from _trimmed(joined, start, found.start())
        start = found.end()
    yield from _trimmed(joined, start, len(joined))


def _joined(text: str) -> str:
    """The text with a blank for each line break within a sentence."""
    lines = text.split("\n")
    parts = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        goes_on = len(line) >= _FULL_LINE and line[-1] not in ".!?:" and after[:1].islower()
        parts.append(line + (" " if goes_on else "\n"))
    return "".join(parts)[:-1]


def _trimmed(text: str, start: int, end: int) -> Iterator[Sentence]:
    """The sentence between the two, without a speaker before it and blanks around it."""
    part = text[start:end]
    mark = _SPEAKER.match(part)
    if mark and not (mark["who"] and LABEL.search(mark["who"])):
        start += mark.end()
    part = text[start:end]
    if kept := part.strip():
        yield Sentence(kept, start + part.index(kept))


# What stands before a colon and names what stands behind it, and nobody who speaks
LABEL = re.compile(
    r"\b(?:deadlines?|due|budget|price|cost|costs|fee|version|owner|lead|status|state|room|venue"
    r"|place|location|date|time|when|where|phone|mobile|e-?mail|assignee|reviewer|contact|manager"
    r"|meeting|call|sync|review|stand-?up|demo|lunch|dinner|workshop|appointment|retro|kick-?off"
    r"|party|flight|interview|exam|launch|release|training|webinar|conference|session|trip"
    r"|presentation|decision|decided|agreed)\b",
    re.IGNORECASE,
)


_LEAST_WORDS = 4
_LETTERS = 0.6  # of the characters of prose are letters or blanks, and more


def is_prose(sentence: str) -> bool:
    """Whether it reads as something that somebody wrote or said, and not as a menu or a program."""
    plain = sum(character.isalpha() or character == " " for character in sentence)
    long_enough = len(sentence.split()) >= _LEAST_WORDS and len(sentence) <= _LONGEST
    is_menu = "  " in sentence or _CODE.search(_ADDRESS.sub(" ", sentence))
    has_verb_like = any(word.islower() for word in sentence.split())
    return long_enough and not is_menu and has_verb_like and plain >= _LETTERS * len(sentence)
