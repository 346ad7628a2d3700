"""What macOS tells of its desktop, asked through Quartz (pyobjc), one method for each call."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box

# Keys of the session that no header of Apple's names, but that every macOS so far has.
_ON_CONSOLE, _LOCKED = "kCGSSessionOnConsoleKey", "CGSSessionScreenIsLocked"


@dataclass(frozen=True, slots=True)
class Told:
    """What the window server tells of a window. `box` is in points of the desktop.

    `title` is None where it is kept from us. The lowest `layer` is the wallpaper, 0 has ordinary
    windows, above them lie panels, menus and the like.
    """

    number: int
    pid: int
    owner: str
    title: str | None
    layer: int
    alpha: float
    box: Box


@dataclass(frozen=True, slots=True)
class Console:
    """Whether this session has the screen, and whether the screen is locked."""

    is_ours: bool
    is_locked: bool


class Quartz:
    """Raises CaptureUnavailable where pyobjc is not installed, and by each call what is said."""

    def __init__(self, module: Any = None) -> None:
        """`module` stands in for pyobjc's module Quartz."""
        self._quartz = module or _imported()

    def front_to_back(self) -> Iterator[Told]:
        """Every window on the screen, of every layer. Raises CaptureUnavailable."""
        quartz = self._quartz
        told = quartz.CGWindowListCopyWindowInfo(
            quartz.kCGWindowListOptionOnScreenOnly, quartz.kCGNullWindowID
        )
        if told is None:
            raise CaptureUnavailable("macOS does not tell which windows there are.")
        return (self._told(about) for about in told)

    def console(self) -> Console:
        """Raises CaptureUnavailable where this process has no session with a screen."""
        about = self._quartz.CGSessionCopyCurrentDictionary()
        if about is None:
            raise CaptureUnavailable("There is no desktop session to record.")
        return Console(bool(about.get(_ON_CONSOLE)), bool(about.get(_LOCKED)))

    def idle_seconds(self) -> float:
        """Since the last key or pointer event of this session."""
        quartz = self._quartz
        return float(
            quartz.CGEventSourceSecondsSinceLastEventType(
                quartz.kCGEventSourceStateCombinedSessionState, quartz.kCGAnyInputEventType
            )
        )

    def may_record(self) -> bool:
        """Whether the person has allowed this program to record the screen."""
        return bool(self._quartz.CGPreflightScreenCaptureAccess())

    def ask_to_record(self) -> None:
        """Have macOS ask the person; it does so once only, and this does not wait."""
        self._quartz.CGRequestScreenCaptureAccess()

    def _told(self, about: Mapping[str, Any]) -> Told:
        quartz = self._quartz
        title = about.get(quartz.kCGWindowName)
        return Told(
            number=int(about[quartz.kCGWindowNumber]),
            pid=int(about[quartz.kCGWindowOwnerPID]),
            owner=str(about.get(quartz.kCGWindowOwnerName, "")),
            title=None if title is None else str(title),
            layer=int(about[quartz.kCGWindowLayer]),
            alpha=float(about[quartz.kCGWindowAlpha]),
            box=_box(about[quartz.kCGWindowBounds]),
        )


def _box(bounds: Mapping[str, float]) -> Box:
    """The whole points around a rectangle."""
    x, y = math.floor(bounds["X"]), math.floor(bounds["Y"])
    right, bottom = bounds["X"] + bounds["Width"], bounds["Y"] + bounds["Height"]
    return Box(x, y, math.ceil(right) - x, math.ceil(bottom) - y)


def _imported() -> Any:
    try:
        import Quartz
    except ImportError as error:
        raise CaptureUnavailable(
            "The package pyobjc-framework-Quartz is not installed, which tells what is on a Mac's "
            "screen."
        ) from error
    return Quartz
