"""Programs for people and plans: chat, mail, calendar, task board."""

from __future__ import annotations

from models.micro.clip import widgets
from models.micro.clip.kinds import Facts, Kind, Words
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.scenes.pictures import any_picture
from models.micro.clip.themes import COLOURS, WHITE, Colour, any_tint, mix, tint


def chat(pen: Pen) -> Facts:
    """Bubbles at both sides, one's own in a colour; perhaps a picture that somebody sent."""
    facts: Facts = {}
    pen.box(pen.area, pen.theme.paper)
    area = widgets.side_bar(pen, pen.area, facts)
    below, area = area.cut("bottom", 4)
    widgets.field(pen, below.inset(1))
    facts["bubbles"], mine = any_tint(pen.chance)
    facts["sent"] = pen.chance.choice(("picture", "no"))
    if facts["sent"] == "picture":
        shown, area = area.cut("bottom", area.h * 0.4)
        any_picture(
            pen, shown.inset(1).cut(pen.chance.choice(("left", "right")), shown.w * 0.45)[0]
        )
    y = area.y + 1
    while y + 3 < area.y + area.h:
        y += _bubble(pen, area, y, mine) + 1
    return facts


def _bubble(pen: Pen, area: Rect, y: float, mine: Colour) -> float:
    """Something that was said, at the right if by oneself; returns its height."""
    own, lines = pen.chance.random() < 0.5, pen.chance.randint(1, 3)
    w, h = area.w * pen.chance.uniform(0.25, 0.6), 1.2 + 1.4 * lines
    h = min(h, area.y + area.h - y)
    x = area.x + area.w - w - 1.5 if own else area.x + 4
    pen.box(Rect(x, y, w, h), mine if own else pen.theme.panel, radius=0.8)
    if not own:
        widgets.face(pen, area.x + 2, y + 1.2, 1.1)
    widgets.prose(pen, Rect(x, y, w, h).inset(0.8, 0.5), WHITE if own else pen.theme.ink)
    return h


def mail(pen: Pen) -> Facts:
    """An inbox, an inbox with the open letter beside or below, one letter, or one being written."""
    facts: Facts = {}
    pen.box(pen.area, pen.theme.paper)
    area = widgets.tool_bar(pen, widgets.side_bar(pen, pen.area, facts))
    facts["open"] = pen.chance.choice(tuple(_MAILS))
    _MAILS[facts["open"]](pen, area)
    return facts


def _inbox(pen: Pen, area: Rect) -> None:
    count = max(1, int(area.h / pen.chance.uniform(2.0, 3.2)))
    for index, row in enumerate(area.grid(1, count)):
        if index % 2:
            pen.box(row, pen.theme.mixed(0.06, pen.theme.ink))
        y = row.y + row.h / 2 - 0.6
        widgets.face(pen, row.x + 1.6, y + 0.6, 0.7)
        widgets.write(pen, row.x + 3.5, y, min(9, row.w * 0.25), pen.theme.ink)
        if row.w > 30:
            width = (row.w - 22) * pen.chance.uniform(0.3, 0.95)
            widgets.write(pen, row.x + 14, y, width, pen.theme.ink)
            pen.text(row.x + row.w - 5, y, "10:30", pen.theme.faint)


def _letter(pen: Pen, area: Rect) -> None:
    body = widgets.heading(pen, area.inset(2), 2.0)
    sender, body = body.cut("top", 4)
    widgets.face(pen, sender.x + 1.4, sender.y + 1.6, 1.4)
    widgets.line(pen, sender.inset(4, 1), share=0.3)
    widgets.prose(pen, body.cut("top", body.h * pen.chance.uniform(0.4, 1.0))[0].inset(0, 0.5))


def _beside(pen: Pen, area: Rect) -> None:
    listed, letter = area.cut("left", area.w * 0.4)
    _inbox(pen, listed)
    pen.line([(letter.x, letter.y), (letter.x, letter.y + letter.h)], pen.theme.faint, 0.4)
    _letter(pen, letter)


def _above(pen: Pen, area: Rect) -> None:
    listed, letter = area.cut("top", area.h * 0.45)
    _inbox(pen, listed)
    pen.line([(letter.x, letter.y), (letter.x + letter.w, letter.y)], pen.theme.faint, 0.5)
    _letter(pen, letter)


def _writing(pen: Pen, area: Rect) -> None:
    """The inbox under a sheet for a new letter at the bottom right."""
    _inbox(pen, area)
    sheet = area.cut("right", area.w * 0.55)[0].cut("bottom", area.h * 0.7)[0].inset(1, 0)
    pen.box(sheet, pen.theme.paper, edge=pen.theme.ink)
    head, body = sheet.cut("top", 2.6)
    pen.box(head, pen.theme.mixed(0.8, pen.theme.ink))
    for row in body.cut("top", 5)[0].inset(1, 0).grid(1, 2):
        widgets.line(pen, row.inset(0, 0.6), pen.theme.faint, share=0.3)
    foot = body.cut("bottom", 3)[0].inset(1, 0.5)
    widgets.button(pen, foot.cut("left", 7)[0])


