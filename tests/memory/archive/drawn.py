"""Screens drawn for tests: lines of text that are typed, and a photograph."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (480, 320)
_FONT = ImageFont.load_default(14)


def screen(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A page after so many typed lines, (height, width, 3); each number another picture."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0], 18), fill=(40, 60, 90))
    draw.text((6, 1), f"notes, page {number // 12}", fill="white", font=_FONT)
    for line in range(number % 12 + 1):
        words = f"{line}: the kettle of entry {number - number % 12 + line} sings"
        draw.text((8, 26 + 22 * line), words, fill="black", font=_FONT)
    return np.asarray(picture)


def with_photograph(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """The same page with a noisy, coloured picture in its corner that differs each time."""
    pixels = screen(number, size).copy()
    rng = np.random.default_rng(number)
    y, x = np.mgrid[0:128, 0:160]
    smooth = np.stack([x + number * 9, y * 2, 255 - x], axis=2) % 256
    noisy = smooth + rng.integers(-6, 7, smooth.shape)
    pixels[-144:-16, -176:-16] = np.clip(noisy, 0, 255)
    return pixels


def png(pixels: np.ndarray) -> bytes:
    """As the recorder hands it over."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=1)
    return data.getvalue()
