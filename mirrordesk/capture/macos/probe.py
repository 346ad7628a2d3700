"""The windows of a Mac's desktop."""

from __future__ import annotations

from collections.abc import Callable

from mirrordesk.capture import program
from mirrordesk.capture.base import WindowProbe
from mirrordesk.capture.macos.quartz import Quartz, Told
from mirrordesk.records import Window

ORDINARY = 0  # the layer of windows with a title


class MacProbe(WindowProbe):
    """Asks the window server for all windows of the screen, menus and panels too.

    To be used from one thread. Raises CaptureUnavailable where there is no Quartz.
    """

    name = "macOS"
    why = "Quartz tells every window of the screen in order with its program"

    def __init__(
        self, quartz: Quartz | None = None, program_name: Callable[[int], str] = program.name
    ) -> None:
        """`program_name` gives the name of a process; empty where it has none."""
        self._quartz = quartz or Quartz()
        self._program_name = program_name

    def windows(self) -> list[Window]:
        """Every visible window, bottom of the stack first; boxes in points."""
        told = [t for t in self._quartz.front_to_back() if t.alpha > 0 and t.box.w and t.box.h]
        programs = {pid: self._program_name(pid) for pid in {t.pid for t in told}}
        active = next((t.number for t in told if t.layer == ORDINARY), None)
        return [self._window(t, programs[t.pid], active=t.number == active) for t in reversed(told)]

    def idle_seconds(self) -> float | None:
        """Seconds since the last key or pointer event."""
        return self._quartz.idle_seconds()

    def locked(self) -> bool | None:
        """Whether the screen is locked, or somebody else's session has it."""
        console = self._quartz.console()
        return console.is_locked or not console.is_ours

    def close(self) -> None:
        """There is nothing to let go."""

    def _window(self, told: Told, program_name: str, *, active: bool) -> Window:
        """An ordinary window whose title is kept from us counts as not identified.

        No window counts as opaque: macOS does not tell which ones let others shine through.
        """
        is_hidden = told.title is None and told.layer == ORDINARY
        return Window(
            told.number,
            app="" if is_hidden else _app(told.owner, program_name),
            title=told.title or "",
            pid=told.pid,
            box=told.box,
            active=active,
            opaque=False,
        )


def _app(owner: str, program_name: str) -> str:
    """The name that the person sees, and the program's own where that says something else.

    The first is in the person's language, so that a rule may know only the second.
    """
    if not owner or not program_name:
        return owner or program_name
    known = program_name.casefold() in owner.casefold()
    return owner if known else f"{owner} ({program_name})"
