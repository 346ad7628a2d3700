"""Lines of a screen put together as they belong together, so that each can be searched as a text.

A label stands left of its value or above it, a key goes on in the next line, a number is torn into
boxes. Each way of putting lines together is a view; what is found in a view is found in its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mirrordesk.records import Box, TextLine
from mirrordesk.redaction import chance, labels
from mirrordesk.redaction.spans import Span

TORN = 0.8  # heights: cells of a row that are nearer were one text
FAR = 30.0  # heights: what is farther to the right has nothing to do with it
BELOW = 1.6  # heights between a line and what stands below it
WRAPPED = 1.0  # … and between two lines of one text
MOST_CELLS = 20  # below a label
CELL_GAP = 4.0  # heights between two cells of a column
TAIL = 200  # characters of a line that the next one can continue
_FIRST = re.compile(r"[\w+/-]+(?![\w+/-]|=\w|[:(])")  # no name of what follows it


@dataclass(frozen=True, slots=True)
class Part:
    """Characters of a line, from `first` on, that stand in a view from `at` on."""

    at: int
    line: int
    first: int
    length: int


@dataclass(frozen=True, slots=True)
class View:
    """A text made of lines. With `across`, only what crosses that place counts."""

    text: str
    parts: tuple[Part, ...]
    across: int | None = None

    def located(self, spans: Sequence[Span]) -> Iterator[tuple[int, Span]]:
        """The spans of the view as spans of its lines, each with the number of its line."""
        for span in spans:
            if self.across is not None and not span.start < self.across < span.end:
                continue
            for part in self.parts:
                start = max(span.start, part.at)
                end = min(span.end, part.at + part.length)
                if start < end:
                    shift = part.first - part.at
                    yield part.line, Span(start + shift, end + shift, span.secret)


def views(lines: Sequence[TextLine]) -> Iterator[View]:
    """Every view of one line or of a few."""
    for row in _rows(lines):
        yield _row_view(lines, row)
    downwards = sorted(range(len(lines)), key=lambda each: lines[each].box.y)
    for place, upper in enumerate(downwards):
        column = _column(lines, upper, downwards[place + 1 :])
        nearest = next(column, None)
        if nearest is None:
            continue
        yield _joined(lines, upper, nearest, "\n")
        if _continues(lines[upper], lines[nearest]):
            yield _joined(lines, upper, nearest, "")
        if labels.is_label(lines[upper].text):
            yield from (_joined(lines, upper, lower, "\n") for lower in column)


def page(lines: Sequence[TextLine]) -> View:
    """All lines, one below the other."""
    parts, at = [], 0
    for number, line in enumerate(lines):
        parts.append(Part(at, number, 0, len(line.text)))
        at += len(line.text) + 1
    return View("\n".join(line.text for line in lines), tuple(parts))


def _rows(lines: Sequence[TextLine]) -> Iterator[list[int]]:
    """The numbers of the lines of each row, from left to right."""
    left = sorted(range(len(lines)), key=lambda each: lines[each].box.x)
    while left:
        row = [left.pop(0)]
        while (following := _right_of(lines, row[-1], left)) is not None:
            left.remove(following)
            row.append(following)
        yield row


def _right_of(lines: Sequence[TextLine], cell: int, others: Sequence[int]) -> int | None:
    """The cell that stands next to the right."""
    box = lines[cell].box
    for other in others:  # they come sorted by where they begin
        gap = lines[other].box.x - box.right
        if gap > FAR * box.h:
            break
        if gap >= -TORN * box.h and box.shares_row(lines[other].box):
            return other
    return None


def _row_view(lines: Sequence[TextLine], row: Sequence[int]) -> View:
    text, parts = "", []
    for place, number in enumerate(row):
        if place:
            before = lines[row[place - 1]].box
            torn = lines[number].box.x - before.right < TORN * before.h
            text += " " if torn else "\t"
        parts.append(Part(len(text), number, 0, len(lines[number].text)))
        text += lines[number].text
    return View(text, tuple(parts))


def _column(lines: Sequence[TextLine], upper: int, lower: Sequence[int]) -> Iterator[int]:
    """What stands below a line, the nearest first, as long as the column goes on.

    `lower` are the lines that begin no higher, from the top down.
    """
    box = last = lines[upper].box
    tallest = max(line.box.h for line in lines)
    room, cells = BELOW, 0
    for number in lower:
        here = lines[number].box
        if here.y - last.bottom > CELL_GAP * tallest or cells == MOST_CELLS:
            return
        if here.y > box.y + box.h / 2 and _in_line(box, here):
            if here.y - last.bottom > room * max(box.h, here.h):
                return
            yield number
            last, room, cells = here, CELL_GAP, cells + 1


def _in_line(upper: Box, lower: Box) -> bool:
    """Whether one stands below the other."""
    return lower.x < upper.right and upper.x < lower.right


def _continues(upper: TextLine, lower: TextLine) -> bool:
    """Whether the lower line may go on with what the upper one has no room for."""
    one, other = upper.box, lower.box
    first = _FIRST.match(lower.text)
    near = other.y - one.bottom < WRAPPED * one.h
    alike = 0.6 < other.h / one.h < 1.6
    returns = other.x <= one.x + 2 * one.h and other.right <= one.right + 2 * one.h
    return near and alike and returns and first is not None and chance.is_part(first[0])


def _joined(lines: Sequence[TextLine], upper: int, lower: int, sign: str) -> View:
    """Two lines with a sign between them; without one, what lies in one of them does not count."""
    first = max(0, len(lines[upper].text.rstrip()) - TAIL)
    tail, rest = lines[upper].text.rstrip()[first:], lines[lower].text
    at = len(tail) + len(sign)
    parts = (Part(0, upper, first, len(tail)), Part(at, lower, 0, len(rest)))
    return View(tail + sign + rest, parts, None if sign else at)
