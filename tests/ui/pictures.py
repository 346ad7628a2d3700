"""Made-up screens, drawn so that the place of every line of text is known."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mirrordesk.records import Box, TextLine

SIZE = (1600, 1000)


@dataclass(frozen=True)
class Look:
    """The colours of a made-up program."""

    ground: str
    bar: str
    ink: str
    side: str | None = None


LOOKS = {
    "Terminal": Look("#1d2330", "#2b3346", "#d7dce8"),
    "Editor": Look("#fbfaf7", "#e9e6df", "#2a2c31", "#f0ede6"),
    "Browser": Look("#ffffff", "#e4e9f2", "#202124"),
    "Mail": Look("#ffffff", "#dfe7e2", "#24302a", "#eef3f0"),
    "Calendar": Look("#fffdf8", "#f3e6d3", "#3a2f22"),
    "Chat": Look("#f6f3fb", "#e2d9f0", "#2d2438", "#e9e2f4"),
    "Files": Look("#f7f9fa", "#dde5ea", "#27313a", "#eaf0f3"),
}


def _font(size: int, mono: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype("DejaVuSansMono.ttf" if mono else "DejaVuSans.ttf", size)


def draw_screen(path: Path, app: str, title: str, text: Sequence[str]) -> tuple[TextLine, ...]:
    """Draw a program's window and save it as WebP; returns its lines with their boxes."""
    data, lines = _drawn(app, title, tuple(text))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return lines


@functools.cache
def _drawn(app: str, title: str, text: tuple[str, ...]) -> tuple[bytes, tuple[TextLine, ...]]:
    look = LOOKS.get(app, LOOKS["Files"])
    image = Image.new("RGB", SIZE, look.ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 56), fill=look.bar)
    for index, colour in enumerate(("#e0695f", "#e3b64c", "#69b46a")):
        draw.ellipse((24 + 28 * index, 20, 40 + 28 * index, 36), fill=colour)
    draw.text((130, 17), f"{title} · {app}", font=_font(19), fill=look.ink)
    left = 70
    if look.side:
        draw.rectangle((0, 56, 300, SIZE[1]), fill=look.side)
        for row in range(9):
            draw.rounded_rectangle(
                (30, 100 + row * 46, 140 + row * 17 % 110, 116 + row * 46), 6, fill=look.bar
            )
        left = 350
    lines = []
    for row, line in enumerate(text):
        place = (left, 110 + row * 44)
        face = _font(23, mono=app in ("Terminal", "Editor"))
        draw.text(place, line, font=face, fill=look.ink)
        x, y, right, bottom = (int(edge) for edge in draw.textbbox(place, line, font=face))
        lines.append(TextLine(line, Box(x, y, right - x, bottom - y), 0.97))
    file = io.BytesIO()
    image.save(file, "WEBP", quality=80)
    return file.getvalue(), tuple(lines)
