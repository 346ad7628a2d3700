"""Programs full of text: terminal, code editor, document, PDF reader, notes."""

from __future__ import annotations

from models.micro.clip import widgets
from models.micro.clip.kinds import Facts, Kind, Words
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.scenes.pictures import any_picture
from models.micro.clip.themes import MONO, SERIF, WHITE, Colour, any_tint, from_hsv, mix, tint


def _panes(pen: Pen, facts: Facts) -> list[Rect]:
    """The whole area, two halves side by side or one above the other, or four quarters."""
    split = pen.chance.choice(("one", "one", "side by side", "stacked", "four"))
    across, down = {"one": (1, 1), "side by side": (2, 1), "stacked": (1, 2), "four": (2, 2)}[split]
    facts["split"] = split
    for x in range(1, across):
        pen.line(
            [(pen.area.w * x / across, 0), (pen.area.w * x / across, pen.area.h)],
            pen.theme.faint,
            0.4,
        )
    for y in range(1, down):
        pen.line(
            [(0, pen.area.h * y / down), (pen.area.w, pen.area.h * y / down)], pen.theme.faint, 0.4
        )
    return pen.area.grid(across, down)


def terminal(pen: Pen) -> Facts:
    """One to four shells, full of output or nearly empty, in one colour of ink."""
    pen.box(pen.area, pen.theme.paper)
    ink = pen.chance.choice(("green", "orange", "blue", "pink", "plain"))
    colour = pen.theme.ink if ink == "plain" else _readable(pen, tint(ink, pen.chance))
    filled = pen.chance.choice(("full", "empty"))
    facts: Facts = {"ink": ink, "filled": filled}
    face = pen.chance.choice(MONO)
    for pane in _panes(pen, facts):
        shown = pane.inset(0.8)
        if filled == "empty":
            shown = shown.cut("top", min(shown.h, pen.chance.uniform(2.5, 5)))[0]
        _output(pen, shown, colour, face)
    return facts


def _readable(pen: Pen, colour: Colour) -> Colour:
    """Lighter on a dark paper, darker on a light one."""
    return mix(colour, WHITE, 0.25) if pen.theme.dark else mix(colour, (0, 0, 0), 0.15)


def _output(pen: Pen, area: Rect, colour: Colour, face: str) -> None:
    y = area.y
    while y + 1 <= area.y + area.h:
        width = area.w * pen.chance.triangular(0.1, 1.0, 0.7)
        widgets.write(pen, area.x, y, width, colour, 1.0, face)
        y += 1.25


def editor(pen: Pen) -> Facts:
    """Code in colours and steps, files at one side, perhaps a terminal below."""
    facts: Facts = {}
    pen.box(pen.area, pen.theme.paper)
    area = widgets.side_bar(pen, pen.area, facts)
    facts["below"] = pen.chance.choice(("terminal", "no"))
    if facts["below"] == "terminal":
        below, area = area.cut("bottom", area.h * pen.chance.uniform(0.25, 0.35))
        pen.box(below, (12, 12, 14))
        _output(pen, below.inset(1), (200, 200, 200), MONO[0])
    facts["files"] = pen.chance.choice(("one", "two"))
    for pane in area.grid(1 if facts["files"] == "one" else 2, 1):
        tab, code = pane.cut("top", 2.2)
        pen.box(tab, pen.theme.panel)
        pen.line([(pane.x, pane.y), (pane.x, pane.y + pane.h)], pen.theme.faint, 0.3)
        _code(pen, code.inset(0.8, 0.4))
    return facts


def _code(pen: Pen, area: Rect) -> None:
    """Lines of code: indented, each word in one of a few colours."""
    inks = [_readable(pen, any_tint(pen.chance)[1]) for _ in range(3)] + [pen.theme.ink]
    face, indent, y = pen.chance.choice(MONO), 0, area.y
    while y + 1 <= area.y + area.h:
        pen.text(area.x, y, "00", pen.theme.faint, 0.9, face)
        x = area.x + 2.5 + 2.4 * indent
        for _ in range(pen.chance.randint(0, 5)):
            width = pen.chance.uniform(1.5, 7)
            if x + width > area.x + area.w:
                break
            widgets.write(pen, x, y, width, pen.chance.choice(inks), 1.0, face)
            x += width + 0.8
        indent = max(0, min(4, indent + pen.chance.choice((-1, 0, 0, 1))))
        y += 1.35


def document(pen: Pen) -> Facts:
    """A word processor: one or two white pages with text and perhaps a picture or a table."""
    pen.box(pen.area, pen.theme.panel)
    area = widgets.tool_bar(pen, pen.area)
    facts: Facts = {"pages": pen.chance.choice(("one", "two"))}
    facts["inside"] = pen.chance.choice(("picture", "table", "text"))
    count = 1 if facts["pages"] == "one" else 2
    face = pen.chance.choice(SERIF)
    sheet = area.inset(1, 1.5).centred(36 * count + 2 * (count - 1), area.h)
    for index, page in enumerate(sheet.grid(count, 1, gap=2)):
        _page(pen, page, facts["inside"] if index == 0 else "text", face)
    return facts


