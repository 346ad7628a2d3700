"""Pixels by zwlr_screencopy_manager_v1, which sway, labwc, river, Hyprland and others offer."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from mirrordesk.capture.base import Monitor, Pixels, ScreenSource
from mirrordesk.capture.wayland.display import Display, Events
from mirrordesk.capture.wayland.outputs import Output, Outputs
from mirrordesk.errors import CaptureUnavailable

MANAGER = "zwlr_screencopy_manager_v1"

_CAPTURE, _COPY, _DESTROY_FRAME = 0, 0, 1
_CREATE_POOL, _CREATE_BUFFER, _DESTROY_POOL, _DESTROY_BUFFER = 0, 0, 1, 0
_WITHOUT_CURSOR = 0
_UPSIDE_DOWN = 1  # a flag of a frame
_MIRRORED = 4  # transforms from here on

# By the number of a format of pixels (wl_shm.format): how Pillow calls it.
_LAYOUTS = {
    0: "BGRX",  # ARGB8888
    1: "BGRX",  # XRGB8888
    int.from_bytes(b"XB24", "little"): "RGBX",
    int.from_bytes(b"AB24", "little"): "RGBX",
    int.from_bytes(b"RG24", "little"): "BGR",
    int.from_bytes(b"BG24", "little"): "RGB",
}


@dataclass(slots=True)
class _Frame:
    """What the compositor has told of one frame so far."""

    format: int = 0
    width: int = 0
    height: int = 0
    row: int = 0  # bytes
    is_described: bool = False
    is_upside_down: bool = False
    is_ready: bool = False
    has_failed: bool = False

    def events(self) -> Events:
        """What to do with what it tells."""
        return {
            0: ("uuuu", self._shaped),
            1: ("u", self._flagged),
            2: ("", self._ready),
            3: ("", self._failed),
            6: ("", self._described),
        }

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self.row * self.height

    def pixels(self, raw: bytes) -> Pixels:
        """A fresh array of what was copied."""
        layout = _LAYOUTS.get(self.format)
        if layout is None:
            raise CaptureUnavailable(f"The monitor has pixels of an unknown kind ({self.format}).")
        size = (self.width, self.height)
        return np.array(Image.frombuffer("RGB", size, raw, "raw", layout, self.row, 1))

    def _shaped(self, kind: int, width: int, height: int, row: int) -> None:
        self.format, self.width, self.height, self.row = kind, width, height, row

    def _described(self) -> None:
        self.is_described = True

    def _flagged(self, flags: int) -> None:
        self.is_upside_down = bool(flags & _UPSIDE_DOWN)

    def _ready(self) -> None:
        self.is_ready = True

    def _failed(self) -> None:
        self.has_failed = True


class WlrScreen(ScreenSource):
    """All outputs of one compositor. Raises CaptureUnavailable where it does not offer this."""

    name = "wlroots screencopy"

    def __init__(self, env: Mapping[str, str]) -> None:
        self._display = Display(env)
        self.why = (
            f"{self._display.compositor}, the Wayland compositor of this session, copies each "
            "monitor by itself and asks nobody"
        )
        with contextlib.ExitStack() as opened:
            opened.callback(self._display.close)
            self._manager = self._display.bind(MANAGER, 3)
            self._memory = self._display.bind("wl_shm", 1)
            self._outputs = Outputs(self._display)
            opened.pop_all()

    def monitors(self) -> list[Monitor]:
        """The outputs that are plugged in and switched on, by the compositor's names."""
        return [Monitor(output.name, output.box) for output in self._outputs.now()]

    def grab(self, monitor: Monitor) -> Pixels:
        """The pixels of `monitor`, upright, as many as it has, and without the pointer."""
        for output in self._outputs.now():
            if output.name == monitor.name:
                return self._grabbed(output, monitor)
        raise CaptureUnavailable(f"The monitor {monitor.name} is gone.")

    def close(self) -> None:
        """Let the display go."""
        self._display.close()

    def _grabbed(self, output: Output, monitor: Monitor) -> Pixels:
        frame = _Frame()
        copying = (self._manager, _CAPTURE, "nio", _WITHOUT_CURSOR, output.handle)
        handle = self._display.create(*copying, events=frame.events())
        try:
            self._wait(monitor, frame, lambda: frame.is_described)
            raw = self._copied(monitor, frame, handle)
        finally:
            self._display.drop(handle, _DESTROY_FRAME)
        # The place tells which windows the pixels show, so both must be of one moment.
        if output.box != monitor.box:
            raise CaptureUnavailable(f"The monitor {monitor.name} was moved, turned or scaled.")
        return upright(frame.pixels(raw), output.transform, upside_down=frame.is_upside_down)

    def _copied(self, monitor: Monitor, frame: _Frame, handle: int) -> bytes:
        memory = os.memfd_create("mirrordesk-frame", os.MFD_CLOEXEC)
        try:
            os.ftruncate(memory, frame.size)
            with self._buffer(frame, memory) as buffer:
                self._display.send(handle, _COPY, "o", buffer)
                self._wait(monitor, frame, lambda: frame.is_ready)
            return os.pread(memory, frame.size, 0)
        finally:
            os.close(memory)

    def _wait(self, monitor: Monitor, frame: _Frame, happened: Callable[[], bool]) -> None:
        self._display.wait(lambda: happened() or frame.has_failed)
        if frame.has_failed:
            raise CaptureUnavailable(f"The compositor could not copy the monitor {monitor.name}.")

    @contextlib.contextmanager
    def _buffer(self, frame: _Frame, memory: int) -> Iterator[int]:
        """The memory as a place that the compositor can copy a frame to."""
        pool = self._display.create(self._memory, _CREATE_POOL, "nhi", memory, frame.size)
        shape = (frame.width, frame.height, frame.row, frame.format)
        buffer = self._display.create(pool, _CREATE_BUFFER, "niiiiu", 0, *shape)
        self._display.drop(pool, _DESTROY_POOL)
        try:
            yield buffer
        finally:
            self._display.drop(buffer, _DESTROY_BUFFER)


def upright(pixels: Pixels, transform: int, *, upside_down: bool = False) -> Pixels:
    """A picture as a person sees it, made of one that was turned for its monitor.

    `transform` as wl_output tells it: quarter turns against the clock, from 4 on of a picture that
    was mirrored first.
    """
    if upside_down:
        pixels = pixels[::-1]
    pixels = np.rot90(pixels, -(transform % 4))
    return np.ascontiguousarray(pixels[:, ::-1] if transform >= _MIRRORED else pixels)
