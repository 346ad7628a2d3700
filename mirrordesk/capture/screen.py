"""Pixels through python-mss."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mirrordesk.capture.base import Monitor, Pixels, ScreenSource
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box

if TYPE_CHECKING:
    from mss import MSS


class MssScreen(ScreenSource):
    """All monitors of one display. Raises CaptureUnavailable where it cannot be opened."""

    name = "mss"

    def __init__(self, display: str | None = None) -> None:
        self._display = display if display is not None else os.environ.get("DISPLAY", "")
        self.why = "it reads every monitor of this display in one request"
        self._mss = self._open()

    def monitors(self) -> list[Monitor]:
        """The monitors as they are now: a monitor that shows the same as another is left out."""
        # An open MSS keeps the monitors that it found first, so a fresh one is asked.
        with self._errors(), contextlib.closing(self._open()) as fresh:
            everything, *single = fresh.monitors
        boxes = [_box(area) for area in single or [everything]]
        return [Monitor(f"monitor-{n}", box) for n, box in enumerate(dict.fromkeys(boxes), 1)]

    def grab(self, monitor: Monitor) -> Pixels:
        """The pixels of `monitor`, a fresh array that may be written to."""
        box = monitor.box
        area = {"left": box.x, "top": box.y, "width": box.w, "height": box.h}
        with self._errors():
            shot = self._mss.grab(area)
        # Pillow drops the fourth byte and turns BGR into RGB four times as fast as numpy does.
        image = Image.frombuffer("RGB", tuple(shot.size), bytes(shot.raw), "raw", "BGRX")
        return np.array(image)

    def close(self) -> None:
        """Let the display go."""
        with contextlib.suppress(CaptureUnavailable), self._errors():
            self._mss.close()

    def _open(self) -> MSS:
        import mss

        if sys.platform == "linux" and not self._display:
            raise CaptureUnavailable("There is no display to record (DISPLAY is not set).")
        choice = {"display": self._display} if sys.platform == "linux" else {}
        with self._errors():
            return mss.MSS(**choice)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        from mss.exception import ScreenShotError

        try:
            yield
        # mss 10.2 answers a server that went away with a failed assertion of its own
        except (ScreenShotError, AssertionError) as error:
            where = f"The display {self._display}".strip()
            why = str(error).rstrip(".") or "the connection is lost"
            raise CaptureUnavailable(f"{where} cannot be read: {why}.") from error


def _box(area: dict[str, Any]) -> Box:
    return Box(area["left"], area["top"], area["width"], area["height"])
