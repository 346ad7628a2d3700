"""Programs full of numbers: spreadsheet, chart, slide, dashboard."""

from __future__ import annotations

from models.micro.clip import widgets
from models.micro.clip.kinds import Facts, Kind, Words
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.scenes.pictures import any_picture
from models.micro.clip.themes import COLOURS, WHITE, Colour, any_tint, mix, theme, tint

CHARTS = ("bar", "line", "pie", "scatter", "area")


def plot(pen: Pen, area: Rect, kind: str, colours: list[Colour]) -> None:
    """A chart of that kind in `area`, in the colours given."""
    if kind != "pie":
        pen.line([(area.x, area.y), (area.x, area.y + area.h)], pen.theme.faint, 0.25)
        base = area.y + area.h
        pen.line([(area.x, base), (area.x + area.w, base)], pen.theme.faint, 0.25)
    _PLOTS[kind](pen, area, colours)


def _bars(pen: Pen, area: Rect, colours: list[Colour]) -> None:
    for index, column in enumerate(area.grid(pen.chance.randint(4, 9), 1)):
        bar = column.cut("bottom", area.h * pen.chance.uniform(0.2, 0.98))[0]
        pen.box(bar.inset(column.w * 0.15, 0), colours[index % len(colours)])


def _curve(pen: Pen, area: Rect, count: int = 12) -> list[tuple[float, float]]:
    """Points of something that rises or falls from left to right."""
    share, drift = pen.chance.uniform(0.3, 0.7), pen.chance.uniform(-0.04, 0.04)
    points = []
    for index in range(count):
        points.append((area.x + area.w * index / (count - 1), area.y + area.h * (1 - share)))
        share = min(0.95, max(0.08, share + drift + pen.chance.uniform(-0.1, 0.1)))
    return points


def _lines(pen: Pen, area: Rect, colours: list[Colour]) -> None:
    for colour in colours:
        pen.line(_curve(pen, area), colour, 0.7)


def _areas(pen: Pen, area: Rect, colours: list[Colour]) -> None:
    base = area.y + area.h
    for colour in colours[:2]:
        pen.shape([(area.x, base), *_curve(pen, area), (area.x + area.w, base)], colour)


def _pie(pen: Pen, area: Rect, colours: list[Colour]) -> None:
    (x, y), radius = area.middle, min(area.w, area.h) * 0.48
    shades = [mix(colour, WHITE, step) for step in (0.0, 0.35, 0.6) for colour in colours]
    start = 0.0
    for index, shade in enumerate(shades):
        end = (
            1.0 if index == len(shades) - 1 else start + (1 - start) * pen.chance.uniform(0.2, 0.5)
        )
        pen.slice(x, y, radius, (start, end), shade)
        start = end


def _dots(pen: Pen, area: Rect, colours: list[Colour]) -> None:
    slope = pen.chance.choice((-1, 1))
    for index in range(40):
        x = pen.chance.random()
        y = 0.5 + slope * (x - 0.5) * 0.8 + pen.chance.gauss(0, 0.1)
        y = min(0.95, max(0.05, y))
        pen.disc(area.x + x * area.w, area.y + y * area.h, 0.75, colours[index % len(colours)])


_PLOTS = {"bar": _bars, "line": _lines, "pie": _pie, "scatter": _dots, "area": _areas}


def chart(pen: Pen) -> Facts:
    """One large chart, in one colour or in several, with a legend at a side or without."""
    pen.box(pen.area, pen.theme.paper)
    kind = pen.chance.choice(CHARTS)
    name, colour = any_tint(pen.chance)
    several = pen.chance.random() < 0.3
    colours = [any_tint(pen.chance)[1] for _ in range(3)] if several else [colour]
    area = widgets.heading(pen, pen.area.inset(3, 2), 2.4)
    legend = pen.chance.choice(("left", "right", "no"))
    if legend != "no":
        told, area = area.cut(legend, area.w * 0.18)
        for index, row in enumerate(told.inset(1, told.h * 0.25).grid(1, 4, gap=1)):
            pen.box(row.cut("left", 2)[0].centred(2, 2), colours[index % len(colours)])
            widgets.line(pen, row.cut("right", row.w - 3)[0])
    plot(pen, area.inset(2), kind, colours)
    return {"plot": kind, "paint": "several" if several else name, "legend": legend}


