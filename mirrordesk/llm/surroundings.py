"""What stands beside a passage: the value to a label, the label to a value, the lines around."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mirrordesk.llm.evidence import Passage
from mirrordesk.records import Box

# In heights of a line
_BESIDE = 25.0  # most space between a label and its value in one row
_CELL = 8.0  # most of it between two cells of a table
_BENEATH = 1.3  # most space between a label and its value below
_SHIFT = 3.0  # most difference of their left edges, or one stands over the other
_NEAR = 8.0  # how far around a passage its heading or context may stand
_NEAR_PLACES = 3  # the same where a text has no boxes

_LABEL_WORDS = 6
_BARE_WORDS = 4


def partners(seed: Passage, passages: Sequence[Passage]) -> list[Passage]:
    """The passages on each side that `seed` may be a label or a value to, the nearest first."""
    found = _beside_box(seed, passages) if seed.box else _beside_place(seed, passages)
    return [one for one in found if is_label(seed) or is_label(one)]


def nearby(seed: Passage, passages: Sequence[Passage]) -> Iterator[Passage]:
    """The passages around `seed`, itself left out."""
    for one in passages:
        if one is seed:
            continue
        if seed.box is None or one.box is None:
            if abs(one.place - seed.place) <= _NEAR_PLACES:
                yield one
        elif _distance(seed.box, one.box) <= _NEAR * _line_height(seed):
            yield one


def is_label(passage: Passage) -> bool:
    """Something short, or a question, which the next line may answer."""
    text = passage.text.rstrip()
    return text.endswith((":", "?")) or len(text.split()) <= _LABEL_WORDS


def is_bare_label(passage: Passage) -> bool:
    """A label that does not hold its value ("Owner", but not "Owner: Ana")."""
    text = passage.text.strip()
    short = len(text.split()) <= _BARE_WORDS and not text.endswith((".", "!"))
    return short and ": " not in text and not any(map(str.isdigit, text))


def _beside_place(seed: Passage, passages: Sequence[Passage]) -> list[Passage]:
    by_place = {one.place: one for one in passages}
    return [by_place[n] for n in (seed.place + 1, seed.place - 1) if n in by_place]


def _beside_box(seed: Passage, passages: Sequence[Passage]) -> list[Passage]:
    sides = _sides(seed, passages)
    if _has_value_beside(seed, sides):  # a row of a table: those above and below are others
        sides = {
            side: (space, one)
            for side, (space, one) in sides.items()
            if side in ("right", "left") or not _has_value_beside(one, _sides(one, passages))
        }
    return [one for _, one in sorted(sides.values(), key=lambda pair: pair[0])]


def _sides(seed: Passage, passages: Sequence[Passage]) -> dict[str, tuple[float, Passage]]:
    """The nearest passage on each side, and how far it is, see `_side`."""
    box, height = seed.box, _line_height(seed)
    assert box is not None
    best: dict[str, tuple[float, Passage]] = {}
    for one in passages:
        if one is seed or one.box is None:
            continue
        side, space = _side(box, one.box, height)
        if side and (side not in best or space < best[side][0]):
            best[side] = (space, one)
    return best


def _has_value_beside(label: Passage, sides: dict[str, tuple[float, Passage]]) -> bool:
    return is_label(label) and "right" in sides and sides["right"][0] <= _CELL / _BESIDE


def _side(seed: Box, other: Box, height: float) -> tuple[str, float]:
    """On which side of `seed` the other box stands near enough; "" for none. How far comes second,
    in parts of the most space there, since columns are wider apart than rows."""
    shared_rows = min(seed.bottom, other.bottom) - max(seed.y, other.y)
    if shared_rows > 0.5 * min(seed.h, other.h):
        right, left = other.x - seed.right, seed.x - other.right
        if -0.5 * height <= right <= _BESIDE * height:
            return "right", right / (_BESIDE * height)
        if -0.5 * height <= left <= _BESIDE * height:
            return "left", left / (_BESIDE * height)
        return "", 0.0
    shared_columns = min(seed.right, other.right) - max(seed.x, other.x)
    if abs(seed.x - other.x) > _SHIFT * height and shared_columns < 0.5 * min(seed.w, other.w):
        return "", 0.0
    below, above = other.y - seed.bottom, seed.y - other.bottom
    if -0.5 * height <= below <= _BENEATH * height:
        return "below", below / (_BENEATH * height)
    if -0.5 * height <= above <= _BENEATH * height:
        return "above", above / (_BENEATH * height)
    return "", 0.0


def _line_height(passage: Passage) -> float:
    return min(box.h for box in passage.boxes)


def _distance(one: Box, other: Box) -> int:
    """Pixels between two boxes, along the longer way of across and down."""
    across = max(one.x - other.right, other.x - one.right, 0)
    down = max(one.y - other.bottom, other.y - one.bottom, 0)
    return max(across, down)
