"""A made-up screen with panes on it, for desktops that cannot be had here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from mirrordesk.capture.ending import Ending
from mirrordesk.records import Box

SCREEN = Box(0, 0, 320, 200)
SECRET, PLAIN, WALLPAPER = (255, 0, 10), (0, 200, 30), (20, 40, 60)

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Pane:
    """A window as it is drawn."""

    box: Box
    colour: Colour = PLAIN
    see_through: bool = False


@dataclass
class Glass:
    """Stands in for mss: one monitor, on which panes lie; those drawn last lie on top."""

    panes: Sequence[Pane] = ()  # bottom first
    density: int = 1  # pixels a point
    is_gone: bool = False
    monitors: list[dict[str, int]] = field(
        default_factory=lambda: [_area(SCREEN), _area(SCREEN)]  # mss tells the whole first
    )

    def grab(self, area: dict[str, int]) -> Any:
        from mss.exception import ScreenShotError

        if self.is_gone:
            raise ScreenShotError("the display is asleep")
        pixels = np.empty((SCREEN.h * self.density, SCREEN.w * self.density, 4), np.uint8)
        pixels[...] = (*reversed(WALLPAPER), 0)  # mss gives BGRX
        for pane in self.panes:
            inside = pane.box.intersection(SCREEN)
            if inside is None:
                continue
            part = pixels[
                inside.y * self.density : inside.bottom * self.density,
                inside.x * self.density : inside.right * self.density,
                :3,
            ]
            fresh = np.array(tuple(reversed(pane.colour)), np.uint8)
            part[...] = part // 2 + fresh // 2 if pane.see_through else fresh
        return SimpleNamespace(size=(pixels.shape[1], pixels.shape[0]), raw=pixels.tobytes())

    def close(self) -> None:
        pass


class AfterLooks(Ending):
    """The end comes after so many steps of the recorder."""

    def __init__(self, looks: int) -> None:
        self._left = looks

    def wait(self, seconds: float, also: Sequence[int] = ()) -> bool:
        self._left -= 1
        return self._left < 0


def _area(box: Box) -> dict[str, int]:
    return {"left": box.x, "top": box.y, "width": box.w, "height": box.h}
