"""The libraries of Windows and the types that its functions take.

The types have the sizes that Windows gives them, on any machine, so that layouts can be checked
anywhere.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from ctypes import POINTER, c_int32, c_ssize_t, c_uint32, c_void_p
from typing import Any

from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box

BOOL = INT = LONG = c_int32
UINT = DWORD = c_uint32
HANDLE = c_void_p
LPARAM = c_ssize_t

Load = Callable[[str], Any]  # gives a library by its name, as ctypes.WinDLL does

# Functions that Windows calls; elsewhere, where only tests call them, the usual convention will do.
callback_type: Callable[..., Any] = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)


class Rect(ctypes.Structure):
    """RECT: the right and the lower edge lie just outside."""

    _fields_ = (("left", LONG), ("top", LONG), ("right", LONG), ("bottom", LONG))

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.right - self.left, self.bottom - self.top)


LPRECT = POINTER(Rect)


def load(name: str) -> Any:
    """A library of Windows. Raises CaptureUnavailable where there is none."""
    if sys.platform == "win32":
        return ctypes.WinDLL(name)
    raise CaptureUnavailable(f"The library {name} is part of Windows.")
