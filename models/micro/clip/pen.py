"""A pen that draws on a small picture of a large screen, measured in text heights (em).

A screen is 60 to 130 em wide, whatever its pixels: what counts for how it looks is how large its
text is. Rectangles are cut from one another like paper, so that layouts read as layouts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from models.micro.clip.themes import Colour, Theme

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in em; y grows downwards."""

    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> Point:
        return self.x + self.w / 2, self.y + self.h / 2

    def inset(self, across: float, down: float | None = None) -> Rect:
        """The same without a margin; a rectangle too small for it keeps a sliver."""
        down = across if down is None else down
        w, h = max(0.1, self.w - 2 * across), max(0.1, self.h - 2 * down)
        return Rect(self.x + across, self.y + down, w, h)

    def centred(self, w: float, h: float) -> Rect:
        """A rectangle of that size, or as much of it as fits, in the middle of this one."""
        return self.inset(max(0.0, (self.w - w) / 2), max(0.0, (self.h - h) / 2))

    def cut(self, side: str, size: float) -> tuple[Rect, Rect]:
        """The piece of that size at that side (left, right, top, bottom), and the rest."""
        if side in ("left", "right"):
            first, second = self._beside(size if side == "left" else self.w - size)
        else:
            first, second = self._stacked(size if side == "top" else self.h - size)
        return (first, second) if side in ("left", "top") else (second, first)

    def _beside(self, w: float) -> tuple[Rect, Rect]:
        return Rect(self.x, self.y, w, self.h), Rect(self.x + w, self.y, self.w - w, self.h)

    def _stacked(self, h: float) -> tuple[Rect, Rect]:
        return Rect(self.x, self.y, self.w, h), Rect(self.x, self.y + h, self.w, self.h - h)

    def grid(self, across: int, down: int, gap: float = 0.0) -> list[Rect]:
        """Equal cells, row by row."""
        w, h = (self.w - gap * (across - 1)) / across, (self.h - gap * (down - 1)) / down
        return [
            Rect(self.x + column * (w + gap), self.y + row * (h + gap), max(0.1, w), max(0.1, h))
            for row in range(down)
            for column in range(across)
        ]


@lru_cache(maxsize=512)
def _font(name: str, pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(_path(name), pixels)
    except OSError:  # the machine lacks it; what is left at this size is much the same
        return ImageFont.load_default(pixels)


@lru_cache(maxsize=64)
def _path(name: str) -> str:
    return str(ImageFont.truetype(name, 10).path)  # finding it anew each time walks all folders


@lru_cache(maxsize=4096)
def _written(words: str, face: str, pixels: int) -> Image.Image:
    """A line of text as a mask: drawing letters is what takes the time, so each line is kept."""
    font = _font(face, pixels)
    right, bottom = font.getbbox(words)[2:]
    mask = Image.new("L", (max(1, int(right)), max(1, int(bottom))))
    ImageDraw.Draw(mask).text((0, 0), words, 255, font)
    return mask


class Pen:
    """Draws in em on an image, in the colours of a theme, as chance has it."""

    def __init__(self, area: Rect, scale: float, theme: Theme, chance: random.Random) -> None:
        """A fresh picture of `area`'s size at `scale` pixels an em; its origin is (0, 0)."""
        size = max(1, round(area.w * scale)), max(1, round(area.h * scale))
        self.area = Rect(0.0, 0.0, area.w, area.h)
        self.scale, self.theme, self.chance = scale, theme, chance
        self.image = Image.new("RGB", size, theme.paper)
        self._draw = ImageDraw.Draw(self.image)

    def within(self, area: Rect, theme: Theme | None = None) -> Pen:
        """A pen for a picture of its own, of `area`'s size: nothing drawn with it sticks out."""
        return Pen(area, self.scale, theme or self.theme, self.chance)

    def paste(self, other: Pen, area: Rect) -> None:
        """Put what another pen drew at `area`'s corner."""
        self.image.paste(other.image, (round(area.x * self.scale), round(area.y * self.scale)))

    def dim(self, colour: Colour, share: float = 0.6) -> None:
        """Lay a veil of `colour` over everything drawn so far."""
        self.image.paste(colour, mask=Image.new("L", self.image.size, round(share * 255)))

    def box(
        self, area: Rect, fill: Colour | None, radius: float = 0.0, edge: Colour | None = None
    ) -> None:
        s = self.scale
        corners = [area.x * s, area.y * s, (area.x + area.w) * s - 1, (area.y + area.h) * s - 1]
        corners[2], corners[3] = max(corners[0], corners[2]), max(corners[1], corners[3])
        if radius * s >= 1:
            self._draw.rounded_rectangle(corners, radius * s, fill, edge)
        else:
            self._draw.rectangle(corners, fill, edge)

    def disc(self, x: float, y: float, radius: float, fill: Colour | None, width: int = 0) -> None:
        """A filled circle, or a ring `width` pixels thick."""
        s = self.scale
        corners = [(x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s]
        if width:
            self._draw.ellipse(corners, None, fill, width)
        else:
            self._draw.ellipse(corners, fill)

    def slice(self, x: float, y: float, radius: float, turns: Point, fill: Colour) -> None:
        """A piece of a pie, from one share of the full turn to another (0 to 1)."""
        s = self.scale
        corners = [(x - radius) * s, (y - radius) * s, (x + radius) * s, (y + radius) * s]
        self._draw.pieslice(corners, turns[0] * 360 - 90, turns[1] * 360 - 90, fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float = 0.15) -> None:
        pixels = max(1, round(width * self.scale))
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self._draw.line(scaled, fill, pixels, joint="curve")

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        self._draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        fill: Colour,
        size: float = 1.0,
        face: str = "",
        width: float | None = None,
    ) -> None:
        """`words` with the top of the line at `y`, cut off after `width` em.

        `face` is a font, the theme's if empty.
        """
        mask = _written(words, face or self.theme.face, max(3, round(size * self.scale)))
        if width is not None:
            mask = mask.crop(
                (0, 0, min(mask.width, max(1, round(width * self.scale))), mask.height)
            )
        self._draw.bitmap((round(x * self.scale), round(y * self.scale)), mask, fill)
