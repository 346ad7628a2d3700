"""Programs of the system itself: dialog, files, settings, login, desktop, music."""

from __future__ import annotations

from models.micro.clip import widgets
from models.micro.clip.kinds import Facts, Kind, Words
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.scenes.pictures import SUBJECTS, any_picture, picture
from models.micro.clip.themes import BLACK, COLOURS, WHITE, any_tint, mix, tint

SIGNS = {"error": "red", "warning": "yellow", "question": "blue", "success": "green"}


def dialog(pen: Pen) -> Facts:
    """A question in the middle of something dimmed: with a sign, buttons or a progress bar."""
    pen.box(pen.area, pen.theme.paper)
    widgets.prose(pen, pen.area.inset(2))
    shade = mix(pen.theme.paper, BLACK, 0.5)
    pen.dim(shade)
    sign = pen.chance.choice(tuple(SIGNS))
    facts: Facts = {"sign": sign, "answer": pen.chance.choice(("buttons", "progress", "field"))}
    box = pen.area.centred(pen.chance.uniform(34, 46), pen.chance.uniform(16, 22))
    pen.box(box, pen.theme.paper, radius=0.8, edge=pen.theme.faint)
    mark, told = box.inset(2).cut("left", 8)
    foot, told = told.cut("bottom", 4)
    pen.disc(mark.x + 3, mark.y + 4, 3, tint(SIGNS[sign], pen.chance))
    widgets.prose(pen, widgets.heading(pen, told, 1.6), pen.theme.ink)
    _answer(pen, foot, facts["answer"])
    return facts


def _answer(pen: Pen, area: Rect, kind: str) -> None:
    if kind == "buttons":
        for cell in area.cut("right", 18)[0].grid(2, 1, gap=1.5):
            widgets.button(pen, cell.inset(0, 0.6))
    elif kind == "progress":
        bar = area.inset(0, 1.2)
        pen.box(bar, pen.theme.faint, radius=0.6)
        done = bar.cut("left", bar.w * pen.chance.uniform(0.2, 0.9))[0]
        pen.box(done, pen.theme.accent, radius=0.6)
    else:
        widgets.field(pen, area.inset(0, 0.5))


