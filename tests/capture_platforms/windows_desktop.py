"""A Windows desktop made of C functions that answer as the reference of the Windows API says.

They are called through ctypes like the real ones, with the types and layouts written down there.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from ctypes import CFUNCTYPE, c_int, c_int16, c_int32, c_ssize_t, c_uint, c_uint32, c_void_p
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from mirrordesk.capture.windows.keys import WindowsKeys
from mirrordesk.capture.windows.probe import WindowsProbe
from mirrordesk.capture.windows.screen import WindowsScreen
from mirrordesk.capture.windows.session import Session
from mirrordesk.capture.windows.stack import WindowStack
from mirrordesk.records import Box
from tests.capture_platforms.stage import PLAIN, SCREEN, Colour, Glass, Pane

EDGE = 7  # invisible, to pull at
PIDS = 90_000_000  # above those that any Linux gives, so that none of these processes exists here

OnWindow = CFUNCTYPE(c_int, c_void_p, c_ssize_t)


@dataclass
class Frame:
    """A top-level window, or the content of a store program's frame."""

    handle: int
    title: str = ""
    program: str = "notepad.exe"  # empty: a process that cannot be named
    box: Box = SCREEN  # where it is drawn
    colour: Colour = PLAIN
    kind: str = "Notepad"  # its class
    pid: int = 0
    visible: bool = True
    minimised: bool = False
    cloaked: int = 0
    style: int = 0
    shaped: bool = False
    composed: bool = True  # whether the compositor knows where it is drawn
    owner: int = 0
    content: Frame | None = None

    def __post_init__(self) -> None:
        self.pid = self.pid or PIDS + self.handle


