"""What a platform must offer so that MirrorDesk can see, hear and tell windows apart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirrordesk.records import Box, Window

Pixels = npt.NDArray[np.uint8]  # (height, width, 3), RGB
Samples = npt.NDArray[np.float32]  # (n,), mono, 16 kHz, -1 to 1

SAMPLE_RATE = 16_000  # samples per second, what Silero and Whisper both take


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor and where it lies on the desktop."""

    name: str
    box: Box


class ScreenSource(ABC):
    """Reads pixels. `why` tells in words why this backend was chosen."""

    name: str
    why: str

    @abstractmethod
    def monitors(self) -> list[Monitor]:
        """The monitors plugged in now."""

    @abstractmethod
    def grab(self, monitor: Monitor) -> Pixels:
        """The pixels of a monitor. Raises CaptureUnavailable when the display is gone."""

    @abstractmethod
    def close(self) -> None:
        """Let the display go."""


class WindowProbe(ABC):
    """Tells which windows are on the screen."""

    name: str
    why: str

    @abstractmethod
    def windows(self) -> list[Window]:
        """Every visible window, bottom of the stack first. Raises CaptureUnavailable."""

    @abstractmethod
    def idle_seconds(self) -> float | None:
        """Seconds since the last key or pointer event; None where it cannot be told."""

    @abstractmethod
    def locked(self) -> bool | None:
        """Whether the session is locked; None where it cannot be told."""

    @abstractmethod
    def close(self) -> None:
        """Let the display go."""


class AudioSource(ABC):
    """One stream of sound: `label` is "microphone" or "loopback"."""

    label: str
    why: str

    @abstractmethod
    def open(self) -> AbstractContextManager[Iterator[Samples]]:
        """Blocks of samples as they come. Raises CaptureUnavailable when the device is gone."""