def files(pen: Pen) -> Facts:
    """Folders as large pictures or as a list, in one colour, between bars."""
    facts: Facts = {}
    pen.box(pen.area, pen.theme.paper)
    area = widgets.tool_bar(pen, widgets.side_bar(pen, pen.area, facts)).inset(1.5)
    facts["folders"] = pen.chance.choice(("yellow", "blue", "green", "purple"))
    facts["view"] = pen.chance.choice(("icons", "list"))
    large = facts["view"] == "icons"
    across, pitch = (max(2, int(area.w / 10)), 9.0) if large else (1, 2.3)
    cells = area.grid(across, max(1, int(area.h / pitch)))
    for cell in cells[: pen.chance.randint(len(cells) * 2 // 3, len(cells))]:
        colour = tint(facts["folders"], pen.chance)
        _folder(pen, cell, colour) if large else _row(pen, cell, colour)
    return facts


def _folder(pen: Pen, cell: Rect, colour: tuple[int, int, int]) -> None:
    top, name = cell.inset(1, 0.5).cut("top", cell.h * 0.65)
    body = top.centred(6.5, 4.6)
    pen.box(Rect(body.x, body.y - 0.6, body.w * 0.45, 1.2), mix(colour, BLACK, 0.2), radius=0.2)
    pen.box(body, colour, radius=0.4)
    widgets.line(pen, name.inset(0.5, 0.5), share=0.9)


def _row(pen: Pen, cell: Rect, colour: tuple[int, int, int]) -> None:
    icon, rest = cell.cut("left", 3)
    pen.box(icon.centred(2.0, 1.5), colour, radius=0.2)
    for column, share in zip(rest.grid(3, 1, gap=2), (0.8, 0.4, 0.3), strict=True):
        widgets.line(pen, column.inset(0, 0.5), share=share)


def settings(pen: Pen) -> Facts:
    """Rows of switches, sliders or fields, mostly in the accent colour."""
    facts: Facts = {}
    pen.box(pen.area, pen.theme.paper)
    area = widgets.heading(pen, widgets.side_bar(pen, pen.area, facts).inset(3), 2.4)
    facts["rows"] = pen.chance.choice(("switches", "sliders", "fields"))
    facts["paint"] = pen.theme.accent_name
    for row in area.grid(1, max(2, int(area.h / pen.chance.uniform(4, 6)))):
        told, control = row.cut("left", row.w * 0.45)
        widgets.line(pen, told.inset(0, 0.8), share=pen.chance.uniform(0.4, 0.9))
        _CONTROLS[facts["rows"]](pen, control.cut("top", min(3.5, control.h))[0])
        pen.line([(row.x, row.y + row.h), (row.x + row.w, row.y + row.h)], pen.theme.faint, 0.1)
    return facts


def _switch(pen: Pen, area: Rect) -> None:
    on = pen.chance.random() < 0.7
    body = area.cut("right", 6)[0].centred(5, 2.4)
    pen.box(body, pen.theme.accent if on else pen.theme.faint, radius=1.2)
    pen.disc(body.x + (3.8 if on else 1.2), body.y + 1.2, 0.9, WHITE)


def _slider(pen: Pen, area: Rect) -> None:
    rail = area.inset(0, area.h / 2 - 0.4)
    pen.box(rail, pen.theme.faint)
    done = rail.cut("left", rail.w * pen.chance.uniform(0.2, 0.9))[0]
    pen.box(done, pen.theme.accent)
    pen.disc(done.x + done.w, done.y + 0.4, 1.2, pen.theme.accent)


def _entry(pen: Pen, area: Rect) -> None:
    pen.box(area.inset(0, 0.3), pen.theme.paper, radius=0.3, edge=pen.theme.accent)
    pen.box(area.cut("right", 3)[0].inset(0.3, 0.5), pen.theme.accent)


_CONTROLS = {"switches": _switch, "sliders": _slider, "fields": _entry}


def login(pen: Pen) -> Facts:
    """Name and password in a card at the left, in the middle or at the right of a ground."""
    facts: Facts = {"card": pen.chance.choice(("left", "middle", "right"))}
    if pen.chance.random() < 0.4:
        facts["ground"] = pen.chance.choice(("mountains", "beach", "forest", "city", "sunset"))
        picture(pen, pen.area, facts["ground"])
    else:
        facts["ground"], colour = any_tint(pen.chance)
        pen.box(pen.area, colour)
    half = pen.area.inset(3, 0)
    if facts["card"] != "middle":
        half = half.cut(facts["card"], pen.area.w * 0.4)[0]
    card = half.centred(28, 30)
    pen.box(card, pen.theme.paper, radius=0.8)
    top, form = card.inset(3).cut("top", card.h * 0.25)
    pen.disc(*top.middle, 2.6, pen.theme.faint)
    for index, row in enumerate(form.cut("top", min(form.h, 14))[0].grid(1, 3, gap=1.5)):
        widgets.button(pen, row) if index == 2 else widgets.field(pen, row)
    return facts


def desktop(pen: Pen) -> Facts:
    """No window at all: icons on a picture or on a colour."""
    facts: Facts = {}
    if pen.chance.random() < 0.5:
        facts["ground"] = pen.chance.choice(tuple(SUBJECTS)[:6])
        picture(pen, pen.area, facts["ground"])
    else:
        facts["ground"], colour = any_tint(pen.chance)
        pen.box(pen.area, colour)
    facts["icons"] = pen.chance.choice(("left", "right", "no"))
    if facts["icons"] != "no":
        for cell in pen.area.cut(facts["icons"], 16)[0].inset(1).grid(2, 6, gap=1):
            pen.box(cell.centred(4, 4), any_tint(pen.chance)[1], radius=0.6, edge=WHITE)
    return facts


def music(pen: Pen) -> Facts:
    """A cover, large alone or small beside the songs, and the controls below."""
    facts: Facts = {}
    pen.box(pen.area, pen.theme.paper)
    area = widgets.side_bar(pen, pen.area, facts)
    below, area = area.cut("bottom", 5)
    pen.box(below, pen.theme.panel)
    for index, radius in enumerate((0.9, 1.6, 0.9)):
        pen.disc(below.middle[0] + (index - 1) * 5, below.y + 2.5, radius, pen.theme.accent)
    facts["songs"] = pen.chance.choice(("list", "cover", "albums"))
    if facts["songs"] == "albums":
        for cell in area.inset(1.5).grid(5, 3, gap=1.5):
            any_picture(pen, cell)
        return facts
    if facts["songs"] == "list":
        top, area = area.inset(1.5).cut("top", area.h * 0.35)
        any_picture(pen, top.cut("left", top.h)[0])
        widgets.entries(pen, area.inset(0, 1))
        return facts
    size = min(area.w, area.h) * 0.75
    any_picture(pen, area.centred(size, size))
    return facts


_GROUND = {name: (f"a {name} background", f"a {name} ground") for name in COLOURS} | {
    name: tuple(f"a picture of {said}" for said in SUBJECTS[name]) for name in tuple(SUBJECTS)[:6]
}

KINDS = (
    Kind("dialog", ("dialog", "message box", "alert", "pop-up"), dialog, {
        "sign": Words(before=("{}",), after=("with a {} sign",), values={
            "error": ("red",), "warning": ("yellow",), "question": ("blue",),
            "success": ("green",)}),
        "answer": Words(after=("with {}",), values={
            "buttons": ("two buttons",), "progress": ("a progress bar",),
            "field": ("a field to type in", "an empty field")}),
    }),
    Kind("files", ("file manager", "folder", "file browser"), files, {
        "folders": Words(after=("with {} folders", "full of {} folders")),
        "view": Words(after=("{}",), values={
            "icons": ("with large icons", "as icons"),
            "list": ("as a list", "with a list of files")}),
    }),
    Kind("settings", ("settings window", "settings page", "preferences page"), settings, {
        "rows": Words(after=("with {}", "full of {}"), values={
            "fields": ("fields to choose from", "drop-down fields")}),
        "paint": Words(after=("in {}", "with {} controls")),
    }),
    Kind("login", ("login form", "login page", "sign-in form", "password form"), login, {
        "card": Words(after=("{}",), values={
            "left": ("on the left", "at the left edge"),
            "middle": ("in the middle", "in the centre"),
            "right": ("on the right", "at the right edge")}),
        "ground": Words(after=("over {}", "on {}"), values=_GROUND),
    }),
    Kind("desktop", ("empty desktop", "desktop", "desktop without windows"), desktop, {
        "ground": Words(after=("with {}", "showing {}"), values=_GROUND),
        "icons": Words(after=("with {}",), values={
            "left": ("icons on the left",), "right": ("icons on the right",), "no": ("no icons",)}),
    }),
    Kind("music", ("music player", "music program", "player for songs"), music, {
        "songs": Words(after=("with {}", "showing {}"), values={
            "list": ("a list of songs", "songs below a cover"),
            "cover": ("one large cover", "a big album cover"),
            "albums": ("many albums", "a grid of covers")}),
    }),
)  # fmt: skip
