"""Since when nobody has touched keyboard and pointer, as a Wayland compositor tells it."""

from __future__ import annotations

import time

from mirrordesk.capture.wayland.display import Display

AFTER_MS = 1000  # without input, before the compositor says that somebody is idle

# The two protocols by which compositors tell it: the common one, and the one that was before it.
_COMMON, _FORMER = "ext_idle_notifier_v1", "org_kde_kwin_idle"
_NOTIFY, _NOTIFY_OF_INPUT = 1, 2  # the latter whether or not a program keeps the screen awake
_FORMER_NOTIFY = 0


class IdleWatch:
    """To be used from one thread; its methods may raise CaptureUnavailable."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._since_s: float | None = None  # on the monotonic clock; None: somebody is there
        self.is_told = self._ask()

    def seconds(self) -> float | None:
        """Seconds since the last input, 0 within the first; None where it is not told."""
        if not self.is_told:
            return None
        self._display.roundtrip()
        return 0.0 if self._since_s is None else time.monotonic() - self._since_s

    def _ask(self) -> bool:
        display = self._display
        events = {0: ("", self._idle), 1: ("", self._resumed)}
        if not display.named("wl_seat"):
            return False
        seat = display.bind("wl_seat", 1)
        if version := display.version(_COMMON):
            notifier = display.bind(_COMMON, 2)
            request = _NOTIFY_OF_INPUT if version > 1 else _NOTIFY
            display.create(notifier, request, "nuo", AFTER_MS, seat, events=events)
        elif display.version(_FORMER):
            notifier = display.bind(_FORMER, 1)
            display.create(notifier, _FORMER_NOTIFY, "nou", seat, AFTER_MS, events=events)
        else:
            return False
        return True

    def _idle(self) -> None:
        self._since_s = time.monotonic() - AFTER_MS / 1000

    def _resumed(self) -> None:
        self._since_s = None
