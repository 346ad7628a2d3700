"""Pixels of what the desktop's portal shares, read from PipeWire by GStreamer.

GStreamer, because a desktop with this portal mostly has it, PipeWire's own source for it comes with
PipeWire, and neither FFmpeg nor a package of PyPI reads PipeWire's pictures.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from mirrordesk.capture.base import Monitor, Pixels, ScreenSource
from mirrordesk.capture.wayland.portal import Portal
from mirrordesk.errors import CaptureUnavailable

PROGRAM = "gst-launch-1.0"
PATIENCE_S = 5.0  # most that one picture may take

_MISSING = (
    f"The portal's pictures are read by {PROGRAM}, which is not installed; install GStreamer with "
    "its PipeWire plug-in (Debian: gstreamer1.0-tools, gstreamer1.0-plugins-good and "
    "gstreamer1.0-pipewire)."
)


class SharedScreen(ScreenSource):
    """The monitors that a person shares. Raises CaptureUnavailable where that cannot be."""

    name = "xdg-desktop-portal"

    def __init__(self, session: str, grant: Path | None) -> None:
        """As told for `Portal`."""
        if shutil.which(PROGRAM) is None:
            raise CaptureUnavailable(_MISSING)
        self._portal = Portal(session, grant)
        self._nodes: dict[Monitor, int] = {}
        self.why = self._portal.state

    def monitors(self) -> list[Monitor]:
        """Those that are shared; none while the dialog is open, or when nobody wants to share."""
        streams = self._portal.streams()
        self.why = f"the compositor offers no other way; {self._portal.state}"
        self._nodes = {
            Monitor(f"monitor-{number}", stream.box): stream.node
            for number, stream in enumerate(streams, 1)
        }
        return list(self._nodes)

    def grab(self, monitor: Monitor) -> Pixels:
        """The pixels of `monitor`, drawn after this was called."""
        node = self._nodes.get(monitor)
        if node is None:
            raise CaptureUnavailable(f"{monitor.name} is not shared any more.")
        return _picture(self._portal.remote(), node)

    def close(self) -> None:
        """End sharing."""
        self._portal.close()


def _picture(remote: int, node: int) -> Pixels:
    """One picture of a node of PipeWire, through a connection that is closed afterwards.

    A stream that is always open would hand out pictures from before the windows were read.
    """
    source = ["pipewiresrc", f"fd={remote}", f"path={node}", "num-buffers=1"]
    encoding = ["videoconvert", "!", "video/x-raw,format=RGB", "!", "pngenc", "compression-level=1"]
    command = [PROGRAM, "-q", *source, "!", *encoding, "!", "fdsink", "fd=1"]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            pass_fds=(remote,),
            timeout=PATIENCE_S,
            check=True,
        )
        with Image.open(io.BytesIO(done.stdout)) as image:
            return np.array(image.convert("RGB"))
    except (OSError, subprocess.SubprocessError, UnidentifiedImageError) as error:
        raise CaptureUnavailable("No picture came of the screen that is shared.") from error
    finally:
        os.close(remote)
