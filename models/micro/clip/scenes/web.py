"""What a browser shows: an article, search results, a shop, a start page, a form."""

from __future__ import annotations

from models.micro.clip import widgets
from models.micro.clip.kinds import Facts, Kind, Words
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.scenes.pictures import SUBJECTS, any_picture, picture
from models.micro.clip.themes import COLOURS, WHITE, any_tint, from_hsv


def _browser(pen: Pen) -> Rect:
    """Tabs and the address at the top; returns where the page goes."""
    pen.box(pen.area, pen.theme.paper)
    top, page = pen.area.cut("top", 4.6)
    pen.box(top, pen.theme.panel)
    tabs, address = top.cut("top", 2.3)
    for tab in tabs.grid(6, 1, gap=0.5)[: pen.chance.randint(1, 6)]:
        pen.box(tab.inset(0.2, 0.2), pen.theme.paper, radius=0.4)
    widgets.field(pen, address.inset(8, 0.2))
    return page


def article(pen: Pen) -> Facts:
    """A text under a picture or a headline, alone or beside a column of other things."""
    page = _browser(pen)
    facts: Facts = {"extra": pen.chance.choice(("left", "right", "no"))}
    if facts["extra"] != "no":
        column, page = page.cut(facts["extra"], page.w * 0.25)
        pen.box(column.inset(1), pen.theme.panel)
        widgets.prose(pen, column.inset(2))
    body = widgets.heading(pen, page.inset(page.w * 0.08, 1.5), 3.0)
    facts["image"] = pen.chance.choice((*SUBJECTS, "no", "no"))
    if facts["image"] != "no":
        shown, body = body.cut("top", body.h * 0.5)
        picture(pen, shown.inset(0, 0.5), facts["image"])
    widgets.prose(pen, body.inset(0, 1), size=1.15)
    return facts


def results(pen: Pen) -> Facts:
    """What a search found: coloured titles, addresses, lines; pictures above or none."""
    page = _browser(pen).inset(4, 1.5)
    head, page = page.cut("top", 4)
    widgets.field(pen, head.cut("left", min(head.w, 42))[0].inset(0, 0.5))
    facts: Facts = {"pictures": pen.chance.choice(("above", "right", "no"))}
    if facts["pictures"] != "no":
        side, size = (
            ("top", page.h * 0.3) if facts["pictures"] == "above" else ("right", page.w * 0.35)
        )
        shown, page = page.cut(side, size)
        across, down = (5, 1) if side == "top" else (2, 3)
        for cell in shown.inset(1).grid(across, down, gap=0.8):
            any_picture(pen, cell)
    link = from_hsv(220, 0.5, 0.95) if pen.theme.dark else from_hsv(235, 0.85, 0.7)
    for row in page.grid(1, max(1, int(page.h / 6.5))):
        widgets.line(
            pen, Rect(row.x, row.y, min(row.w, 50), 2), link, 1.5, pen.chance.uniform(0.4, 0.9)
        )
        widgets.prose(pen, Rect(row.x, row.y + 2.4, min(row.w, 55), 3))
    return facts


def shop(pen: Pen) -> Facts:
    """Goods in a grid, each with a picture, a line and a button in one colour."""
    page = _browser(pen)
    facts: Facts = {}
    page = widgets.side_bar(pen, page, facts).inset(1.5)
    name, colour = any_tint(pen.chance)
    facts["buttons"] = name
    count = pen.chance.choice((3, 5))
    facts["goods"] = "few" if count == 3 else "many"
    for cell in page.grid(count, 2 if count == 3 else 3, gap=1.5):
        shown, told = cell.cut("top", cell.h * 0.58)
        any_picture(pen, shown)
        widgets.line(pen, told.inset(0, 0.4), share=0.7)
        pen.box(told.cut("bottom", told.h * 0.5)[0], colour, radius=0.5)
    return facts


def start(pen: Pen) -> Facts:
    """A start page: a large coloured or pictured head with a button, and columns below."""
    page = _browser(pen)
    head, below = page.cut("top", page.h * pen.chance.uniform(0.5, 0.62))
    facts: Facts = {}
    if pen.chance.random() < 0.5:
        facts["hero"] = any_picture(pen, head)
    else:
        facts["hero"], colour = any_tint(pen.chance)
        pen.box(head, colour)
    inner = head.inset(head.w * 0.15, head.h * 0.25)
    widgets.line(pen, inner, WHITE, 3.5, 0.8)
    widgets.button(pen, Rect(inner.x, inner.y + 7, 10, 3), WHITE)
    count = pen.chance.choice((2, 3, 4))
    facts["columns"] = {2: "two", 3: "three", 4: "four"}[count]
    for column in below.inset(3, 2).grid(count, 1, gap=3):
        mark, told = column.cut("top", 4.5)
        pen.disc(*mark.middle, 1.9, pen.theme.accent)
        widgets.prose(pen, told)
    return facts


def form(pen: Pen) -> Facts:
    """A form to fill in: fields in one or two columns and a coloured button."""
    page = _browser(pen).inset(6, 2)
    facts: Facts = {"columns": pen.chance.choice(("one", "two"))}
    facts["button"], colour = any_tint(pen.chance)
    body = widgets.heading(pen, page, 2.6)
    foot, body = body.cut("bottom", 5)
    across = 1 if facts["columns"] == "one" else 2
    for cell in body.grid(across, max(2, int(body.h / 5.5)), gap=1.6):
        told, box = cell.cut("top", min(1.8, cell.h * 0.4))
        widgets.line(pen, told, share=0.3)
        widgets.field(pen, box)
    widgets.button(pen, foot.inset(0, 0.8).cut("left", 16)[0], colour)
    return facts


_OF = {
    name: (f"a picture of {said[0]}", f"a large picture of {said[-1]}")
    for name, said in SUBJECTS.items()
}
_HEADS = {name: (f"a {name} head", f"a large {name} area at the top") for name in COLOURS}

KINDS = (
    Kind("article",
         ("news article", "article on a web page", "web page with an article", "blog post"),
         article, {
        "image": Words(after=("with {}",), values={**_OF, "no": ("no picture", "only text")}),
        "extra": Words(after=("with {}",), values={
            "left": ("a second column on the left",), "right": ("a second column on the right",),
            "no": ("no second column",)}),
    }),
    Kind("results", ("page of search results", "web search", "search results page"), results, {
        "pictures": Words(after=("with {}",), values={
            "above": ("a row of pictures above", "pictures at the top"),
            "right": ("pictures on the right",), "no": ("no pictures", "only text")}),
    }),
    Kind("shop", ("shop", "online shop", "web shop", "page of products"), shop, {
        "buttons": Words(after=("with {} buttons",)),
        "goods": Words(after=("with {}", "showing {}"), values={
            "few": ("a few large products",), "many": ("many small products",)}),
    }),
    Kind("start", ("start page of a company", "home page", "landing page"), start, {
        "hero": Words(after=("with {}",), values={**_OF, **_HEADS}),
        "columns": Words(after=("with {} columns below", "above {} columns of text")),
    }),
    Kind("form", ("form in a browser", "web form", "form to fill in"), form, {
        "columns": Words(after=("with {} of fields",), values={
            "one": ("one column", "a single column"), "two": ("two columns",)}),
        "button": Words(after=("with {}",), values={
            name: (f"a {name} button", f"a button in {name}") for name in COLOURS}),
    }),
)  # fmt: skip
