"""Hot keys of a Windows desktop (RegisterHotKey)."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import POINTER, byref, c_size_t

from mirrordesk.capture.hotkeys import Chord, KeyGrabber
from mirrordesk.capture.native import declared
from mirrordesk.capture.windows.library import (
    BOOL,
    DWORD,
    HANDLE,
    INT,
    LONG,
    LPARAM,
    UINT,
    Load,
    load,
)
from mirrordesk.errors import CaptureUnavailable


class Message(ctypes.Structure):
    """MSG"""

    _fields_ = (
        ("window", HANDLE),
        ("kind", UINT),
        ("id", c_size_t),
        ("data", LPARAM),
        ("time", DWORD),
        ("x", LONG),
        ("y", LONG),
    )


_USER32 = {
    "PeekMessageW": (BOOL, POINTER(Message), HANDLE, UINT, UINT, UINT),
    "RegisterHotKey": (BOOL, HANDLE, INT, UINT, UINT),
    "UnregisterHotKey": (BOOL, HANDLE, INT),
    "VkKeyScanW": (ctypes.c_int16, ctypes.c_wchar),
}

_HOT_KEY = 0x0312  # WM_HOTKEY
_REMOVE = 1  # PM_REMOVE
_MODIFIERS = {"alt": 1, "ctrl": 2, "shift": 4, "super": 8}  # MOD_…
_NO_REPEAT = 0x4000  # MOD_NOREPEAT: holding a key counts once

# Virtual key codes of keys that write nothing, by the names that X11 and Windows have for them.
_NAMED = {
    **{f"f{n}": 0x6F + n for n in range(1, 25)},
    **{"pause": 0x13, "space": 0x20, "end": 0x23, "home": 0x24, "insert": 0x2D, "delete": 0x2E},
    **{"prior": 0x21, "pageup": 0x21, "next": 0x22, "pagedown": 0x22, "scroll_lock": 0x91},
    **{"left": 0x25, "up": 0x26, "right": 0x27, "down": 0x28, "print": 0x2C},
}


class WindowsKeys(KeyGrabber):
    """Windows posts them to the thread that asked: to be used from one thread, and asked often.

    Raises CaptureUnavailable where this is no Windows.
    """

    def __init__(self, load: Load = load) -> None:
        self._user32 = declared(load("user32"), _USER32)
        self._chords: list[Chord] = []  # the number of a hot key is its place here

    def grab(self, chord: Chord) -> None:
        """From now on. Raises CaptureUnavailable where it cannot be had."""
        code = self._code(chord.key)
        if not code:
            raise CaptureUnavailable(f"This keyboard has no key `{chord.key}`.")
        held = sum(_MODIFIERS[modifier] for modifier in chord.modifiers)
        if not self._user32.RegisterHotKey(None, len(self._chords), held | _NO_REPEAT, code):
            raise CaptureUnavailable(f"Another program has taken the keys {chord}.")
        self._chords.append(chord)

    def pressed(self) -> list[Chord]:
        """What was pressed since the last call; holding a key counts once."""
        return list(dict.fromkeys(self._presses()))

    def fileno(self) -> None:
        """Windows has nothing to wait for here; the keys act at the next look at them."""

    def close(self) -> None:
        """Let the keys go."""
        for number in range(len(self._chords)):
            self._user32.UnregisterHotKey(None, number)
        self._chords.clear()

    def _code(self, key: str) -> int:
        """The virtual key that bears the name in the present layout; 0 where none does."""
        if len(key) != 1:
            return _NAMED.get(key.lower(), 0)
        found = int(self._user32.VkKeyScanW(key))
        return 0 if found == -1 else found & 0xFF  # above it, the modifiers that it would take

    def _presses(self) -> Iterator[Chord]:
        message = Message()
        while self._user32.PeekMessageW(byref(message), None, _HOT_KEY, _HOT_KEY, _REMOVE):
            if message.id < len(self._chords):
                yield self._chords[message.id]
