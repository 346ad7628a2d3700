"""Pictures of a few subjects, as they stand in photos, films, pages and on wallpapers."""

from __future__ import annotations

from models.micro.clip.pen import Pen, Rect
from models.micro.clip.themes import Colour, any_tint, from_hsv, mix

SUBJECTS = {
    "mountains": ("mountains", "mountain peaks"),
    "beach": ("a beach", "the sea and a beach", "the sea"),
    "forest": ("a forest", "trees", "green trees"),
    "city": ("a city at night", "a night city", "lit windows at night"),
    "desert": ("a desert", "sand dunes"),
    "sunset": ("a sunset", "a red evening sky"),
    "flower": ("a flower", "a blossom"),
    "person": ("a person", "a face", "somebody's face"),
}


def picture(pen: Pen, area: Rect, subject: str) -> None:
    """A picture of `subject` that fills `area`."""
    inner = pen.within(area)
    _PAINTERS[subject](inner)
    pen.paste(inner, area)


def _sky(pen: Pen, top: Colour, bottom: Colour) -> None:
    bands = pen.area.grid(1, 12)
    for index, band in enumerate(bands):
        pen.box(band, mix(top, bottom, index / 11))


def _ridge(pen: Pen, height: float, rough: float, colour: Colour) -> None:
    """Hills whose crest runs at `height` (share from the bottom), plus or minus `rough`."""
    w, h = pen.area.w, pen.area.h
    count = pen.chance.randint(4, 9)
    crest = [
        (w * i / count, h * (1 - height + pen.chance.uniform(-rough, rough)))
        for i in range(count + 1)
    ]
    pen.shape([(0, h), *crest, (w, h)], colour)


def _mountains(pen: Pen) -> None:
    _sky(pen, from_hsv(212, 0.6, 0.85), from_hsv(205, 0.2, 0.98))
    for height, value in ((0.65, 0.70), (0.45, 0.55), (0.25, 0.38)):
        _ridge(pen, height, 0.17, from_hsv(225, 0.22, value))


def _beach(pen: Pen) -> None:
    _sky(pen, from_hsv(205, 0.55, 0.95), from_hsv(200, 0.15, 1.0))
    horizon = pen.chance.uniform(0.35, 0.5)
    _, sea = pen.area.cut("top", pen.area.h * horizon)
    pen.box(sea, from_hsv(pen.chance.uniform(185, 205), 0.75, 0.70))
    _ridge(pen, pen.chance.uniform(0.2, 0.3), 0.05, from_hsv(42, 0.35, 0.93))


def _forest(pen: Pen) -> None:
    _sky(pen, from_hsv(190, 0.2, 0.9), from_hsv(110, 0.3, 0.7))
    w, h = pen.area.w, pen.area.h
    for row in range(4):
        for _ in range(10):
            x, y, r = pen.chance.uniform(0, w), h * (0.45 + 0.16 * row), h * 0.16
            colour = from_hsv(pen.chance.uniform(95, 140), 0.65, 0.55 - 0.1 * row)
            pen.shape([(x - r * 0.6, y + r), (x, y - r * 1.2), (x + r * 0.6, y + r)], colour)
    pen.box(pen.area.cut("bottom", h * 0.1)[0], from_hsv(100, 0.6, 0.2))


def _city(pen: Pen) -> None:
    _sky(pen, from_hsv(235, 0.8, 0.08), from_hsv(250, 0.6, 0.28))
    w, h = pen.area.w, pen.area.h
    for tower in pen.area.grid(pen.chance.randint(6, 11), 1):
        block = tower.cut("bottom", h * pen.chance.uniform(0.3, 0.85))[0]
        pen.box(block, from_hsv(240, 0.4, pen.chance.uniform(0.06, 0.15)))
        for window in block.inset(w * 0.012).grid(3, 8, gap=h * 0.015):
            if pen.chance.random() < 0.45:
                pen.box(window, from_hsv(45, 0.6, 0.95))


def _desert(pen: Pen) -> None:
    _sky(pen, from_hsv(200, 0.45, 0.95), from_hsv(45, 0.25, 1.0))
    for height, value in ((0.5, 0.92), (0.33, 0.8), (0.17, 0.65)):
        _ridge(pen, height, 0.06, from_hsv(32, 0.6, value))


def _sunset(pen: Pen) -> None:
    _sky(pen, from_hsv(285, 0.5, 0.4), from_hsv(22, 0.9, 1.0))
    x, y = pen.area.w * pen.chance.uniform(0.25, 0.75), pen.area.h * 0.68
    pen.disc(x, y, pen.area.h * 0.13, from_hsv(50, 0.6, 1.0))
    _ridge(pen, 0.2, 0.05, from_hsv(280, 0.5, 0.12))


def _flower(pen: Pen) -> None:
    pen.box(pen.area, from_hsv(pen.chance.uniform(90, 130), 0.5, 0.4))
    x, y = pen.area.middle
    radius = min(pen.area.w, pen.area.h) * 0.24
    petals = any_tint(pen.chance)[1]
    for dx, dy in (
        (-1, 0),
        (1, 0),
        (0, -1),
        (0, 1),
        (-0.7, 0.7),
        (0.7, 0.7),
        (-0.7, -0.7),
        (0.7, -0.7),
    ):
        pen.disc(x + dx * radius, y + dy * radius, radius * 0.62, petals)
    pen.disc(x, y, radius * 0.6, from_hsv(48, 0.9, 0.95))


def _person(pen: Pen) -> None:
    pen.box(pen.area, from_hsv(pen.chance.uniform(0, 360), 0.25, pen.chance.uniform(0.4, 0.95)))
    (x, y), size = pen.area.middle, min(pen.area.w, pen.area.h)
    skin = from_hsv(pen.chance.uniform(18, 30), 0.5, pen.chance.uniform(0.4, 0.95))
    hair = from_hsv(25, 0.6, pen.chance.uniform(0.1, 0.5))
    pen.disc(x, y + size * 0.56, size * 0.36, any_tint(pen.chance)[1])
    pen.disc(x, y - size * 0.12, size * 0.22, hair)
    pen.disc(x, y - size * 0.06, size * 0.18, skin)


_PAINTERS = {
    "mountains": _mountains, "beach": _beach, "forest": _forest, "city": _city,
    "desert": _desert, "sunset": _sunset, "flower": _flower, "person": _person,
}  # fmt: skip


def any_picture(pen: Pen, area: Rect) -> str:
    """A picture of something in `area`; returns what."""
    subject = pen.chance.choice(tuple(SUBJECTS))
    picture(pen, area, subject)
    return subject
