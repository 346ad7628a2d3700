"""From the lines that OCR read to paragraphs: which of them are one text, broken for its width."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import pairwise
from statistics import median

from mirrordesk.records import TextLine

# All in heights of a line, since text is small on one screen and large on another
_GAP = 0.9  # most space between two lines of a paragraph
_OVERLAP = 0.4  # boxes of neighbouring lines overlap by at most this
_INDENT = 1.2  # most difference of their left edges
_SLACK = 1.5  # by which a broken line may end before its first missing word would not have fitted
_RATIO = 1.6  # most ratio of heights; a heading is larger than its text
_MIDDLE = 0.5  # lines of one row: their middles differ by less

_LABEL_SPACE = 12.0  # most space between a label and what it labels

_LONG = 40  # characters of a line that was broken before a capital letter
_LABEL = 20  # characters of the longest label
_SHORT = 12  # characters below which a line is a label, a cell or a button
_SENTENCE_END = re.compile(r"[.!?:;。！？][\"'”’)\]]*$")
_ITEM = re.compile(r"^(?:[-–—•·*▪◦○●✓☐☑]|\(?\d{1,3}[.)]|[a-z][.)])\s")
_LITERAL = re.compile(
    r"""
    ^\S*[\w~\])]\s?[$#%]\s            # user@host:~$ command
  | ^(?:\$|>>>|\.\.\.|In\s?\[\d*\]:?|PS\s.*>)\s
  | ^(?:def|class|import|from|return|if|for|while|const|let|var|function|public|private|\#include)
     \b.*[:;{(=]                     # the start of a statement
  | [{};]\s*$ | \)\s*[:{]\s*$ | ^\s*[})\]]+[,;]?$
  | \w\(.*\)\s*;?$ | \w\s?(?:==|!=|:=|=>|->|\+=|&&|\|\|)\s?\w | ^\w+\s?=\s?\S+$
  | ^[-dl](?:[r-][w-][xsStT-]){3}    # ls -l
  | ^\[?\d{4}-\d\d-\d\d[T\s]\d\d:\d\d  # a log
  | \t|\s\|\s|\s{3,}
    """,
    re.VERBOSE,
)


@lru_cache(4096)  # frames repeat most of their lines
def is_literal(text: str) -> bool:
    """Whether a line is code, a command, a log or a table row: it means something as it stands."""
    return _LITERAL.search(text) is not None


def paragraphs(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """`lines`, given in reading order, as paragraphs of one line or more, in that order.

    Two lines are joined if they stand beneath one another in a column, are of like height, and the
    upper one ends where its right margin ends rather than where its sentence does.
    """
    lines = [line for line in lines if line.text.strip()]
    labelled = {id(line) for before, line in pairwise(lines) if _labels(before, line)}
    columns = _columns(lines)
    found = [paragraph for column in columns for paragraph in _joined(column, labelled)]
    place = {id(line): n for n, line in enumerate(lines)}
    return sorted(found, key=lambda paragraph: place[id(paragraph[0])])


def same_row(one: TextLine, other: TextLine) -> bool:
    """Whether two lines stand beside one another."""
    middles = abs(one.box.middle[1] - other.box.middle[1])
    return middles < _MIDDLE * min(one.box.h, other.box.h)


def _labels(label: TextLine, line: TextLine) -> bool:
    """Whether `label` stands before `line` in its row, as the first cell of a table does."""
    space = line.box.x - label.box.right
    near = 0 <= space <= _LABEL_SPACE * line.box.h
    return near and len(label.text) <= _LABEL and same_row(label, line)


def _columns(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Runs of lines beneath one another; each line continues the nearest run that it fits."""
    done: list[list[TextLine]] = []
    growing: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda each: (each.box.y, each.box.x)):
        still: list[list[TextLine]] = []
        for column in growing:
            (done if _far_above(column[-1], line) else still).append(column)
        growing = still
        fitting = [column for column in growing if _beneath(column[-1], line)]
        if fitting:
            min(fitting, key=lambda column: abs(column[-1].box.x - line.box.x)).append(line)
        else:
            growing.append([line])
    return done + growing


def _far_above(upper: TextLine, lower: TextLine) -> bool:
    return lower.box.y - upper.box.bottom > _GAP * upper.box.h


def _beneath(upper: TextLine, lower: TextLine) -> bool:
    a, b = upper.box, lower.box
    height = min(a.h, b.h)
    return (
        -_OVERLAP * height <= b.y - a.bottom <= _GAP * height
        and abs(a.x - b.x) <= _INDENT * height
        and max(a.h, b.h) <= _RATIO * height
    )


def _joined(column: Sequence[TextLine], labelled: Set[int]) -> list[list[TextLine]]:
    margin = max(line.box.right for line in column)
    found = [[column[0]]]
    for upper, lower in pairwise(column):
        rows_of_table = id(upper) in labelled and id(lower) in labelled
        if _flows(upper, lower, margin, rows_of_table):
            found[-1].append(lower)
        else:
            found.append([lower])
    return found


def _flows(upper: TextLine, lower: TextLine, margin: int, rows_of_table: bool) -> bool:
    """Whether the text of `upper` goes on in `lower`, only broken for want of width."""
    above, below = upper.text.strip(), lower.text.strip()
    if is_literal(above) or is_literal(below) or _ITEM.match(below) or len(above) < _SHORT:
        return False
    letter = median(line.box.w / max(len(line.text), 1) for line in (upper, lower))
    missing = letter * (len(below.split()[0]) + 1)  # what the next word would have taken
    if upper.box.right + missing + _SLACK * upper.box.h < margin:
        return False
    if below[0].islower() or above[-1] in ",-–":
        return True
    if rows_of_table:
        return False
    return len(above) >= _LONG and (len(below) >= _SHORT or bool(_SENTENCE_END.search(below)))
