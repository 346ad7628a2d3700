"""Pictures of MirrorDesk's own window, used as a person would use it: by keys, and by looking."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np

from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.errors import MirrorDeskError
from mirrordesk.records import Window

TITLE = "MirrorDesk"
ASK, TIMELINE = "ctrl+1", "ctrl+2"  # shortcuts of the pages
SHOWN_S = 180.0  # the first question also loads the models
STILL_PIXELS = 600  # a blinking text cursor is not movement
LOOK_EVERY_S = 0.5
STILL_LOOKS = 3  # unchanged looks in a row that count as still


class Portrait:
    """Takes pictures of the window on `desktop` into `folder`, with `theme` in their names."""

    def __init__(self, desktop: VirtualDesktop, folder: Path, theme: str) -> None:
        self._desktop = desktop
        self._folder = folder
        self._theme = theme

    def empty_chat(self) -> None:
        """The page where one asks, before any question."""
        self._page(ASK)
        self._take("chat-empty")

    def answer(self, question: str, word: str) -> None:
        """Ask by typing; the picture shows the answer. Raises MirrorDeskError if none appears."""
        self._page(ASK)
        self._desktop.type_text(f"{question}\n")
        self._wait_to_read(word)
        self._take("chat-answer")

    def timeline(self) -> None:
        """The day so far."""
        self._page(TIMELINE)
        self._take("timeline")

    def _page(self, shortcut: str) -> None:
        self._desktop.focus(TITLE)
        self._desktop.key(shortcut)
        self._wait_until_still(time.monotonic() + SHOWN_S)

    def _take(self, name: str) -> None:
        self._desktop.screenshot(self._folder / f"{name}-{self._theme}.png", self._window())

    def _window(self) -> Window:
        return self._desktop.window(TITLE)

    def _wait_to_read(self, word: str) -> None:
        """Read the window, as our own OCR does, until `word` stands in it."""
        from mirrordesk.perception.rapid import RapidOcr

        ocr = RapidOcr()
        deadline = time.monotonic() + SHOWN_S
        while time.monotonic() < deadline:
            self._wait_until_still(deadline)
            lines = ocr.read(self._desktop.pixels(self._window()))
            if word in re.sub(r"[\W_]+", "", " ".join(line.text for line in lines)).lower():
                return
        raise MirrorDeskError(f"The window did not show an answer with “{word}” in it.")

    def _wait_until_still(self, deadline: float) -> None:
        """Wait until nothing moves in the window any more, or until `deadline`."""
        before, still = self._desktop.pixels(self._window()), 0
        while still < STILL_LOOKS and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY_S)
            now = self._desktop.pixels(self._window())
            same = now.shape == before.shape and _changed(now, before) <= STILL_PIXELS
            before, still = now, still + 1 if same else 0


def _changed(one: np.ndarray, other: np.ndarray) -> int:
    """How many pixels of two pictures, (height, width, 3) each, differ."""
    return int((one != other).any(axis=2).sum())
