"""What programs look like: light or dark, a paper, an ink, an accent colour, a font."""

from __future__ import annotations

import colorsys
import random
from dataclasses import dataclass

Colour = tuple[int, int, int]

# name: hue in degrees, saturation, value; each wanders a little, but never into a neighbour
COLOURS = {
    "red": (358, 0.80, 0.80),
    "orange": (26, 0.92, 0.95),
    "yellow": (50, 0.85, 0.95),
    "green": (125, 0.70, 0.62),
    "teal": (177, 0.75, 0.66),
    "blue": (215, 0.78, 0.85),
    "purple": (272, 0.62, 0.70),
    "pink": (328, 0.55, 0.93),
}
SANS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NimbusSans-Regular.otf")
NARROW = ("DejaVuSansCondensed.ttf", "LiberationSansNarrow-Regular.ttf", "URWGothic-Book.otf")
SERIF = ("DejaVuSerif.ttf", "LiberationSerif-Regular.ttf", "P052-Roman.otf", "C059-Roman.otf")
MONO = ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "NimbusMonoPS-Regular.otf")
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours and the font of a program."""

    dark: bool
    paper: Colour
    panel: Colour  # bars and lists, a little off the paper
    ink: Colour
    faint: Colour  # less important text, rules, borders
    accent: Colour
    accent_name: str
    face: str

    def mixed(self, share: float, colour: Colour | None = None) -> Colour:
        """The paper with a share of a colour (the accent) in it."""
        return mix(self.paper, colour or self.accent, share)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with `share` (0 to 1) of `b` in it."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def from_hsv(hue: float, saturation: float, value: float) -> Colour:
    """Hue in degrees; saturation and value 0 to 1."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 360 / 360, min(1.0, saturation), min(1.0, value))
    return round(red * 255), round(green * 255), round(blue * 255)


def tint(name: str, chance: random.Random) -> Colour:
    """Some colour that people would call `name`."""
    hue, saturation, value = COLOURS[name]
    return from_hsv(
        hue + chance.uniform(-6, 6),
        saturation * chance.uniform(0.85, 1.15),
        value * chance.uniform(0.9, 1.1),
    )


def any_tint(chance: random.Random) -> tuple[str, Colour]:
    """A colour's name and one of its tints."""
    name = chance.choice(tuple(COLOURS))
    return name, tint(name, chance)


def _papers(dark: bool, chance: random.Random) -> tuple[Colour, Colour]:
    """A paper and, a step towards the middle, a panel."""
    hue, saturation = chance.choice((30, 210, 225, 260)), chance.choice((0.0, 0.0, 0.5, 1.0))
    step = chance.uniform(0.05, 0.12)
    if dark:
        value = chance.uniform(0.05, 0.20)
        return from_hsv(hue, saturation * 0.35, value), from_hsv(
            hue, saturation * 0.35, value + step
        )
    value = chance.uniform(0.95, 1.0)
    return from_hsv(hue, saturation * 0.03, value), from_hsv(hue, saturation * 0.06, value - step)


def theme(chance: random.Random, dark: bool | None = None) -> Theme:
    """A random theme, light or dark."""
    dark = chance.random() < 0.5 if dark is None else dark
    paper, panel = _papers(dark, chance)
    ink = mix(paper, WHITE if dark else BLACK, chance.uniform(0.75, 0.95))
    accent_name, accent = any_tint(chance)
    face = chance.choice(chance.choice((SANS, SANS, NARROW)))
    return Theme(dark, paper, panel, ink, mix(paper, ink, 0.45), accent, accent_name, face)
