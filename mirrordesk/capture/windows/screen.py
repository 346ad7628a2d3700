"""Pixels of a Windows desktop."""

from __future__ import annotations

from mirrordesk.capture.screen import MssScreen
from mirrordesk.capture.windows.session import Session
from mirrordesk.errors import CaptureUnavailable


class WindowsScreen(MssScreen):
    """All monitors, by GDI through mss. Raises CaptureUnavailable where they cannot be read.

    Boxes of windows and pixels must be counted alike, else the wrong pixels would be painted over.
    """

    def __init__(self, session: Session | None = None) -> None:
        session = session or Session()
        if not session.counts_real_pixels():  # before anything else asks for a place
            raise CaptureUnavailable(
                "Windows scales the places that it tells this program, so that nothing could be "
                "hidden reliably; start MirrorDesk without compatibility settings."
            )
        super().__init__(display="")
        self.why = "GDI reads every monitor on any Windows, with no driver and no question asked"
