"""What of a frame belongs to the window that was in front."""

from __future__ import annotations

from collections.abc import Iterable

from mirrordesk.records import Box, Kind, Moment

_CONSOLES = frozenset(
    (
        "alacritty", "cmd", "console", "foot", "ghostty", "guake", "kitty", "konsole", "powershell",
        "ptyxis", "pwsh", "rxvt", "st", "tilix", "urxvt", "yakuake",
    )
)  # fmt: skip


def frames(moments: Iterable[Moment]) -> list[Moment]:
    """The frames among moments whose front window is known, in order of time."""
    seen = (m for m in moments if m.kind is Kind.FRAME and (m.app or m.title))
    return sorted(seen, key=lambda m: (m.start_ns, m.id))


def lines(moment: Moment) -> list[str]:
    """The lines that were read in the front window; of a frame read without boxes, all lines."""
    if not moment.lines:
        return moment.text.splitlines()
    box = _box(moment)
    return [line.text for line in moment.lines if box is None or _holds(box, line.box)]


def _box(moment: Moment) -> Box | None:
    named = (w.box for w in reversed(moment.windows) if (w.app, w.title) == _name(moment))
    return next(named, None)


def _name(moment: Moment) -> tuple[str, str]:
    return moment.app, moment.title


def _holds(box: Box, line: Box) -> bool:
    x, y = line.middle
    return box.x <= x < box.right and box.y <= y < box.bottom


def is_terminal(app: str) -> bool:
    """Whether a program, by its name, is one that shows a shell."""
    name = app.casefold()
    return "term" in name or name.removesuffix(".exe") in _CONSOLES