def spreadsheet(pen: Pen) -> Facts:
    """Cells with numbers, coloured in the first row or not; perhaps a chart over them."""
    pen.box(pen.area, pen.theme.paper)
    area = widgets.tool_bar(pen, pen.area)
    facts: Facts = {"chart": pen.chance.choice(("no", "no", *CHARTS[:3])), "head": "no"}
    filled = area.cut("left", area.w * pen.chance.uniform(0.5, 1.0))[0]
    if pen.chance.random() < 0.6:
        facts["head"], colour = any_tint(pen.chance)
        pen.box(filled.cut("top", 2.6)[0], colour)
    _cells(pen, area, filled)
    if facts["chart"] != "no":
        facts["where"] = pen.chance.choice(("left", "right", "bottom"))
        size = area.h * 0.5 if facts["where"] == "bottom" else area.w * 0.42
        _chart_over(pen, area.cut(facts["where"], size)[0], facts["chart"])
    return facts


def _cells(pen: Pen, area: Rect, filled: Rect) -> None:
    """The lines of a sheet over all of `area`, and numbers in `filled`."""
    wide, high = pen.chance.uniform(5, 9), pen.chance.uniform(1.6, 2.2)
    rule = pen.theme.mixed(0.28, pen.theme.ink)
    rows, columns = int(area.h / high), int(area.w / wide)
    last = pen.chance.randint(rows // 2, rows)
    for row in range(rows + 1):
        y = area.y + row * high
        pen.line([(0, y), (area.w, y)], rule, 0.1)
        for column in range(columns + 1):
            x = area.x + column * wide
            if x + wide <= filled.x + filled.w and row < last and pen.chance.random() < 0.85:
                pen.text(x + 0.6, y + 0.3, str(pen.chance.randrange(10, 99999)), pen.theme.ink)
    for column in range(columns + 1):
        x = area.x + column * wide
        pen.line([(x, area.y), (x, area.y + area.h)], rule, 0.1)


def _chart_over(pen: Pen, area: Rect, kind: str) -> None:
    card = area.inset(1.5, 3)
    pen.box(card, pen.theme.paper, edge=pen.theme.faint)
    colours = [any_tint(pen.chance)[1] for _ in range(2)]
    plot(pen, card.inset(2), kind, colours)


def slide(pen: Pen) -> Facts:
    """A slide on a coloured or a white ground, shown alone or beside the strip of all slides."""
    facts: Facts = {"shown": pen.chance.choice(("alone", "left", "below"))}
    pen.box(pen.area, pen.theme.panel)
    area = pen.area
    name, colour = any_tint(pen.chance)
    facts["ground"] = "white" if pen.chance.random() < 0.3 else name
    ground = (250, 250, 250) if facts["ground"] == "white" else colour
    if facts["shown"] != "alone":
        side, size = (
            ("left", area.w * 0.17) if facts["shown"] == "left" else ("bottom", area.h * 0.2)
        )
        strip, area = widgets.tool_bar(pen, area).cut(side, size)
        across, down = (1, 5) if side == "left" else (6, 1)
        for cell in strip.inset(1).grid(across, down, gap=1):
            pen.box(cell, ground, edge=pen.theme.faint)
        area = area.inset(2)
    inner = pen.within(area, theme(pen.chance, dark=facts["ground"] not in ("white", "yellow")))
    inner.box(inner.area, ground)
    facts["content"] = pen.chance.choice(tuple(_CONTENTS))
    _CONTENTS[facts["content"]](inner)
    pen.paste(inner, area)
    return facts


def _title(pen: Pen) -> None:
    w, h = pen.area.w, pen.area.h
    widgets.write(pen, w * 0.15, h * 0.36, w * 0.7, pen.theme.ink, 4.0)
    widgets.write(pen, w * 0.3, h * 0.55, w * 0.4, pen.theme.ink, 2.0)


def _points(pen: Pen, area: Rect | None = None) -> None:
    area = widgets.heading(pen, area or pen.area.inset(4, 3), 3.2)
    for row in area.grid(1, 5):
        pen.disc(row.x + 0.8, row.y + 1.6, 0.6, pen.theme.ink)
        widgets.line(pen, Rect(row.x + 3, row.y + 0.6, row.w - 3, 2), size=1.9, share=0.9)


def _picture_left(pen: Pen) -> None:
    shown, told = pen.area.inset(3).cut("left", pen.area.w * 0.45)
    any_picture(pen, shown)
    _points(pen, told.inset(2, 0))


def _picture_right(pen: Pen) -> None:
    shown, told = pen.area.inset(3).cut("right", pen.area.w * 0.45)
    any_picture(pen, shown)
    _points(pen, told.inset(2, 0))


def _chart_slide(pen: Pen) -> None:
    area = widgets.heading(pen, pen.area.inset(4, 3), 3.2)
    colours = [mix(pen.theme.ink, any_tint(pen.chance)[1], 0.4)]
    plot(pen, area.inset(2, 1), pen.chance.choice(CHARTS[:3]), colours)


_CONTENTS = {
    "title": _title, "points": _points, "picture left": _picture_left,
    "picture right": _picture_right, "chart": _chart_slide,
}  # fmt: skip


def dashboard(pen: Pen) -> Facts:
    """Tiles with numbers above charts, or charts alone; a side bar or none."""
    pen.box(pen.area, pen.theme.panel)
    facts: Facts = {}
    area = widgets.side_bar(pen, pen.area, facts).inset(1.5)
    facts["tiles"] = pen.chance.choice(("white", "coloured", "no"))
    if facts["tiles"] != "no":
        top, area = area.cut("top", area.h * 0.24)
        for cell in top.grid(4, 1, gap=1.5):
            plain = facts["tiles"] == "white"
            pen.box(cell, pen.theme.paper if plain else any_tint(pen.chance)[1], radius=0.6)
            number = str(pen.chance.randrange(10, 9999))
            pen.text(cell.x + 1.2, cell.y + 1.2, number, pen.theme.ink if plain else WHITE, 3.0)
        area = area.inset(0, 1)
    count = pen.chance.choice((1, 2, 4))
    facts["charts"] = {1: "one", 2: "two", 4: "four"}[count]
    across, down = {1: (1, 1), 2: (2, 1), 4: (2, 2)}[count]
    for cell in area.grid(across, down, gap=1.5):
        pen.box(cell, pen.theme.paper, radius=0.6)
        colours = [tint(pen.theme.accent_name, pen.chance), any_tint(pen.chance)[1]]
        plot(pen, cell.inset(2), pen.chance.choice(CHARTS), colours)
    return facts


PLOTS = {
    "bar": ("bar", "column"), "line": ("line", "curve"), "pie": ("pie",),
    "scatter": ("scatter", "dot"), "area": ("area",),
}  # fmt: skip

KINDS = (
    Kind("chart", ("chart", "diagram", "plot"), chart, {
        "plot": Words(before=("{}",), values=PLOTS),
        "paint": Words(after=("in {}", "drawn in {}"),
            values={"several": ("several colours", "many colours")}),
        "legend": Words(after=("with {}",), values={
            "left": ("a legend on the left",), "right": ("a legend on the right",),
            "no": ("no legend",)}),
    }),
    Kind("spreadsheet", ("spreadsheet", "sheet of numbers", "table of numbers"), spreadsheet, {
        "head": Words(after=("with {}",), values={
            **{name: (f"a {name} first row", f"a {name} header row") for name in COLOURS},
            "no": ("no coloured rows",)}),
        "chart": Words(after=("with {}",), values={
            "bar": ("a bar chart", "a column chart"), "line": ("a line chart", "a curve"),
            "pie": ("a pie chart",), "no": ("no chart", "only numbers")}),
        "where": Words(after=("with a chart {}", "with its chart {}"), values={
            "left": ("on the left",), "right": ("on the right",),
            "bottom": ("at the bottom", "below")}),
    }),
    Kind("slide", ("slide", "presentation", "presentation slide"), slide, {
        "ground": Words(before=("{}",), after=("on a {} background", "on {}")),
        "shown": Words(after=("{}", "shown {}"), values={
            "alone": ("in full screen", "without thumbnails"),
            "left": ("with the other slides on the left", "beside a strip of slides on the left"),
            "below": ("with the other slides below", "above a strip of slides")}),
        "content": Words(after=("with {}", "showing {}"), values={
            "title": ("only a title", "just a title"),
            "points": ("a list of points", "bullet points"),
            "picture left": ("a picture on the left",),
            "picture right": ("a picture on the right",),
            "chart": ("a chart", "a diagram")}),
    }, hides=("theme",)),
    Kind("dashboard", ("dashboard", "statistics page", "overview of figures"), dashboard, {
        "tiles": Words(after=("with {}",), values={
            "white": ("plain number tiles", "numbers in plain boxes"),
            "coloured": ("coloured number tiles", "numbers in coloured boxes"),
            "no": ("no number tiles",)}),
        "charts": Words(after=("with {}", "showing {}"), values={
            "one": ("one large chart", "a single chart"), "two": ("two charts",),
            "four": ("four charts",)}),
    }),
)  # fmt: skip
