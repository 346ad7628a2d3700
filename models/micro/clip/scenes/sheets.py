"""Programs whose whole area is one drawing: map, drawing program, chess."""

from __future__ import annotations

from models.micro.clip import widgets
from models.micro.clip.kinds import Facts, Kind, Words
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.themes import BLACK, WHITE, Colour, any_tint, from_hsv, mix, tint


def map_(pen: Pen) -> Facts:
    """A map with roads, water, a route and a pin; a list of places beside it."""
    facts: Facts = {}
    pen.box(pen.area, pen.theme.paper)
    area = widgets.side_bar(pen, pen.area, facts)
    inner = pen.within(area)
    land = from_hsv(45, 0.06, 0.95) if not pen.theme.dark else from_hsv(220, 0.25, 0.22)
    water = from_hsv(205, 0.45, 0.92) if not pen.theme.dark else from_hsv(215, 0.75, 0.45)
    inner.box(inner.area, land)
    facts["water"] = pen.chance.choice(("river", "sea", "lake", "no"))
    _WATERS[facts["water"]](inner, water)
    _roads(inner, WHITE if not pen.theme.dark else from_hsv(220, 0.15, 0.42))
    facts["route"] = pen.chance.choice(("blue", "red", "green", "no"))
    if facts["route"] != "no":
        _winding(inner, tint(facts["route"], pen.chance), 1.4)
    pen.paste(inner, area)
    return facts


def _roads(pen: Pen, colour: Colour) -> None:
    w, h = pen.area.w, pen.area.h
    slant = pen.chance.uniform(-0.3, 0.3)
    for index in range(9):
        x, y = w * index / 8, h * index / 8
        pen.line([(x, 0), (x + slant * h, h)], colour, pen.chance.choice((0.3, 0.5, 1.0)))
        pen.line([(0, y), (w, y - slant * w)], colour, pen.chance.choice((0.3, 0.5, 1.0)))


def _winding(pen: Pen, colour: Colour, width: float) -> None:
    """A line that wanders from left to right."""
    w, h = pen.area.w, pen.area.h
    y = pen.chance.uniform(0.3, 0.7)
    points = []
    for index in range(8):
        points.append((w * (0.08 + 0.12 * index), h * y))
        y = min(0.9, max(0.1, y + pen.chance.uniform(-0.18, 0.18)))
    pen.line(points, colour, width)


def _river(pen: Pen, colour: Colour) -> None:
    w, h = pen.area.w, pen.area.h
    top, bottom = pen.chance.uniform(0.1, 0.9), pen.chance.uniform(0.1, 0.9)
    bend = pen.chance.uniform(0.2, 0.8)
    pen.line([(w * top, -1), (w * bend, h / 2), (w * bottom, h + 1)], colour, 5.0)


def _sea(pen: Pen, colour: Colour) -> None:
    side = pen.chance.choice(("left", "right", "top", "bottom"))
    size = pen.area.w if side in ("left", "right") else pen.area.h
    shore = pen.area.cut(side, size * pen.chance.uniform(0.3, 0.45))[0]
    pen.box(shore, colour)
    for _ in range(5):
        pen.disc(
            shore.x + pen.chance.random() * shore.w,
            shore.y + pen.chance.random() * shore.h,
            5,
            colour,
        )


def _lake(pen: Pen, colour: Colour) -> None:
    x, y = pen.area.w * pen.chance.uniform(0.3, 0.7), pen.area.h * pen.chance.uniform(0.3, 0.7)
    for _ in range(4):
        pen.disc(x + pen.chance.uniform(-4, 4), y + pen.chance.uniform(-3, 3), 6, colour)


def _dry(pen: Pen, colour: Colour) -> None:
    """No water at all."""


_WATERS = {"river": _river, "sea": _sea, "lake": _lake, "no": _dry}


