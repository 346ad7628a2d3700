"""The order in which a person reads the lines of a screen.

Windows and columns that stand side by side are read one after the other, or the sentences of one
would be interleaved with those of the other. A table is read row by row, for there a line means
something only beside its neighbours. The method is the recursive X-Y cut (Nagy and Seth 1984):
divide at an empty stripe, and each part again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from mirrordesk.records import Box, TextLine

GUTTER = 1.5  # an empty upright stripe divides from this many line heights on
FEWEST = 2  # lines that a column has at least
TABLE_ROW = 0.2  # … and by less than this where they are cells of one table
TABLE = 0.8  # columns are a table where this part of the shorter one has a partner in the other
CORE = 0.5  # the part of a box's height that is surely ink: boxes of dense lines overlap


def in_reading_order(lines: Sequence[TextLine]) -> list[TextLine]:
    """The same lines, as they are read."""
    ordered: list[TextLine] = []
    waiting = [list(lines)]
    while waiting:
        part = waiting.pop()
        divided = _columns(part) or _bands(part)
        if divided:
            waiting.extend(reversed(divided))
        else:
            ordered.extend(_row_by_row(part))
    return ordered


def _columns(lines: list[TextLine]) -> tuple[list[TextLine], list[TextLine]] | None:
    """Left and right of the widest gutter; None where there is none or it divides a table."""
    if len(lines) < 2 * FEWEST:
        return None
    least = GUTTER * median(line.box.h for line in lines)
    divided = _widest_cut(lines, [(line.box.x, line.box.right) for line in lines], least)
    if divided is None or min(map(len, divided)) < FEWEST or _is_table(*divided):
        return None
    return divided


def _bands(lines: list[TextLine]) -> tuple[list[TextLine], list[TextLine]] | None:
    """Above and below the widest level stripe without ink; None where there is none."""
    return _widest_cut(lines, [_core(line.box) for line in lines], 1)


def _widest_cut(
    lines: list[TextLine], spans: list[tuple[float, float]], least: float
) -> tuple[list[TextLine], list[TextLine]] | None:
    """Divide at the widest gap between `spans`, one a line, if it is `least` wide."""
    order = sorted(range(len(lines)), key=lambda index: spans[index])
    best, at, end = least, 0, float("-inf")
    for place, (before, after) in enumerate(pairwise(order), 1):
        end = max(end, spans[before][1])
        gap = spans[after][0] - end
        if gap >= best and (gap > best or not at):
            best, at = gap, place
    if not at:
        return None
    return [lines[i] for i in order[:at]], [lines[i] for i in order[at:]]


def _is_table(left: list[TextLine], right: list[TextLine]) -> bool:
    """Whether the lines of two columns stand in rows."""
    few, many = sorted((left, right), key=len)
    middles = [line.box.middle[1] for line in many]
    partners = sum(
        any(abs(line.box.middle[1] - middle) <= TABLE_ROW * line.box.h for middle in middles)
        for line in few
    )
    return partners >= TABLE * len(few)


def _row_by_row(lines: list[TextLine]) -> list[TextLine]:
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda each: each.box.middle[1]):
        row = rows[-1] if rows else None
        if row and row[-1].box.shares_row(line.box):
            row.append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda each: each.box.x)]


def _core(box: Box) -> tuple[float, float]:
    margin = box.h * (1 - CORE) / 2
    return box.y + margin, box.bottom - margin
