"""A Mac's desktop: pyobjc's module Quartz and Carbon, answering as their documentation says."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Mapping
from ctypes import CFUNCTYPE, c_double, c_int32, c_uint8, c_uint32, c_ulong, c_void_p
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from mirrordesk.capture.macos.keys import KeyId, MacKeys
from mirrordesk.capture.macos.probe import MacProbe
from mirrordesk.capture.macos.quartz import Quartz
from mirrordesk.capture.macos.screen import MacScreen
from mirrordesk.records import Box
from tests.capture_platforms.stage import PLAIN, SCREEN, Colour, Glass, Pane

PIDS = 91_000_000  # above those that any Linux gives, so that none of these processes exists here
TAKEN, TIMED_OUT = -9878, -9875  # eventHotKeyExistsErr, eventLoopTimedOutErr


@dataclass
class Plate:
    """A window of the window server. `title` is None where the key is absent."""

    number: int
    owner: str
    title: str | None = ""
    program: str = ""
    x: float = SCREEN.x
    y: float = SCREEN.y
    w: float = SCREEN.w
    h: float = SCREEN.h
    layer: int = 0
    alpha: float = 1.0
    colour: Colour = PLAIN

    def told(self) -> Mapping[str, Any]:
        about: dict[str, Any] = {
            "kCGWindowNumber": self.number,
            "kCGWindowOwnerPID": PIDS + self.number,
            "kCGWindowOwnerName": self.owner,
            "kCGWindowLayer": self.layer,
            "kCGWindowAlpha": self.alpha,
            "kCGWindowBounds": {"X": self.x, "Y": self.y, "Width": self.w, "Height": self.h},
        }
        return about if self.title is None else about | {"kCGWindowName": self.title}


@dataclass
class MacDesktop:
    """Front to back."""

    plates: list[Plate] = field(default_factory=list)
    tells: bool = True
    allowed: bool = True
    asked: int = 0
    session: Mapping[str, Any] | None = field(
        default_factory=lambda: {"kCGSSessionOnConsoleKey": True}
    )
    idle_s: float = 0.0
    density: int = 1
    taken: set[int] = field(default_factory=set)  # key codes of other programs
    registered: dict[int, tuple[int, int]] = field(default_factory=dict)
    pressed: list[int] = field(default_factory=list)  # numbers of hot keys
    released: int = 0
    handler: Callable[[int, int, int | None], int] | None = None
    loaded: int = 0

    def quartz(self) -> Quartz:
        names = ("Number", "OwnerPID", "OwnerName", "Name", "Layer", "Alpha", "Bounds")
        keys = {f"kCGWindow{name}": f"kCGWindow{name}" for name in names}
        return Quartz(
            SimpleNamespace(
                **keys,
                kCGWindowListOptionOnScreenOnly=1,
                kCGNullWindowID=0,
                kCGEventSourceStateCombinedSessionState=0,
                kCGAnyInputEventType=0xFFFFFFFF,
                CGWindowListCopyWindowInfo=self._windows,
                CGSessionCopyCurrentDictionary=lambda: self.session,
                CGEventSourceSecondsSinceLastEventType=self._idle,
                CGPreflightScreenCaptureAccess=lambda: self.allowed,
                CGRequestScreenCaptureAccess=self._ask,
            )
        )

    def probe(self) -> MacProbe:
        names = {PIDS + plate.number: plate.program for plate in self.plates}
        return MacProbe(self.quartz(), lambda pid: names.get(pid, ""))

    def screen(self) -> MacScreen:
        """Its pixels are drawn from the plates as they are at each grab."""
        desktop = self

        class Painted(MacScreen):
            def _open(self) -> Any:
                return Glass([*desktop.panes()], desktop.density)

            def grab(self, monitor: Any) -> Any:
                self._mss = self._open()
                return super().grab(monitor)

        return Painted(self.quartz())

    def keys(self) -> MacKeys:
        return MacKeys(self._carbon)

    def panes(self) -> list[Pane]:
        def box(plate: Plate) -> Box:
            return Box(round(plate.x), round(plate.y), round(plate.w), round(plate.h))

        shown = [plate for plate in reversed(self.plates) if plate.alpha]
        return [Pane(box(p), p.colour, see_through=p.alpha < 1) for p in shown]

    def _windows(self, options: int, relative_to: int) -> list[Mapping[str, Any]] | None:
        assert (options, relative_to) == (1, 0)
        return [plate.told() for plate in self.plates] if self.tells else None

    def _idle(self, state: int, kind: int) -> float:
        assert (state, kind) == (0, 0xFFFFFFFF)
        return self.idle_s

    def _ask(self) -> bool:
        self.asked += 1
        return False

    def _carbon(self) -> Any:
        self.loaded += 1
        spec, out = c_void_p, c_void_p
        functions: dict[str, tuple[Any, ...]] = {
            "GetEventDispatcherTarget": (lambda: 0x51, c_void_p),
            "GetEventParameter": (
                *(self._parameter, c_int32, c_void_p, c_uint32, c_uint32, out, c_ulong, out),
                c_void_p,
            ),
            "InstallEventHandler": (
                *(self._install, c_int32, c_void_p, c_void_p, c_ulong, spec, c_void_p, out),
            ),
            "ReceiveNextEvent": (self._receive, c_int32, c_ulong, spec, c_double, c_uint8, out),
            "RegisterEventHotKey": (
                *(self._register, c_int32, c_uint32, c_uint32, KeyId, c_void_p, c_uint32, out),
            ),
            "ReleaseEvent": (self._release, None, c_void_p),
            "RemoveEventHandler": (self._remove, c_int32, c_void_p),
            "SendEventToEventTarget": (self._send, c_int32, c_void_p, c_void_p),
            "UnregisterEventHotKey": (self._unregister, c_int32, c_void_p),
        }
        made = {
            name: CFUNCTYPE(result, *arguments)(answer)
            for name, (answer, result, *arguments) in functions.items()
        }
        return SimpleNamespace(**made)

    def _install(
        self, target: int, handler: int, count: int, kinds: int, data: int | None, out: int
    ) -> int:
        kind = struct.unpack("=II", ctypes.string_at(kinds, 8))
        assert (target, count, kind) == (0x51, 1, (int.from_bytes(b"keyb", "big"), 5))
        self.handler = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_void_p)(handler)
        return 0

    def _remove(self, handler: int | None) -> int:
        self.handler = None
        return 0

    def _register(
        self, code: int, modifiers: int, number: KeyId, target: int, options: int, out: int
    ) -> int:
        assert (target, options) == (0x51, 1)
        if code in self.taken:
            return TAKEN
        self.registered[number.number] = modifiers, code
        ctypes.memmove(out, struct.pack("=Q", 0x100 + number.number), 8)
        return 0

    def _unregister(self, reference: int) -> int:
        del self.registered[reference - 0x100]
        return 0

    def _receive(self, count: int, kinds: int | None, wait: float, pull: int, out: int) -> int:
        assert (count, kinds, wait, pull) == (0, None, 0.0, 1)
        if not self.pressed:
            return TIMED_OUT
        ctypes.memmove(out, struct.pack("=Q", 0x200 + self.pressed.pop(0)), 8)
        return 0

    def _send(self, event: int, target: int) -> int:
        assert self.handler is not None
        return self.handler(0, event, None)

    def _parameter(self, event: int, name: int, kind: int, *ignored: int | None) -> int:
        size, into = ignored[1], ignored[3]
        assert (size, name.to_bytes(4, "big"), kind.to_bytes(4, "big")) == (8, b"----", b"hkid")
        assert into is not None
        number = KeyId(int.from_bytes(b"MrDk", "big"), event - 0x200)
        ctypes.memmove(into, ctypes.byref(number), 8)
        return 0

    def _release(self, event: int) -> None:
        self.released += 1