@dataclass
class WindowsDesktop:
    """Front to back."""

    frames: list[Frame] = field(default_factory=list)
    foreground: int = 0
    tells: bool = True  # whether it lets windows be enumerated
    awareness: int = 2  # of pixels: 2 is per monitor
    settings: list[str] = field(default_factory=list)  # what the process set for itself
    last_input: int = 0
    ticks: int = 0
    secure: bool = False  # whether Windows asks something on a desktop of its own
    session_flags: int | None = 1  # unlocked; None: no answer
    freed: int = 0
    taken: set[tuple[int, int]] = field(default_factory=set)  # hot keys of other programs
    registered: dict[int, tuple[int, int]] = field(default_factory=dict)
    messages: list[int] = field(default_factory=list)  # numbers of hot keys that were pressed
    _kept: list[Any] = field(default_factory=list)  # what C holds on to

    def load(self, name: str) -> Any:
        """A library by its name."""
        functions = {"user32": self._user32, "dwmapi": self._dwmapi}
        functions |= {"kernel32": self._kernel32, "wtsapi32": self._wtsapi32}
        made = {
            key: CFUNCTYPE(result, *arguments)(answer)
            for key, (answer, result, *arguments) in functions[name]().items()
        }
        return SimpleNamespace(**made)

    def probe(self) -> WindowsProbe:
        names = {frame.pid: frame.program for frame in self._all()}
        return WindowsProbe(
            WindowStack(self.load), Session(self.load), lambda pid: names.get(pid, "")
        )

    def screen(self) -> WindowsScreen:
        """Its pixels are drawn from the frames as they are at each grab."""
        desktop = self

        class Painted(WindowsScreen):
            def _open(self) -> Any:
                return Glass([*desktop.panes()])

            def grab(self, monitor: Any) -> Any:
                self._mss = self._open()
                return super().grab(monitor)

        return Painted(Session(self.load))

    def keys(self) -> WindowsKeys:
        return WindowsKeys(self.load)

    def panes(self) -> list[Pane]:
        shown = [f for f in reversed(self.frames) if f.visible and not (f.minimised or f.cloaked)]
        return [Pane(f.box, f.colour, bool(f.style) or f.shaped) for f in shown]

    def _all(self) -> list[Frame]:
        return [*self.frames, *(f.content for f in self.frames if f.content)]

    def _find(self, handle: int | None) -> Frame | None:
        return next((frame for frame in self._all() if frame.handle == handle), None)

    def _user32(self) -> dict[str, tuple[Any, ...]]:
        handle = c_void_p
        return {
            "EnumWindows": (self._enum_windows, c_int, OnWindow, c_ssize_t),
            "FindWindowExW": (self._find_child, handle, handle, handle, c_void_p, c_void_p),
            "GetClassNameW": (self._class_name, c_int, handle, c_void_p, c_int),
            "GetForegroundWindow": (lambda: self.foreground or None, handle),
            "GetSystemMetrics": (_metric, c_int, c_int),
            "GetWindow": (self._get_window, handle, handle, c_uint),
            "GetWindowLongW": (self._window_long, c_int32, handle, c_int),
            "GetWindowRect": (self._window_rect, c_int, handle, c_void_p),
            "GetWindowRgnBox": (self._region_box, c_int, handle, c_void_p),
            "GetWindowTextLengthW": (self._of(lambda f: len(f.title)), c_int, handle),
            "GetWindowTextW": (self._window_text, c_int, handle, c_void_p, c_int),
            "GetWindowThreadProcessId": (self._process, c_uint32, handle, c_void_p),
            "IsIconic": (self._of(lambda f: f.minimised), c_int, handle),
            "IsWindowVisible": (self._of(lambda f: f.visible), c_int, handle),
            "CloseDesktop": (lambda _: 1, c_int, handle),
            "GetAwarenessFromDpiAwarenessContext": (lambda _: self.awareness, c_int, handle),
            "GetLastInputInfo": (self._last_input_info, c_int, c_void_p),
            "GetThreadDpiAwarenessContext": (lambda: 0x6010, handle),
            "OpenInputDesktop": (self._input_desktop, handle, c_uint32, c_int, c_uint32),
            "SetProcessDpiAwarenessContext": (self._set_awareness, c_int, c_ssize_t),
            "PeekMessageW": (self._peek, c_int, c_void_p, handle, c_uint, c_uint, c_uint),
            "RegisterHotKey": (self._register, c_int, handle, c_int, c_uint, c_uint),
            "UnregisterHotKey": (self._unregister, c_int, handle, c_int),
            "VkKeyScanW": (_key_scan, c_int16, ctypes.c_wchar),
        }

    def _dwmapi(self) -> dict[str, tuple[Any, ...]]:
        types = (c_int32, c_void_p, c_uint32, c_void_p, c_uint32)
        return {"DwmGetWindowAttribute": (self._attribute, *types)}

    def _kernel32(self) -> dict[str, tuple[Any, ...]]:
        return {"GetTickCount": (lambda: self.ticks, c_uint32)}

    def _wtsapi32(self) -> dict[str, tuple[Any, ...]]:
        query = (c_int, c_void_p, c_uint32, c_int, c_void_p, c_void_p)
        return {
            "WTSFreeMemory": (self._free, None, c_void_p),
            "WTSQuerySessionInformationW": (self._query, *query),
        }

    def _of(self, fact: Callable[[Frame], int]) -> Callable[[int | None], int]:
        def answer(handle: int | None) -> int:
            frame = self._find(handle)
            return int(fact(frame)) if frame else 0

        return answer

    def _enum_windows(self, on_window: Any, data: int) -> int:
        if not self.tells:
            return 0
        return int(all(on_window(frame.handle, data) for frame in list(self.frames)))

    def _find_child(self, parent: int, after: int | None, kind: int, title: int | None) -> int:
        frame = self._find(parent)
        child = frame.content if frame else None
        return child.handle if child and ctypes.wstring_at(kind) == child.kind else 0

    def _class_name(self, handle: int, into: int, room: int) -> int:
        frame = self._find(handle)
        return _write(frame.kind if frame else "", into, room)

    def _window_text(self, handle: int, into: int, room: int) -> int:
        frame = self._find(handle)
        return _write(frame.title if frame else "", into, room)

    def _get_window(self, handle: int, which: int) -> int:
        assert which == 4  # GW_OWNER
        return self._of(lambda frame: frame.owner)(handle)

    def _window_long(self, handle: int, which: int) -> int:
        assert which == -20  # GWL_EXSTYLE
        return self._of(lambda frame: frame.style)(handle)

    def _window_rect(self, handle: int, into: int) -> int:
        frame = self._find(handle)
        if frame is None:
            return 0
        b = frame.box
        return _write_rect(Box(b.x - EDGE, b.y, b.w + 2 * EDGE, b.h + EDGE), into)

    def _region_box(self, handle: int, into: int) -> int:
        return 3 if self._of(lambda frame: frame.shaped)(handle) else 0  # COMPLEXREGION or ERROR

    def _process(self, handle: int, into: int | None) -> int:
        frame = self._find(handle)
        if frame is None:
            return 0
        ctypes.memmove(into, struct.pack("=I", frame.pid), 4)
        return 1

    def _attribute(self, handle: int, which: int, into: int, size: int) -> int:
        frame = self._find(handle)
        if frame is None or not frame.composed:
            return -2147024890  # E_HANDLE
        if which == 14:  # DWMWA_CLOAKED
            assert size == 4
            ctypes.memmove(into, struct.pack("=I", frame.cloaked), 4)
        else:
            assert (which, size) == (9, 16)  # DWMWA_EXTENDED_FRAME_BOUNDS, a RECT
            _write_rect(frame.box, into)
        return 0

    def _set_awareness(self, context: int) -> int:
        assert context == -4
        self.settings.append("per monitor")
        return int(len(self.settings) == 1)

    def _last_input_info(self, into: int) -> int:
        (size,) = struct.unpack("=I", ctypes.string_at(into, 4))
        if size != 8:
            return 0
        ctypes.memmove(into + 4, struct.pack("=I", self.last_input), 4)
        return 1

    def _input_desktop(self, flags: int, inherit: int, access: int) -> int | None:
        return None if self.secure else 0x77

    def _query(self, server: int | None, session: int, what: int, into: int, size: int) -> int:
        assert (server, session, what) == (None, 0xFFFFFFFF, 25)
        if self.session_flags is None:
            return 0
        buffer = ctypes.create_string_buffer(
            struct.pack("=IIIiI", 1, 0, 2, 0, self.session_flags), 280
        )
        self._kept.append(buffer)
        ctypes.memmove(into, struct.pack("=Q", ctypes.addressof(buffer)), 8)
        ctypes.memmove(size, struct.pack("=I", 280), 4)
        return 1

    def _free(self, memory: int) -> None:
        self.freed += 1

    def _register(self, handle: int | None, number: int, modifiers: int, key: int) -> int:
        if (modifiers, key) in self.taken or number in self.registered:
            return 0
        self.registered[number] = modifiers, key
        return 1

    def _unregister(self, handle: int | None, number: int) -> int:
        return int(self.registered.pop(number, None) is not None)

    def _peek(self, into: int, handle: int | None, low: int, high: int, remove: int) -> int:
        assert (low, high, remove) == (0x0312, 0x0312, 1)
        if not self.messages:
            return 0
        message = struct.pack("@PIQqIii", 0, 0x0312, self.messages.pop(0), 0, 0, 5, 5)
        ctypes.memmove(into, message, len(message))
        return 1


def _write(text: str, into: int, room: int) -> int:
    buffer = ctypes.create_unicode_buffer(text[: room - 1])
    ctypes.memmove(into, buffer, ctypes.sizeof(buffer))
    return len(buffer.value)


def _write_rect(box: Box, into: int) -> int:
    ctypes.memmove(into, struct.pack("=iiii", box.x, box.y, box.right, box.bottom), 16)
    return 1


def _metric(which: int) -> int:
    return {76: SCREEN.x, 77: SCREEN.y, 78: SCREEN.w, 79: SCREEN.h}[which]


def _key_scan(letter: str) -> int:
    """A German layout: the question mark is written with the shift key, # has a key of its own."""
    known = {"?": 0x1DB, "#": 0xBF}
    return known.get(letter, ord(letter.upper()) if letter.isalnum() else -1)