def _page(pen: Pen, page: Rect, inside: str, face: str) -> None:
    """A sheet of paper; `inside` names what stands between the lines."""
    ink = (40, 40, 40)
    pen.box(page, WHITE, edge=pen.theme.faint)
    body = page.inset(page.w * 0.1, 2.5)
    title, body = body.cut("top", 3.5)
    widgets.line(pen, title, ink, 2.0, 0.6)
    if inside != "text":
        space, body = body.cut("top", body.h * 0.4)
        if inside == "picture":
            any_picture(pen, space.inset(0, 0.5))
        else:
            _table(pen, space.inset(0, 0.5))
    widgets.prose(pen, body, ink, 1.0, face)


def _table(pen: Pen, area: Rect) -> None:
    across, down = pen.chance.randint(3, 5), pen.chance.randint(4, 7)
    for index, cell in enumerate(area.grid(across, down)):
        pen.box(cell, pen.theme.accent if index < across else WHITE, edge=(120, 120, 120))
        widgets.line(pen, cell.inset(0.5, 0.4), (60, 60, 60), 0.9, 0.6)


def pdf(pen: Pen) -> Facts:
    """A reader on a dark or grey ground: a page in one or two columns, thumbnails at one side."""
    pen.box(pen.area, mix(pen.theme.paper, (90, 90, 95), 0.55))
    facts: Facts = {"columns": pen.chance.choice(("one", "two"))}
    facts["thumbnails"] = pen.chance.choice(("left", "right", "no"))
    area = pen.area
    if facts["thumbnails"] != "no":
        bar, area = area.cut(facts["thumbnails"], 11)
        pen.box(bar, pen.theme.panel)
        for cell in bar.inset(2.5, 1.5).grid(1, 4, gap=1.5):
            pen.box(cell, WHITE, edge=pen.theme.faint)
    page = area.inset(2, 0).centred(44, area.h)
    pen.box(page, WHITE)
    title, body = page.inset(4, 2).cut("top", 4)
    widgets.line(pen, title.inset(title.w * 0.15, 0), (20, 20, 20), 2.2)
    count = 1 if facts["columns"] == "one" else 2
    for column in body.grid(count, 1, gap=2.5):
        widgets.prose(pen, column, (40, 40, 40), 0.9, pen.chance.choice(SERIF))
    return facts


def notes(pen: Pen) -> Facts:
    """Sticky notes on a board, in one colour or in many."""
    pen.box(pen.area, pen.theme.paper)
    name = pen.chance.choice(("yellow", "pink", "green", "blue", "mixed"))
    few = pen.chance.random() < 0.5
    across, down = (3, 2) if few else (6, 4)
    for cell in pen.area.inset(2).grid(across, down, gap=pen.area.w * 0.02):
        if pen.chance.random() < 0.12:
            continue
        colour = any_tint(pen.chance)[1] if name == "mixed" else tint(name, pen.chance)
        note = cell.inset(pen.chance.uniform(0, 0.6))
        pen.box(note, mix(colour, WHITE, 0.35))
        widgets.prose(pen, note.inset(0.8).cut("top", note.h * 0.6)[0], from_hsv(0, 0, 0.2))
    return {"notes": name, "many": "few" if few else "many"}


SPLIT = Words(after=("{}", "with {}"), values={
    "one": ("a single pane", "one pane"),
    "side by side": ("two panes side by side", "a left and a right pane"),
    "stacked": ("two panes one above the other", "an upper and a lower pane"),
    "four": ("four panes", "panes in all four corners"),
})  # fmt: skip

KINDS = (
    Kind("terminal", ("terminal", "console", "shell", "command line"), terminal, {
        "ink": Words(after=("with {} text", "with {} letters", "in {} letters"), values={
            "plain": ("plain", "colourless")}),
        "filled": Words(after=("{}", "that is {}"), values={
            "full": ("full of output", "full of text"), "empty": ("almost empty", "nearly empty")}),
        "split": Words(after=("with {}",), values=SPLIT.values),
    }),
    Kind("editor",
         ("code editor", "source code editor", "program text", "programming editor"),
         editor, {
        "below": Words(after=("with {}",), values={
            "terminal": ("a terminal at the bottom", "a black terminal below"),
            "no": ("no terminal",)}),
        "files": Words(after=("with {}", "showing {}"), values={
            "one": ("one file",), "two": ("two files side by side", "two files")}),
    }),
    Kind("document", ("document", "letter", "word processor", "text document"), document, {
        "pages": Words(after=("with {}", "showing {}"), values={
            "one": ("one page", "a single page"), "two": ("two pages", "two pages side by side")}),
        "inside": Words(after=("with {}", "containing {}"), values={
            "picture": ("a picture", "an image on the page"),
            "table": ("a table", "rows and columns"),
            "text": ("only text", "nothing but text")}),
    }),
    Kind("pdf", ("PDF reader", "PDF", "scientific paper", "article in a PDF reader"), pdf, {
        "columns": Words(after=("in {}", "with {}"), values={
            "one": ("one column", "a single column"), "two": ("two columns",)}),
        "thumbnails": Words(after=("with {}",), values={
            "left": ("page thumbnails on the left", "small pages on the left"),
            "right": ("page thumbnails on the right", "small pages on the right"),
            "no": ("no thumbnails",)}),
    }),
    Kind("notes", ("board of sticky notes", "wall of sticky notes", "notes board"), notes, {
        "notes": Words(after=("with {} notes", "of {} notes"), values={
            "mixed": ("differently coloured", "multicoloured")}),
        "many": Words(after=("with {}",), values={
            "few": ("a few large notes", "large notes"),
            "many": ("many small notes", "small notes")}),
    }),
)  # fmt: skip
