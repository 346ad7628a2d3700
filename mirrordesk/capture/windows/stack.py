"""What Windows tells of the windows on its desktop (user32 and dwmapi), one method for each call.

A window may be gone at any time; then a call answers with 0, an empty text or None.
"""

from __future__ import annotations

import ctypes
from ctypes import byref, c_wchar_p, sizeof

from mirrordesk.capture.native import declared
from mirrordesk.capture.windows.library import (
    BOOL,
    DWORD,
    HANDLE,
    INT,
    LONG,
    LPARAM,
    LPRECT,
    UINT,
    Load,
    Rect,
    callback_type,
    load,
)
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box

_OnWindow = callback_type(BOOL, HANDLE, LPARAM)

_USER32 = {
    "EnumWindows": (BOOL, _OnWindow, LPARAM),
    "FindWindowExW": (HANDLE, HANDLE, HANDLE, c_wchar_p, c_wchar_p),
    "GetClassNameW": (INT, HANDLE, c_wchar_p, INT),
    "GetForegroundWindow": (HANDLE,),
    "GetSystemMetrics": (INT, INT),
    "GetWindow": (HANDLE, HANDLE, UINT),
    "GetWindowLongW": (LONG, HANDLE, INT),
    "GetWindowRect": (BOOL, HANDLE, LPRECT),
    "GetWindowRgnBox": (INT, HANDLE, LPRECT),
    "GetWindowTextLengthW": (INT, HANDLE),
    "GetWindowTextW": (INT, HANDLE, c_wchar_p, INT),
    "GetWindowThreadProcessId": (DWORD, HANDLE, ctypes.POINTER(DWORD)),
    "IsIconic": (BOOL, HANDLE),
    "IsWindowVisible": (BOOL, HANDLE),
}
_DWMAPI = {
    "DwmGetWindowAttribute": (LONG, HANDLE, DWORD, ctypes.c_void_p, DWORD),
}

_FRAME_BOUNDS, _CLOAKED = 9, 14  # DWMWINDOWATTRIBUTE
_EXTENDED_STYLE = -20  # GWL_EXSTYLE
_OWNER = 4  # GW_OWNER
_NO_REGION = 0  # what GetWindowRgnBox answers where the window is a full rectangle
_DESKTOP_METRICS = (76, 77, 78, 79)  # SM_XVIRTUALSCREEN, Y, CX and CY: all monitors together
_CLASS_NAME_ROOM = 257  # Windows allows 256 characters


class WindowStack:
    """The windows by their handles. Raises CaptureUnavailable where this is no Windows."""

    def __init__(self, load: Load = load) -> None:
        self._user32 = declared(load("user32"), _USER32)
        self._dwmapi = declared(load("dwmapi"), _DWMAPI)

    def front_to_back(self) -> list[int]:
        """Every window on the desktop, hidden ones too. Raises CaptureUnavailable."""
        found: list[int] = []

        def on_window(handle: int, _data: int) -> bool:
            found.append(handle)
            return True

        if not self._user32.EnumWindows(_OnWindow(on_window), 0):
            raise CaptureUnavailable("Windows does not tell which windows there are.")
        return found

    def is_visible(self, handle: int) -> bool:
        """Whether it is shown, if perhaps behind others."""
        return bool(self._user32.IsWindowVisible(handle))

    def is_minimised(self, handle: int) -> bool:
        return bool(self._user32.IsIconic(handle))

    def is_cloaked(self, handle: int) -> bool:
        """Whether the compositor leaves it out, as on another virtual desktop."""
        reasons = DWORD()
        return self._attribute(handle, _CLOAKED, reasons) and reasons.value != 0

    def frame(self, handle: int) -> Box | None:
        """Where it is drawn, in pixels: without its shadow and the invisible edges to pull at."""
        rect = Rect()
        return rect.box if self._attribute(handle, _FRAME_BOUNDS, rect) else None

    def rectangle(self, handle: int) -> Box | None:
        """Where it lies, invisible edges included."""
        rect = Rect()
        return rect.box if self._user32.GetWindowRect(handle, byref(rect)) else None

    def title(self, handle: int) -> str:
        # Windows keeps the titles of other programs itself, so a program that hangs is no obstacle.
        room = self._user32.GetWindowTextLengthW(handle) + 1
        buffer = ctypes.create_unicode_buffer(room)
        self._user32.GetWindowTextW(handle, buffer, room)
        return buffer.value

    def class_name(self, handle: int) -> str:
        buffer = ctypes.create_unicode_buffer(_CLASS_NAME_ROOM)
        self._user32.GetClassNameW(handle, buffer, _CLASS_NAME_ROOM)
        return buffer.value

    def pid(self, handle: int) -> int:
        """The process that made it."""
        pid = DWORD()
        self._user32.GetWindowThreadProcessId(handle, byref(pid))
        return pid.value

    def owner(self, handle: int) -> int:
        """The window it belongs to, as a dialogue does."""
        return int(self._user32.GetWindow(handle, _OWNER) or 0)

    def child(self, handle: int, class_name: str) -> int:
        """The topmost child of that class."""
        return int(self._user32.FindWindowExW(handle, None, class_name, None) or 0)

    def extended_style(self, handle: int) -> int:
        """The bits of WS_EX_…"""
        return int(self._user32.GetWindowLongW(handle, _EXTENDED_STYLE)) & 0xFFFFFFFF

    def has_region(self, handle: int) -> bool:
        """Whether it was cut into a shape of its own."""
        return bool(self._user32.GetWindowRgnBox(handle, byref(Rect())) != _NO_REGION)

    def foreground(self) -> int:
        """The window that has the keyboard."""
        return int(self._user32.GetForegroundWindow() or 0)

    def desktop(self) -> Box:
        """The box around all monitors."""
        return Box(*(int(self._user32.GetSystemMetrics(metric)) for metric in _DESKTOP_METRICS))

    def _attribute(self, handle: int, attribute: int, into: Rect | ctypes.c_uint32) -> bool:
        """Have the compositor write what it knows; whether it did."""
        call = self._dwmapi.DwmGetWindowAttribute
        return bool(call(handle, attribute, byref(into), sizeof(into)) == 0)
