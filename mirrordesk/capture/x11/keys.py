"""Hot keys of an X11 desktop, grabbed from the X server (XGrabKey)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mirrordesk.capture.hotkeys import Chord, KeyGrabber
from mirrordesk.capture.x11.server import XServer
from mirrordesk.errors import CaptureUnavailable

HELD_MS = 700  # presses that follow one another sooner are one key that is held down
WRAP_MS = 1 << 32  # the server's clock


class XKeys(KeyGrabber):
    """Grabs on a connection of its own. Raises CaptureUnavailable where there is no display."""

    def __init__(self, display: str | None = None) -> None:
        self._x = XServer(display)
        self._chords: dict[Chord, int] = {}  # with their key codes, of the present layout
        self._pressed_ms: dict[Chord, int] = {}

    def grab(self, chord: Chord) -> None:
        """From now on, whether Caps Lock and Num Lock are on or off."""
        with self._x.errors():
            code = self._x.key_code(chord.key)
            if not code:
                raise CaptureUnavailable(f"This keyboard has no key `{chord.key}`.")
            if not self._x.grab_key(code, _mask(chord), _locks()):
                raise CaptureUnavailable(f"Another program has taken the keys {chord}.")
        self._chords[chord] = code

    def pressed(self) -> list[Chord]:
        """What was pressed since the last call; holding a key counts once."""
        with self._x.errors():
            return list(dict.fromkeys(self._presses()))

    def fileno(self) -> int:
        """The connection to the server."""
        return self._x.fileno()

    def close(self) -> None:
        """Let the display go, and the keys with it."""
        self._x.close()

    def _presses(self) -> Iterator[Chord]:
        from Xlib import X

        for event in self._x.events():
            if event.type == X.MappingNotify:
                self._follow_layout(event)
            elif event.type == X.KeyPress and (chord := self._chord(event)):
                before = self._pressed_ms.get(chord)
                self._pressed_ms[chord] = event.time
                if before is None or (event.time - before) % WRAP_MS > HELD_MS:
                    yield chord

    def _chord(self, event: Any) -> Chord | None:
        from Xlib import X

        counted = X.ControlMask | X.Mod1Mask | X.ShiftMask | X.Mod4Mask
        held = event.state & counted
        found = (c for c, code in self._chords.items() if (code, _mask(c)) == (event.detail, held))
        return next(found, None)

    def _follow_layout(self, event: Any) -> None:
        """Another layout may have the key at another place."""
        self._x.refresh_layout(event)
        for chord, former in list(self._chords.items()):
            code = self._x.key_code(chord.key)
            if code and code != former and self._x.grab_key(code, _mask(chord), _locks()):
                self._x.let_key_go(former, _mask(chord), _locks())
                self._chords[chord] = code


def _mask(chord: Chord) -> int:
    from Xlib import X

    bits = {"ctrl": X.ControlMask, "alt": X.Mod1Mask, "shift": X.ShiftMask, "super": X.Mod4Mask}
    return sum(int(bits[modifier]) for modifier in chord.modifiers)


def _locks() -> tuple[int, ...]:
    """Caps Lock and Num Lock, neither, either and both."""
    from Xlib import X

    return (0, int(X.LockMask), int(X.Mod2Mask), int(X.LockMask | X.Mod2Mask))
