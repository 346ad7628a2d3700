"""Screens to draw upon: real ones where they are at hand, else some of our own."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mirrordesk.errors import UsageError
from mirrordesk.tiles import Pixels

SIZE = (1280, 800)
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
WORDS = ("the", "meeting", "about", "paper", "and", "printers", "moved", "to", "Thursday", "since")
THEMES = (("#ffffff", "#202124"), ("#1e1e1e", "#d4d4d4"), ("#f4f1e8", "#3b3228"))


def some(folder: Path | None, count: int) -> list[Pixels]:
    """At most `count` screens, (height, width, 3) RGB, evenly chosen from a folder's pictures.

    Raises UsageError where a folder is named that holds none.
    """
    if folder is None:
        return [_drawn(number) for number in range(count)]
    files = sorted(f for f in folder.rglob("*") if f.suffix.lower() in SUFFIXES)
    if not files:
        raise UsageError(f"{folder} holds no pictures.")
    return [_read(files[int(n)]) for n in np.linspace(0, len(files) - 1, min(count, len(files)))]


def _read(file: Path) -> Pixels:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def _drawn(number: int) -> Pixels:
    """A desk with a panel and two windows full of text, light or dark."""
    chance = random.Random(number)
    ground, ink = THEMES[number % len(THEMES)]
    image = Image.new("RGB", SIZE, chance.choice(("#305070", "#404040", "#88a090")))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 28), "#2b2b2b")
    for left in (20, 660):
        pen.rectangle((left, 50, left + 600, 770), ground)
        _fill_with_text(pen, (left + 12, 60), ink, chance)
    return np.asarray(image)


def _fill_with_text(
    pen: ImageDraw.ImageDraw, corner: tuple[int, int], ink: str, chance: random.Random
) -> None:
    size = chance.choice((11, 13, 15))
    font = ImageFont.load_default(size)
    for line in range(chance.randint(8, 24)):
        words = " ".join(chance.choices(WORDS, k=chance.randint(2, 9)))
        pen.text((corner[0], corner[1] + line * (size + 6)), words, ink, font)
