"""Draws upon screens: edits of known size, and marks that move by themselves."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mirrordesk.records import Box
from mirrordesk.tiles import Pixels

SIZES = (8, 10, 12, 14, 18, 24, 32)  # of letters, in pixels
CONTRASTS = (20, 60, 255)  # levels of 255 between ground and letters; 20 is hardly to be read
REPLIES = ("ok", "Yes.", "No, on Friday", "42")
LINE = "The invoice of 14 March was paid twice."
LINE_HEIGHT = 16  # pixels that a pane is scrolled by
PLACES_TRIED = 40
RECENT = 7  # places
CARET_S = 0.53  # on and off for so long, as in GTK
CORNER = 130  # pixels from the right, where a panel has its clock


Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Edit:
    """A screen before and after; `what` says what was drawn."""

    what: str
    before: Pixels
    after: Pixels


def edits(screen: Pixels, chance: random.Random) -> Iterator[Edit]:
    """Every kind of edit once or more."""
    places = Places(screen, chance)
    for size in SIZES:
        for contrast in CONTRASTS:
            after = _written(screen, LINE, size, contrast, places)
            yield Edit(f"line of {size} px, contrast {contrast}", screen, after)
        yield _number(screen, size, places, chance)
    for words in REPLIES:
        yield Edit(f"reply “{words}”", screen, _reply(screen, words, places))
    for _ in range(2):
        yield Edit("dialog", screen, _dialog(screen, places))
        yield Edit("scrolled by a line", screen, _scrolled(screen, places))


class Places:
    """Where to draw: not where the marks are, nor where something was drawn a moment ago.

    What comes and goes at one place every few seconds is no edit but something that ticks.
    """

    def __init__(self, screen: Pixels, chance: random.Random) -> None:
        self._screen = screen
        self._chance = chance
        self._recent: deque[Box] = deque(maxlen=RECENT)

    def calm(self, size: tuple[int, int]) -> Box:
        """The most even of some places of that (width, height)."""
        return self._taken(min(self._some(size), key=self._unrest))

    def full_of_lines(self, size: tuple[int, int]) -> Box:
        """That of some places which scrolling changes most, wherever something was drawn."""
        return max(self._tried(size), key=self._scrolling)

    def any(self, size: tuple[int, int]) -> Box:
        """Just a place."""
        return self._taken(self._some(size)[0])

    def _taken(self, place: Box) -> Box:
        self._recent.append(place)
        return place

    def _tried(self, size: tuple[int, int]) -> list[Box]:
        (wide, tall), (w, h) = (self._screen.shape[1], self._screen.shape[0]), size
        return [
            Box(self._chance.randrange(wide - w), self._chance.randrange(40, tall - h - 60), w, h)
            for _ in range(PLACES_TRIED)
        ]

    def _some(self, size: tuple[int, int]) -> list[Box]:
        tried = self._tried(size)
        free = [box for box in tried if not any(box.intersection(r) for r in self._recent)]
        return free or tried

    def _unrest(self, box: Box) -> float:
        return float(self._screen[box.y : box.bottom, box.x : box.right].std())

    def _scrolling(self, box: Box) -> float:
        part = self._screen[box.y : box.bottom, box.x : box.right].astype(np.int16)
        return float(np.abs(part[LINE_HEIGHT:] - part[:-LINE_HEIGHT]).mean())


def _written(screen: Pixels, words: str, size: int, contrast: int, places: Places) -> Pixels:
    font = ImageFont.load_default(size)
    wide, tall = (int(n) + 4 for n in font.getbbox(words)[2:])
    return _with_text(screen, words, font, contrast, places.calm((wide, tall)))


def _number(screen: Pixels, size: int, places: Places, chance: random.Random) -> Edit:
    """One digit of a number in a cell changes."""
    font = ImageFont.load_default(size)
    place = places.calm((6 * size, size + 6))
    before, after = (
        _with_text(screen, f"1,204.{digit}5", font, 255, place)
        for digit in chance.sample("0123456789", 2)
    )
    return Edit(f"digit of {size} px", before, after)


def _with_text(screen: Pixels, words: str, font: Font, contrast: int, place: Box) -> Pixels:
    image = Image.fromarray(screen)
    ink = _ink(screen, place, contrast)
    ImageDraw.Draw(image).text((place.x + 2, place.y), words, ink, font)
    return np.asarray(image)


def _reply(screen: Pixels, words: str, places: Places) -> Pixels:
    """A bubble hardly darker or lighter than its ground, with a few words."""
    font = ImageFont.load_default(13)
    place = places.calm((int(font.getlength(words)) + 20, 26))
    image = Image.fromarray(screen)
    pen = ImageDraw.Draw(image)
    corners = (place.x, place.y, place.right - 1, place.bottom - 1)
    pen.rounded_rectangle(corners, 8, _ink(screen, place, 12))
    pen.text((place.x + 10, place.y + 5), words, _ink(screen, place, 160), font)
    return np.asarray(image)


def _dialog(screen: Pixels, places: Places) -> Pixels:
    place = places.any((320, 150))
    image = Image.fromarray(screen)
    pen = ImageDraw.Draw(image)
    pen.rectangle((place.x, place.y, place.right - 1, place.bottom - 1), "#f0f0f0", "#606060")
    pen.text((place.x + 20, place.y + 30), "Save the changes before closing?", "black")
    return np.asarray(image)


def _scrolled(screen: Pixels, places: Places) -> Pixels:
    """A pane with something on it goes up by one line."""
    pane = places.full_of_lines((300, 200))
    after = screen.copy()
    part = screen[pane.y : pane.bottom, pane.x : pane.right]
    after[pane.y : pane.bottom - LINE_HEIGHT, pane.x : pane.right] = part[LINE_HEIGHT:]
    return after


def _ink(screen: Pixels, place: Box, contrast: int) -> tuple[int, ...]:
    """A colour so many levels from the ground, or as many as there are."""
    part = screen[place.y : place.bottom, place.x : place.right].reshape(-1, 3)
    ground = np.median(part, axis=0)
    sign = 1 if ground.mean() < 128 else -1
    return tuple(int(level) for level in np.clip(ground + sign * contrast, 0, 255))


Mark = Callable[[Pixels, float], None]  # draws upon a frame what it looks like at a second


def caret(frame: Pixels, at_s: float) -> None:
    """A text caret near the lower left."""
    if int(at_s / CARET_S) % 2:
        frame[-50:-32, 40:42] = 255 - frame[-50:-32, 40:42]


def clock_of_seconds(frame: Pixels, at_s: float) -> None:
    """In the upper right corner."""
    _paste(frame, _label(_time(at_s)), frame.shape[1] - CORNER, 6)


def clock_of_minutes(frame: Pixels, at_s: float) -> None:
    """In the lower right corner, as on a panel."""
    _paste(frame, _label(_time(at_s)[:5]), frame.shape[1] - CORNER, frame.shape[0] - 24)


def busy_mark(frame: Pixels, at_s: float) -> None:
    """A turning arc, twelve steps a second, in the lower middle."""
    _paste(frame, _arc(int(at_s * 12) % 12), frame.shape[1] // 2, frame.shape[0] - 40)


MARKS: Sequence[Mark] = (caret, clock_of_seconds, clock_of_minutes, busy_mark)


def with_marks(screen: Pixels, marks: Sequence[Mark], at_s: float) -> Pixels:
    """A fresh frame: the screen as it looks at that second."""
    frame = screen.copy()
    for mark in marks:
        mark(frame, at_s)
    return frame


def _time(at_s: float) -> str:
    seconds = int(at_s) + 9 * 3600 + 50 * 60
    return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@cache
def _label(words: str) -> Pixels:
    image = Image.new("RGB", (CORNER - 20, 18), "#2b2b2b")
    ImageDraw.Draw(image).text((4, 1), words, "white", ImageFont.load_default(13))
    return np.asarray(image)


@cache
def _arc(phase: int) -> Pixels:
    image = Image.new("RGB", (28, 28), "#2b2b2b")
    ImageDraw.Draw(image).arc((2, 2, 26, 26), 30 * phase, 30 * phase + 100, "white", 3)
    return np.asarray(image)


def _paste(frame: Pixels, patch: Pixels, x: int, y: int) -> None:
    frame[y : y + patch.shape[0], x : x + patch.shape[1]] = patch
