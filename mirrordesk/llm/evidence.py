"""A moment's text as passages: pieces as small as a sentence that know where they stood."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from mirrordesk.llm.paragraphs import is_literal, paragraphs
from mirrordesk.records import Box, Citation, Hit, Kind, Moment, TextLine

_FEW_WORDS = 3  # a piece with fewer is no sentence of its own ("Yes.", "1.")
_ABBREVIATIONS = frozenset(
    """
    mr mrs ms dr prof st vs etc approx no nr fig eq e.g i.e cf al inc ltd
    jan feb mar apr jun jul aug sep sept oct nov dec
    """.split()  # noqa: SIM905  words read better than quoted strings
)
_BOUNDARY = re.compile(r"(?:[.!?…]+[\"'”’)\]]*\s+|[。！？]+[」』）]*\s*)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or a line of a moment.

    `boxes` are those of exactly the OCR lines it covers, empty for what was never on a screen;
    `place` counts the passages of the moment in reading order.
    """

    moment: str
    text: str
    boxes: tuple[Box, ...]
    start_ns: int
    end_ns: int
    place: int

    @property
    def box(self) -> Box | None:
        """The smallest box around all of it."""
        return reduce(Box.union, self.boxes) if self.boxes else None


def passages(hit: Hit) -> list[Passage]:
    """The passages of a hit's moment in reading order.

    On a screen, lines of one paragraph are joined and cut at the ends of sentences; lines of code,
    terminals and tables stay as they are. Speech and notes are cut at the ends of sentences.
    """
    moment = hit.moment
    found = _on_screen(moment.lines) if moment.lines else _in_text(moment)
    return [
        Passage(moment.id, text, boxes, moment.start_ns, moment.end_ns, place)
        for place, (text, boxes) in enumerate(found)
    ]


def sentences(text: str) -> list[str]:
    """The sentences of a line; all of it where it is code, a command, a log or a table row."""
    return [text[start:end] for start, end in _spans(text)]


def citation(passage: Passage, moment: Moment) -> Citation:
    """The passage as the evidence of a claim."""
    return Citation(
        id=moment.id,
        kind=moment.kind,
        start_ns=passage.start_ns,
        end_ns=passage.end_ns,
        zone=moment.zone,
        app=moment.app,
        title=moment.title,
        text=passage.text,
        media=moment.media,
        box=passage.box,
        boxes=passage.boxes,
    )


def _on_screen(lines: Sequence[TextLine]) -> Iterator[tuple[str, tuple[Box, ...]]]:
    for paragraph in paragraphs(lines):
        text, ends = _flowing(paragraph)
        for start, end in _spans(text):
            starts = (0, *ends)
            boxes = [
                line.box
                for line, first, last in zip(paragraph, starts, ends, strict=False)
                if first < end and start < last
            ]
            yield text[start:end], tuple(boxes)


def _flowing(paragraph: Sequence[TextLine]) -> tuple[str, list[int]]:
    """The lines as one text, and where each of them ends in it."""
    text, ends = "", []
    for line in paragraph:
        glued = not text or (text[-1] == "-" and text[-2:-1].isalpha())
        text += ("" if glued else " ") + line.text.strip()
        ends.append(len(text))
    return text, ends


def _in_text(moment: Moment) -> Iterator[tuple[str, tuple[Box, ...]]]:
    spoken = moment.kind is Kind.SPEECH  # its line breaks mean nothing
    lines = [" ".join(moment.text.split())] if spoken else moment.text.splitlines()
    for line in lines:
        bare = line.strip()
        for start, end in _spans(bare):
            yield bare[start:end], ()


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each sentence of `text` stands, without the space between them."""
    start = 0
    if not is_literal(text):
        for match in _BOUNDARY.finditer(text):
            if match.end() < len(text) and _ends_sentence(text, start, match):
                yield start, match.start() + len(match.group().rstrip())
                start = match.end()
    if start < len(text):
        yield start, len(text)


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    if match.group()[0] in "。！？":
        return True
    before, after = text[start : match.start()], text[match.end()]
    words = before.split()
    if after.islower() or len(words) < _FEW_WORDS:
        return False
    last = words[-1].lstrip("(\"'“").lower()
    initial = len(last) == 1 and last.isalpha() and words[-1].isupper()
    return not (match.group()[0] == "." and (initial or last in _ABBREVIATIONS))
