"""The small things that programs are made of: text, lists, buttons, bars."""

from __future__ import annotations

import random
from functools import lru_cache

from models.micro import office
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.themes import Colour, any_tint


@lru_cache(maxsize=1)
def _lines() -> tuple[str, ...]:
    """Office talk, some lines longer than any screen is wide; written once, they are cut to fit."""
    chance = random.Random(0)
    return tuple(" ".join(office.sentence(chance) for _ in range(4)) for _ in range(12))


def write(
    pen: Pen, x: float, y: float, width: float, colour: Colour, size: float = 1.0, face: str = ""
) -> None:
    """Words of office talk from (x, y) on, cut off after `width` em."""
    pen.text(x, y, pen.chance.choice(_lines()), colour, size, face, width)


def line(
    pen: Pen, area: Rect, colour: Colour | None = None, size: float = 1.0, share: float = 1.0
) -> None:
    """One line of text at the top left of `area`, over `share` of its width."""
    write(pen, area.x, area.y, area.w * share, colour or pen.theme.ink, size)


def prose(
    pen: Pen, area: Rect, colour: Colour | None = None, size: float = 1.0, face: str = ""
) -> None:
    """Paragraphs that fill `area`."""
    leading, y = size * pen.chance.uniform(1.35, 1.7), area.y
    while y + size <= area.y + area.h:
        last = pen.chance.random() < 0.2
        width = area.w * (pen.chance.uniform(0.2, 0.8) if last else pen.chance.uniform(0.9, 1.0))
        write(pen, area.x, y, width, colour or pen.theme.ink, size, face)
        y += leading * (1.7 if last else 1.0)


def heading(pen: Pen, area: Rect, size: float = 2.0) -> Rect:
    """A short heading; returns the area below it."""
    top, rest = area.cut("top", size * 1.7)
    line(pen, top, size=size, share=pen.chance.uniform(0.3, 0.7))
    return rest


def entries(pen: Pen, area: Rect, pitch: float = 2.0, chosen: bool = True) -> None:
    """A list of one-line entries, one of them chosen."""
    count = max(1, int(area.h / pitch))
    shown = pen.chance.randint(max(1, count // 2), count)
    marked = pen.chance.randrange(shown) if chosen else -1
    for index, row in enumerate(area.grid(1, count)[:shown]):
        if index == marked:
            pen.box(row, pen.theme.mixed(0.35), radius=0.3)
        middle = row.y + row.h / 2
        pen.box(Rect(row.x + 0.6, middle - 0.45, 0.9, 0.9), pen.theme.faint, radius=0.2)
        width = (row.w - 3) * pen.chance.uniform(0.3, 1.0)
        write(pen, row.x + 2.2, middle - 0.6, width, pen.theme.ink)


def side_bar(pen: Pen, area: Rect, facts: dict[str, str]) -> Rect:
    """A list at the left, at the right or nowhere; told in `facts`. Returns the rest of `area`."""
    side = pen.chance.choice(("left", "left", "right", "no"))
    facts["side"] = side
    if side == "no":
        return area
    bar, rest = area.cut(side, area.w * pen.chance.uniform(0.18, 0.27))
    pen.box(bar, pen.theme.panel)
    edge = bar.x + bar.w if side == "left" else bar.x
    pen.line([(edge, bar.y), (edge, bar.y + bar.h)], pen.theme.faint)
    entries(pen, bar.inset(0.6, 1.0), pen.chance.uniform(1.8, 2.6))
    return rest


def tool_bar(pen: Pen, area: Rect) -> Rect:
    """A strip of icons at the top; returns what is below."""
    bar, rest = area.cut("top", pen.chance.uniform(2.4, 4.0))
    pen.box(bar, pen.theme.panel)
    x = bar.x + 1.0
    while x < bar.x + bar.w * pen.chance.uniform(0.4, 0.9):
        pen.box(Rect(x, bar.y + bar.h / 2 - 0.6, 1.2, 1.2), pen.theme.faint, radius=0.3)
        x += pen.chance.choice((2.0, 2.0, 3.5))
    return rest


def button(pen: Pen, area: Rect, colour: Colour | None = None) -> None:
    """A filled button with a word on it."""
    pen.box(area, colour or pen.theme.accent, radius=0.5)
    x, y = area.middle
    pen.text(x - 1.5, y - 0.6, pen.chance.choice(office.VERBS), pen.theme.paper)


def field(pen: Pen, area: Rect) -> None:
    """An empty box to type in."""
    pen.box(area, pen.theme.paper, radius=0.4, edge=pen.theme.faint)
    line(pen, area.inset(0.8, area.h / 2 - 0.6), pen.theme.faint, share=0.4)


def face(pen: Pen, x: float, y: float, radius: float) -> None:
    """Somebody's picture: a coloured disc."""
    pen.disc(x, y, radius, any_tint(pen.chance)[1])
