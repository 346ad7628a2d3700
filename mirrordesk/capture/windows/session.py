"""What Windows tells of the session: is it locked, when was the last input, how are pixels counted.

One method for each question; user32, kernel32 and wtsapi32 answer.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_void_p, sizeof

from mirrordesk.capture.native import declared
from mirrordesk.capture.windows.library import BOOL, DWORD, HANDLE, INT, Load, load


class LastInput(ctypes.Structure):
    """LASTINPUTINFO"""

    _fields_ = (("size", DWORD), ("ticks", DWORD))


class SessionHead(ctypes.Structure):
    """The beginning of WTSINFOEXW; what follows is not asked for.

    Windows aligns the second part to 8 bytes, because it holds numbers of 64 bits further on.
    """

    _fields_ = (
        ("level", DWORD),
        ("padding", DWORD),
        ("session", DWORD),
        ("state", INT),
        ("flags", DWORD),
    )


_USER32 = {
    "CloseDesktop": (BOOL, HANDLE),
    "GetAwarenessFromDpiAwarenessContext": (INT, HANDLE),
    "GetLastInputInfo": (BOOL, POINTER(LastInput)),
    "GetThreadDpiAwarenessContext": (HANDLE,),
    "OpenInputDesktop": (HANDLE, DWORD, BOOL, DWORD),
    "SetProcessDpiAwarenessContext": (BOOL, HANDLE),
}
_KERNEL32 = {"GetTickCount": (DWORD,)}
_WTSAPI32 = {
    "WTSFreeMemory": (None, c_void_p),
    "WTSQuerySessionInformationW": (
        *(BOOL, HANDLE, DWORD, INT),
        *(POINTER(POINTER(SessionHead)), POINTER(DWORD)),
    ),
}

_PER_MONITOR_V2 = -4  # DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2
_PER_MONITOR = 2  # DPI_AWARENESS_PER_MONITOR_AWARE
_READ_OBJECTS = 1  # DESKTOP_READOBJECTS
_THIS_SESSION = 0xFFFFFFFF  # WTS_CURRENT_SESSION
_INFO_EX = 25  # WTSSessionInfoEx
_LOCKED = 0  # WTS_SESSIONSTATE_LOCK
_UNKNOWN = 0xFFFFFFFF  # WTS_SESSIONSTATE_UNKNOWN
_TICKS = 1 << 32  # milliseconds after which the counter begins anew, 49.7 days


class Session:
    """The session of this process. Raises CaptureUnavailable where this is no Windows."""

    def __init__(self, load: Load = load) -> None:
        self._user32 = declared(load("user32"), _USER32)
        self._kernel32 = declared(load("kernel32"), _KERNEL32)
        self._wtsapi32 = declared(load("wtsapi32"), _WTSAPI32)

    def counts_real_pixels(self) -> bool:
        """Have places told in pixels of the monitors, not in scaled ones; whether they are.

        It holds from now on for the whole process, and cannot be set twice.
        """
        user32 = self._user32
        user32.SetProcessDpiAwarenessContext(_PER_MONITOR_V2)
        awareness = user32.GetAwarenessFromDpiAwarenessContext(
            user32.GetThreadDpiAwarenessContext()
        )
        return bool(awareness == _PER_MONITOR)

    def idle_seconds(self) -> float | None:
        """Since the last key or pointer event of this session; None where it is not told."""
        last = LastInput(size=sizeof(LastInput))
        if not self._user32.GetLastInputInfo(byref(last)):
            return None
        passed = (self._kernel32.GetTickCount() - last.ticks) % _TICKS
        return float(passed) / 1000

    def shows_desktop(self) -> bool:
        """Whether the person sees the desktop, and not a question of Windows itself.

        The desktop of the lock screen and of the User Account Control cannot be opened.
        """
        desktop = self._user32.OpenInputDesktop(0, False, _READ_OBJECTS)
        if not desktop:
            return False
        self._user32.CloseDesktop(desktop)
        return True

    def is_locked(self) -> bool | None:
        """None where the session does not tell."""
        head, size = POINTER(SessionHead)(), DWORD()
        if not self._wtsapi32.WTSQuerySessionInformationW(
            None, _THIS_SESSION, _INFO_EX, byref(head), byref(size)
        ):
            return None
        try:
            told = head.contents
            is_told = told.level == 1 and told.flags != _UNKNOWN
            return told.flags == _LOCKED if is_told else None
        finally:
            self._wtsapi32.WTSFreeMemory(head)