_MAILS = {
    "inbox": _inbox, "letter": _letter, "beside": _beside, "below": _above, "writing": _writing,
}  # fmt: skip


def calendar(pen: Pen) -> Facts:
    """A month, a week or a day with coloured appointments, few or many."""
    facts: Facts = {}
    pen.box(pen.area, pen.theme.paper)
    area = widgets.heading(pen, widgets.side_bar(pen, pen.area, facts).inset(1), 1.8)
    facts["span"] = pen.chance.choice(("month", "week", "day"))
    facts["load"] = pen.chance.choice(("busy", "empty"))
    one = pen.chance.random() < 0.5
    name, _ = any_tint(pen.chance)
    facts["paint"] = name if one else "mixed"
    across, down = {"month": (7, 5), "week": (7, 1), "day": (1, 1)}[facts["span"]]
    chance = 0.75 if facts["load"] == "busy" else 0.15
    for index, cell in enumerate(area.grid(across, down)):
        pen.box(cell, None, edge=pen.theme.faint)
        slots = 2 if facts["span"] == "month" else 8
        for slot in cell.inset(0.3, 0.3 if slots == 8 else 1.3).grid(1, slots, gap=0.3):
            if pen.chance.random() < chance or (index == 0 and slot.y < cell.y + 2):
                _appointment(pen, slot, tint(name, pen.chance) if one else any_tint(pen.chance)[1])
    return facts


def _appointment(pen: Pen, area: Rect, colour: Colour) -> None:
    pen.box(area, colour, radius=0.3)
    widgets.line(pen, area.inset(0.5, 0.2), WHITE, share=0.8)


def board(pen: Pen) -> Facts:
    """A task board: columns of cards, white or in one colour."""
    name, colour = any_tint(pen.chance)
    ground = pen.chance.choice(("plain", name))
    pen.box(pen.area, pen.theme.paper if ground == "plain" else colour)
    count = pen.chance.choice((3, 4, 6))
    facts: Facts = {"board": ground, "columns": {3: "three", 4: "four", 6: "six"}[count]}
    cards = pen.chance.choice(("white", "coloured"))
    facts["cards"] = cards
    for column in pen.area.inset(1.5).grid(count, 1, gap=1.5):
        pen.box(column, pen.theme.panel, radius=0.6)
        body = widgets.heading(pen, column.inset(0.8), 1.4)
        slots = body.grid(1, max(2, int(body.h / 6)), gap=0.8)
        for slot in slots[: pen.chance.randint(1, len(slots))]:
            shade = mix(any_tint(pen.chance)[1], WHITE, 0.2)
            plain = pen.theme.mixed(0.12, pen.theme.ink) if pen.theme.dark else WHITE
            pen.box(slot, plain if cards == "white" else shade, radius=0.4, edge=pen.theme.faint)
            widgets.prose(pen, slot.inset(0.8).cut("top", slot.h * 0.6)[0])
    return facts


KINDS = (
    Kind("chat", ("chat", "chat window", "messenger", "conversation"), chat, {
        "bubbles": Words(after=("with {} bubbles", "with {} messages")),
        "sent": Words(after=("with {}",), values={
            "picture": ("a picture that was sent", "a picture between the messages"),
            "no": ("no pictures", "only text messages")}),
    }),
    Kind("mail", ("mail program", "mailbox", "email"), mail, {
        "open": Words(after=("{}", "that is {}"), values={
            "inbox": ("showing only the inbox", "showing a long list of messages"),
            "letter": ("showing one message", "showing a single message"),
            "beside": ("showing a message beside the inbox", "showing a message right of the list"),
            "below": ("showing a message below the inbox", "showing a message under the list"),
            "writing": ("writing a new message", "with a new message being written")}),
    }),
    Kind("calendar", ("calendar", "schedule"), calendar, {
        "span": Words(before=("{}",), after=("of a {}", "for a {}")),
        "load": Words(before=("{}",), values={"busy": ("busy", "full"), "empty": ("empty",)}),
        "paint": Words(after=("with {} appointments", "with {} events"), values={
            "mixed": ("differently coloured", "multicoloured")}),
    }),
    Kind("board", ("task board", "kanban board", "project board"), board, {
        "columns": Words(after=("with {} columns", "of {} columns")),
        "cards": Words(after=("with {} cards",), values={"white": ("plain", "colourless")}),
        "board": Words(after=("on {}", "on top of {}"), values={
            "plain": ("a plain ground",),
            **{name: (f"{name}", f"a background in {name}") for name in COLOURS}}),
    }),
)  # fmt: skip