def drawing(pen: Pen) -> Facts:
    """A drawing program: tools at one side, a sheet with a few coloured figures."""
    tools = pen.chance.choice(("left", "right"))
    bar, area = pen.area.cut(tools, 4.0)
    pen.box(pen.area, pen.theme.panel)
    for row in bar.inset(0.8, 1).grid(2, 10, gap=0.4):
        pen.box(row, pen.theme.faint, radius=0.2)
    sheet = area.inset(2)
    pen.box(sheet, WHITE)
    figure = pen.chance.choice(("circles", "squares", "triangles", "lines"))
    name, _ = any_tint(pen.chance)
    for cell in sheet.inset(2).grid(3, 2, gap=2):
        if pen.chance.random() < 0.8:
            _FIGURES[figure](pen, cell, tint(name, pen.chance))
    return {"tools": tools, "figure": f"{name} {figure}"}


def _square(pen: Pen, cell: Rect, colour: Colour) -> None:
    pen.box(cell.centred(cell.h * 0.8, cell.h * 0.8), colour)


def _circle(pen: Pen, cell: Rect, colour: Colour) -> None:
    pen.disc(*cell.middle, min(cell.w, cell.h) * 0.45, colour)


def _triangle(pen: Pen, cell: Rect, colour: Colour) -> None:
    (x, y), r = cell.middle, min(cell.w, cell.h) * 0.5
    pen.shape([(x - r, y + r), (x, y - r), (x + r, y + r)], colour)


def _stroke(pen: Pen, cell: Rect, colour: Colour) -> None:
    pen.line([(cell.x, cell.y + cell.h), (cell.x + cell.w, cell.y)], colour, 0.9)


_FIGURES = {"circles": _circle, "squares": _square, "triangles": _triangle, "lines": _stroke}


def chess(pen: Pen) -> Facts:
    """A chess board with pieces, alone or with the moves beside it."""
    pen.box(pen.area, pen.theme.paper)
    moves = pen.chance.choice(("left", "right", "no"))
    area = pen.area
    if moves != "no":
        listed, area = area.cut(moves, area.w * 0.25)
        pen.box(listed, pen.theme.panel)
        widgets.prose(pen, listed.inset(1.5))
    size = min(area.w, area.h) - 3
    name = pen.chance.choice(("green", "blue", "orange", "purple", "red"))
    dark, light = tint(name, pen.chance), mix(tint(name, pen.chance), WHITE, 0.8)
    for index, cell in enumerate(area.centred(size, size).grid(8, 8)):
        pen.box(cell, dark if (index + index // 8) % 2 else light)
        if (index < 16 or index >= 48) and pen.chance.random() < 0.8:
            pen.disc(*cell.middle, cell.w * 0.32, BLACK if index < 16 else WHITE)
    return {"board": name, "moves": moves}


KINDS = (
    Kind("map", ("map", "street map", "city map"), map_, {
        "water": Words(after=("with {}", "of a place with {}"), values={
            "river": ("a river",), "sea": ("the sea", "a coast"), "lake": ("a lake",),
            "no": ("no water",)}),
        "route": Words(after=("with {}",), values={
            "blue": ("a blue route", "a route in blue"), "red": ("a red route", "a route in red"),
            "green": ("a green route", "a route in green"), "no": ("no route",)}),
    }),
    Kind("drawing", ("drawing program", "drawing", "paint program", "sketch"), drawing, {
        "tools": Words(after=("with tools on the {}", "with the palette on the {}")),
        "figure": Words(after=("of {}", "with {}", "showing {}")),
    }),
    Kind("chess", ("chess game", "chess board", "game of chess"), chess, {
        "board": Words(before=("{}",), after=("with a {} board", "on {} squares")),
        "moves": Words(after=("with {}",), values={
            "left": ("the moves on the left", "a list of moves on the left"),
            "right": ("the moves on the right", "a list of moves on the right"),
            "no": ("no list of moves",)}),
    }),
)  # fmt: skip
