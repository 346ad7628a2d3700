"""A screen: a program of some kind, in some theme, somewhere among windows, bars and wallpaper.

What a seed gives is always the same: the pixels, and the facts that can be seen in them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from models.micro.clip import widgets
from models.micro.clip.kinds import Facts, Kind
from models.micro.clip.pen import Pen, Rect
from models.micro.clip.scenes import figures, sheets, shows, system, talk, texts, web
from models.micro.clip.themes import Theme, any_tint, theme, tint

Pixels = npt.NDArray[np.uint8]  # (height, width, 3)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for family in (texts, figures, talk, system, shows, sheets, web)
    for kind in family.KINDS
}
SIDE = 96  # pixels: the model sees every screen squashed to a square
# pixels: how wide a screen is drawn before that; letters fade differently from each
WIDTHS = (256, 256, 320, 320, 480)
SHAPES = (9 / 16, 9 / 16, 10 / 16, 3 / 4)  # height to width
PLACES = ("full", "full", "full", "window", "left", "right", "front")


@dataclass(frozen=True, slots=True)
class Screen:
    """A rendered screen and what can be seen on it."""

    pixels: Pixels
    kind: str
    facts: frozenset[tuple[str, str]]


def render(seed: int, kind: str = "") -> Screen:
    """The screen of that seed as small as the model sees it; of a random kind if none is named."""
    image, name, facts = compose(seed, kind, WIDTHS[seed % len(WIDTHS)])
    small = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return Screen(np.asarray(small), name, frozenset(facts.items()))


def captured(seed: int) -> Screen:
    """The screen of that seed as large as a recorder would find it."""
    image, name, facts = compose(seed, "", 1280)
    return Screen(np.asarray(image), name, frozenset(facts.items()))


def compose(seed: int, kind: str, wide: int) -> tuple[Image.Image, str, Facts]:
    """The screen of that seed, `wide` pixels across; its kind and its facts."""
    chance = random.Random(seed)
    shown = KINDS[kind or chance.choice(tuple(KINDS))]
    width = chance.uniform(70, 120)
    area = Rect(0, 0, width, width * chance.choice(SHAPES))
    pen = Pen(area, wide / width, theme(chance), chance)
    if shown.name == "desktop":
        return pen.image, shown.name, {"kind": shown.name} | _bare(pen, shown)
    facts = {"kind": shown.name, "theme": "dark" if pen.theme.dark else "light"}
    facts |= _arranged(pen, shown)
    return pen.image, shown.name, {fact: facts[fact] for fact in facts if fact not in shown.hides}


def _bare(pen: Pen, kind: Kind) -> Facts:
    """A desktop without a window."""
    facts = kind.draw(pen)
    _task_bar(pen, pen.area)
    return facts


def _arranged(pen: Pen, kind: Kind) -> Facts:
    """The program alone, or among others."""
    place = pen.chance.choice(PLACES)
    facts: Facts = {"place": place}
    area = pen.area
    if place != "full" or pen.chance.random() < 0.5:
        area = _task_bar(pen, area)
    if place == "window":
        facts["wall"], wall = any_tint(pen.chance)
        pen.box(area, wall)
        area = area.inset(area.w * pen.chance.uniform(0.08, 0.16), area.h * 0.12)
    elif place in ("left", "right"):
        area, other = area.cut(place, area.w / 2)
        facts["beside"] = _other(pen, other, kind)
    elif place == "front":
        _other(pen, area, kind)  # too much of it is hidden to be spoken of
        area = area.inset(area.w * 0.16, area.h * 0.16)
    return facts | _window(pen, area, kind, pen.theme)


def _task_bar(pen: Pen, area: Rect) -> Rect:
    """The bar of the system, at the bottom or at the top; returns the rest of the screen."""
    bar, rest = area.cut(pen.chance.choice(("bottom", "bottom", "top")), 2.6)
    look = theme(pen.chance)
    pen.box(bar, look.panel)
    for cell in bar.cut("left", 24)[0].grid(8, 1)[: pen.chance.randint(2, 8)]:
        pen.box(cell.centred(1.6, 1.6), any_tint(pen.chance)[1], radius=0.3)
    pen.text(bar.x + bar.w - 4, bar.y + 0.7, "10:30", look.ink)
    return rest


def _other(pen: Pen, area: Rect, kind: Kind) -> str:
    """Another program than `kind`, drawn in `area`; returns its name."""
    name = pen.chance.choice([name for name in KINDS if name not in (kind.name, "desktop")])
    _window(pen, area, KINDS[name], theme(pen.chance))
    return name


def _window(pen: Pen, area: Rect, kind: Kind, look: Theme) -> Facts:
    """A window with a coloured bar, a plain one or none, and the program in it."""
    bar, body = area.cut("top", pen.chance.uniform(2.4, 3.6))
    style = pen.chance.choice(("coloured", "coloured", "plain", "none"))
    colour = tint(look.accent_name, pen.chance) if style == "coloured" else look.panel
    if style == "none":
        body = area
    else:
        pen.box(bar, colour)
        widgets.line(pen, Rect(bar.x + 1.5, bar.y + 0.8, bar.w * 0.3, 1), look.ink)
        for cell in bar.cut("right", 8)[0].grid(3, 1):
            pen.disc(*cell.middle, 0.6, look.faint)
    inner = pen.within(body, look)
    facts = kind.draw(inner)
    pen.paste(inner, body)
    pen.box(area, None, edge=look.faint)
    return facts | {"bar": look.accent_name if style == "coloured" else "plain"}


def renders(seeds: Iterable[int], draw: Callable[[int], Screen] = render) -> Sequence[Screen]:
    """The screens of many seeds, drawn on all cores."""
    with ProcessPoolExecutor() as pool:
        return list(pool.map(draw, seeds, chunksize=64))
