"""Secrets on a screen: the lines without them, and the boxes to paint over."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mirrordesk.records import Box, TextLine
from mirrordesk.redaction import layout, text
from mirrordesk.redaction.policy import Policy
from mirrordesk.redaction.spans import Known, Span, merged, replaced

BESIDE = 0.8  # heights painted left and right of where a part of a line is thought to be
BESIDE_PART = 0.02  # … and this part of the line's width: OCR drops spaces
ABOVE = 0.2  # heights above and below

_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]{}`/\\- "), frozenset("mwMW@%")


@dataclass(frozen=True, slots=True)
class Redacted:
    """What may be kept of a screen. `boxes` must be painted over.

    `known` are the values found, to be looked for in the window's title.
    """

    lines: tuple[TextLine, ...]
    boxes: tuple[Box, ...]
    known: Known = field(repr=False)


def redacted(lines: Sequence[TextLine], wanted: Policy = text.SECRETS) -> Redacted:
    """The lines with marks in place of secrets, and where those stood."""
    found = _found(lines, wanted)
    known = frozenset(
        value for number, spans in found.items() for value in text.values(lines[number].text, spans)
    )
    for number, line in enumerate(lines):
        found[number] += text.again(line.text, known)
    kept, boxes = [], []
    for number, line in enumerate(lines):
        spans = merged(found[number])
        boxes += [box_of(line, span) for span in spans]
        kept.append(replace(line, text=replaced(line.text, spans)) if spans else line)
    return Redacted(tuple(kept), tuple(boxes), known)


def _found(lines: Sequence[TextLine], wanted: Policy) -> defaultdict[int, list[Span]]:
    """The spans of each line, by its number; they may overlap."""
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for view in layout.views(lines):
        for number, span in view.located(text.in_line(view.text, wanted)):
            found[number].append(span)
    page = layout.page(lines)
    for number, span in page.located(text.in_column(page.text, wanted)):
        found[number].append(span)
    return found


def box_of(line: TextLine, span: Span) -> Box:
    """Where a part of a line surely stands. It may reach beyond the frame.

    The letters may be of one width or of many, so what both assumptions give is covered.
    """
    box, written = line.box, line.text
    beside = BESIDE * box.h + BESIDE_PART * box.w
    left, right = -ABOVE * box.h, box.w + ABOVE * box.h
    if written[: span.start].strip():
        left = min(_share(written, span.start)) * box.w - beside
    if written[span.end :].strip():
        right = max(_share(written, span.end)) * box.w + beside
    above = round(ABOVE * box.h) + 1
    x = box.x + int(left)
    return Box(x, box.y - above, box.x + int(right) + 1 - x, box.h + 2 * above)


def _share(written: str, end: int) -> tuple[float, float]:
    """The part of a line's width that its first characters take: of one width, and of many."""
    widths = [_width(character) for character in written]
    return end / len(written), sum(widths[:end]) / sum(widths)


def _width(character: str) -> float:
    """About how wide a letter is, in those of ordinary ones."""
    if unicodedata.east_asian_width(character) in "WF":
        return 2.0
    if character in _NARROW:
        return 0.5
    if character in _WIDE:
        return 1.5
    return 1.2 if character.isupper() else 1.0
