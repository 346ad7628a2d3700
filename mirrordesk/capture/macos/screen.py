"""Pixels of a Mac's desktop."""

from __future__ import annotations

from mirrordesk.capture.macos.quartz import Quartz
from mirrordesk.capture.screen import MssScreen
from mirrordesk.errors import CaptureUnavailable

NOT_ALLOWED = (
    "macOS does not let MirrorDesk see the screen yet; allow it in System Settings, Privacy & "
    "Security, Screen & System Audio Recording, and start it anew."
)


class MacScreen(MssScreen):
    """All displays, by Core Graphics through mss. Raises CaptureUnavailable without permission.

    A frame has one pixel a point, also on a Retina display: text is as legible as on any other
    display, for a quarter of the work.
    """

    def __init__(self, quartz: Quartz | None = None) -> None:
        quartz = quartz or Quartz()
        if not quartz.may_record():  # else macOS would hand out the wallpaper alone
            quartz.ask_to_record()
            raise CaptureUnavailable(NOT_ALLOWED)
        super().__init__(display="")
        self.why = "Core Graphics reads every display, once the person has allowed it"
