"""Programs that show pictures: photo viewer, video player, video call."""

from __future__ import annotations

from models.micro.clip import widgets
from models.micro.clip.kinds import Facts, Kind, Words
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.scenes.pictures import SUBJECTS, any_picture, picture
from models.micro.clip.themes import BLACK, WHITE, theme, tint

_SUBJECT = Words(after=("of {}", "that shows {}", "with {}"), values=SUBJECTS)


def photo(pen: Pen) -> Facts:
    """A photo viewer: one picture with or without a strip of others, or a whole wall of them."""
    area = pen.area
    pen.box(area, pen.theme.paper)
    if pen.chance.random() < 0.3:
        for cell in area.inset(2).grid(pen.chance.randint(4, 6), 4, gap=0.8):
            any_picture(pen, cell)
        return {"photos": "many"}
    strip = pen.chance.choice(("bottom", "left", "no"))
    if strip != "no":
        small, area = area.cut(strip, pen.area.h * 0.16)
        across, down = (9, 1) if strip == "bottom" else (1, 6)
        for cell in small.inset(0.4).grid(across, down, gap=0.4):
            any_picture(pen, cell)
    return {"subject": any_picture(pen, area.inset(pen.chance.uniform(0, 8), 1)), "strip": strip}


def video(pen: Pen) -> Facts:
    """A film that plays, with its controls; perhaps with others to watch next at the right."""
    pen.box(pen.area, pen.theme.paper)
    area, facts = pen.area, {"next": "no"}
    if pen.chance.random() < 0.5:
        facts["next"] = "right"
        listed, area = area.cut("right", area.w * 0.27)
        for row in listed.inset(1).grid(1, 6, gap=1):
            shown, told = row.cut("left", row.w * 0.5)
            any_picture(pen, shown)
            widgets.prose(pen, told.inset(0.6, 0.2))
        area = area.inset(1.5)
        controls, area = area.cut("bottom", area.h * 0.25)
        widgets.prose(pen, controls.cut("bottom", controls.h - 3)[0])
    facts["subject"] = any_picture(pen, area)
    bar = area.cut("bottom", 2.0)[0]
    pen.box(bar, BLACK)
    pen.box(Rect(bar.x, bar.y, bar.w * pen.chance.uniform(0.2, 0.8), 0.7), tint("red", pen.chance))
    x, y = area.middle
    pen.disc(x, y, 3.2, BLACK)
    pen.shape([(x - 1.2, y - 1.8), (x - 1.2, y + 1.8), (x + 2, y)], WHITE)
    return facts


def call(pen: Pen) -> Facts:
    """A video call: faces in tiles, perhaps a shared screen or a chat beside them."""
    pen.box(pen.area, pen.theme.paper)
    controls, area = pen.area.cut("bottom", 4.5)
    facts: Facts = {"chat": "no"}
    if pen.chance.random() < 0.4:
        facts["chat"] = pen.chance.choice(("left", "right"))
        side, area = area.cut(facts["chat"], area.w * 0.24)
        pen.box(side, pen.theme.panel)
        widgets.prose(pen, side.inset(1))
    for index in range(5):
        colour = tint("red", pen.chance) if index == 4 else pen.theme.faint
        pen.disc(controls.w / 2 + (index - 2) * 4, controls.y + 2.2, 1.5, colour)
    count = pen.chance.choice(("one", "two", "four", "nine", "shared"))
    facts["people"] = count
    if count == "shared":
        faces, screen = area.inset(1).cut("right", area.w * 0.2)
        _shared(pen, screen.inset(0.5))
        cells = faces.grid(1, 4, gap=0.6)
    else:
        across, down = {"one": (1, 1), "two": (2, 1), "four": (2, 2), "nine": (3, 3)}[count]
        cells = area.inset(1).grid(across, down, gap=1)
    for cell in cells:
        picture(pen, cell, "person")
    return facts


def _shared(pen: Pen, area: Rect) -> None:
    """What somebody shows to the others: a page with a heading."""
    inner = pen.within(area, theme(pen.chance, dark=False))
    widgets.prose(inner, widgets.heading(inner, inner.area.inset(2), 3.0), size=1.3)
    pen.paste(inner, area)


KINDS = (
    Kind("photo", ("photo", "picture", "photograph", "image viewer"), photo, {
        "subject": _SUBJECT,
        "photos": Words(after=("with {}", "showing {}"), values={
            "many": ("many small pictures", "a wall of pictures", "a grid of thumbnails")}),
        "strip": Words(after=("with {}",), values={
            "bottom": ("thumbnails at the bottom", "a strip of small pictures below"),
            "left": ("thumbnails on the left", "a strip of small pictures on the left"),
            "no": ("no thumbnails",)}),
    }),
    Kind("video", ("video", "film", "video player", "movie"), video, {
        "subject": _SUBJECT,
        "next": Words(after=("with {}",), values={
            "right": ("more videos on the right", "a list of other videos on the right"),
            "no": ("nothing beside it", "the picture filling the window")}),
    }, hides=("theme",)),
    Kind("call", ("video call", "video conference", "online meeting", "call"), call, {
        "people": Words(after=("with {}", "showing {}"), values={
            "one": ("one person", "a single face"), "two": ("two people", "two faces"),
            "four": ("four people", "four faces"), "nine": ("nine people", "nine faces"),
            "shared": ("a shared screen", "somebody sharing a document")}),
        "chat": Words(after=("with {}",), values={
            "left": ("the chat on the left",), "right": ("the chat on the right",),
            "no": ("no chat",)}),
    }),
)  # fmt: skip
