"""Hot keys of a Mac's desktop (RegisterEventHotKey of Carbon).

It is old, but the one way to be told of a few chords without the right to hear every key.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import sys
from collections.abc import Callable
from ctypes import POINTER, byref, c_double, c_int32, c_uint8, c_uint32, c_ulong, c_void_p, sizeof
from typing import Any

from mirrordesk.capture.hotkeys import Chord, KeyGrabber
from mirrordesk.capture.native import Signature, declared
from mirrordesk.errors import CaptureUnavailable


class KeyId(ctypes.Structure):
    """EventHotKeyID"""

    _fields_ = (("signature", c_uint32), ("number", c_uint32))


class EventType(ctypes.Structure):
    """EventTypeSpec"""

    _fields_ = (("kind", c_uint32), ("number", c_uint32))


Handler = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)

_CARBON: dict[str, Signature] = {
    "GetEventDispatcherTarget": (c_void_p,),
    "GetEventParameter": (
        *(c_int32, c_void_p, c_uint32, c_uint32),
        *(POINTER(c_uint32), c_ulong, POINTER(c_ulong), c_void_p),
    ),
    "InstallEventHandler": (
        *(c_int32, c_void_p, Handler, c_ulong),
        *(POINTER(EventType), c_void_p, POINTER(c_void_p)),
    ),
    "ReceiveNextEvent": (
        *(c_int32, c_ulong, POINTER(EventType), c_double, c_uint8, POINTER(c_void_p)),
    ),
    "RegisterEventHotKey": (
        *(c_int32, c_uint32, c_uint32, KeyId, c_void_p, c_uint32, POINTER(c_void_p)),
    ),
    "ReleaseEvent": (None, c_void_p),
    "RemoveEventHandler": (c_int32, c_void_p),
    "SendEventToEventTarget": (c_int32, c_void_p, c_void_p),
    "UnregisterEventHotKey": (c_int32, c_void_p),
}


def _code(letters: bytes) -> int:
    """Four letters as Carbon counts them."""
    return int.from_bytes(letters, "big")


_PRESSED = EventType(_code(b"keyb"), 5)  # kEventClassKeyboard, kEventHotKeyPressed
_DIRECT_OBJECT, _KEY_ID = _code(b"----"), _code(b"hkid")
_SIGNATURE = _code(b"MrDk")
_EXCLUSIVE = 1  # kEventHotKeyExclusive: fail where another program has the keys
_DONE = 0  # noErr
_MODIFIERS = {"super": 1 << 8, "shift": 1 << 9, "alt": 1 << 11, "ctrl": 1 << 12}

# Places of keys (kVK_…), named by what a US keyboard has there.
_CODES = {
    **dict(zip("asdfhgzxcv", range(10), strict=True)),
    **dict(zip("bqweryt123465=97-80]ou[ip", range(11, 36), strict=True)),
    **{"l": 37, "j": 38, "'": 39, "k": 40, ";": 41, "\\": 42, ",": 43, "/": 44, "n": 45, "m": 46},
    **{".": 47, "`": 50, "space": 49, "home": 115, "end": 119, "delete": 117},
    **{"prior": 116, "pageup": 116, "next": 121, "pagedown": 121},
    **{"left": 123, "right": 124, "down": 125, "up": 126},
    **{"f1": 122, "f2": 120, "f3": 99, "f4": 118, "f5": 96, "f6": 97, "f7": 98, "f8": 100},
    **{"f9": 101, "f10": 109, "f11": 103, "f12": 111, "f13": 105, "f14": 107, "f15": 113},
    **{"f16": 106, "f17": 64, "f18": 79, "f19": 80, "f20": 90},
}


def load() -> Any:
    """Carbon. Raises CaptureUnavailable where this is no Mac."""
    if sys.platform == "darwin":
        return ctypes.CDLL("/System/Library/Frameworks/Carbon.framework/Carbon")
    raise CaptureUnavailable("Carbon is part of macOS.")


class MacKeys(KeyGrabber):
    """Carbon hands them to the main thread: to be used from that one, and asked often.

    Carbon is opened with the first key, so that it is no obstacle to who wants none.
    """

    def __init__(self, load: Callable[[], Any] = load) -> None:
        self._load = load
        self._handler = Handler(self._on_pressed)  # to be kept for as long as Carbon may call it
        self._chords: list[Chord] = []  # the number of a hot key is its place here
        self._waiting: list[Chord] = []
        self._opened = contextlib.ExitStack()

    def grab(self, chord: Chord) -> None:
        """From now on. Raises CaptureUnavailable where it cannot be had."""
        code = _CODES.get(chord.key.lower())
        if code is None:
            raise CaptureUnavailable(f"No key `{chord.key}` is known on a Mac.")
        held = sum(_MODIFIERS[modifier] for modifier in chord.modifiers)
        carbon, target = self._carbon
        number, reference = KeyId(_SIGNATURE, len(self._chords)), c_void_p()
        status = carbon.RegisterEventHotKey(
            code, held, number, target, _EXCLUSIVE, byref(reference)
        )
        if status != _DONE:
            raise CaptureUnavailable(f"Another program has taken the keys {chord}.")
        self._opened.callback(carbon.UnregisterEventHotKey, reference)
        self._chords.append(chord)

    def pressed(self) -> list[Chord]:
        """What was pressed since the last call; a key that is held down comes once."""
        carbon, target = self._carbon
        event = c_void_p()
        while carbon.ReceiveNextEvent(0, None, 0.0, True, byref(event)) == _DONE:
            carbon.SendEventToEventTarget(event, target)
            carbon.ReleaseEvent(event)
        waiting, self._waiting = self._waiting, []
        return list(dict.fromkeys(waiting))

    def fileno(self) -> None:
        """Carbon has nothing to wait for here; the keys act at the next look at them."""

    def close(self) -> None:
        """Let the keys go."""
        self._opened.close()

    @functools.cached_property
    def _carbon(self) -> tuple[Any, int]:
        """Carbon, and what it sends our keys to. Raises CaptureUnavailable."""
        carbon = declared(self._load(), _CARBON)
        target, handler = carbon.GetEventDispatcherTarget(), c_void_p()
        status = carbon.InstallEventHandler(
            target, self._handler, 1, byref(_PRESSED), None, byref(handler)
        )
        if status != _DONE:
            raise CaptureUnavailable("macOS does not hand out hot keys here.")
        self._opened.callback(carbon.RemoveEventHandler, handler)
        return carbon, target

    def _on_pressed(self, _call: int, event: int, _data: int) -> int:
        number = KeyId()
        carbon, _ = self._carbon
        status = carbon.GetEventParameter(
            event, _DIRECT_OBJECT, _KEY_ID, None, sizeof(number), None, byref(number)
        )
        if status == _DONE and number.signature == _SIGNATURE:
            self._waiting.append(self._chords[number.number])
        return _DONE
