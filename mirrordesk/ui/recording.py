"""Whether MirrorDesk is recording, told honestly, and the two things a person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from mirrordesk import clock, control, words
from mirrordesk.client import DeskClient
from mirrordesk.control import Pause
from mirrordesk.status import Report
from mirrordesk.ui.background import Background

LOOK_EVERY_MS = 2000


class Light(StrEnum):
    """What the pill and the tray icon show."""

    RECORDING = "recording"
    RESTING = "resting"  # by design nothing is recorded now: idle, locked, an excluded window
    PAUSED = "paused"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RecordingState:
    """The state in words: a headline that fits a pill, and the reason or the backlog below it."""

    light: Light
    headline: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.headline}: {self.detail}" if self.detail else self.headline


UNKNOWN = RecordingState(Light.UNKNOWN, "Checking")

_RESTING = {
    "idle": "nobody is at the computer",
    "locked": "the screen is locked",
    "excluded": "a window in front is never recorded",
    "unidentified": "a window cannot be identified",
    "stopped": "the recorder was stopped",
    "outside the hours": "these are not the hours you want to be recorded in",
}


def state_of(report: Report, pause: Pause | None) -> RecordingState:
    """What to tell. The pause mark on disk outranks the recorder's last word; doubt is trouble."""
    if pause is not None:
        return RecordingState(Light.PAUSED, "Paused", _until(pause))
    if report.trouble:
        return RecordingState(Light.TROUBLE, "Not recording", report.trouble)
    if not report.recorder_running or report.recorder is None:
        return RecordingState(Light.TROUBLE, "Not recording", "the recorder is not running")
    state = report.recorder.state
    if state == "paused":  # resumed a moment ago; the recorder has not looked yet
        return RecordingState(Light.RESTING, "Resuming")
    if state != "recording":
        return RecordingState(Light.RESTING, "Not recording now", _RESTING.get(state, state))
    return RecordingState(Light.RECORDING, "Recording", words.backlog(report.perception))


def _until(pause: Pause) -> str:
    if pause.until_ns is None:
        return "until you resume"
    return f"until {words.time_of(pause.until_ns, clock.zone_name())}"


class Recording(QObject):
    """Looks at the report every two seconds; `changed` tells when the state or the report did."""

    changed = Signal()

    def __init__(self, desk: DeskClient, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._background = background
        self._looking = False
        self._again = False
        self.state = UNKNOWN
        self.report: Report | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look now and from now on."""
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def look(self) -> None:
        """Ask for the report, unless one is on its way; then once more after it."""
        if self._looking:
            self._again = True
            return
        self._looking = True
        self._background.run(self._read, self._take, self._lost)

    def pause(self) -> None:
        """Stop recording until `resume`."""
        self._background.run(lambda: control.pause(self._desk.profile), lambda _: self.look())

    def resume(self) -> None:
        """Record again."""
        self._background.run(lambda: control.resume(self._desk.profile), lambda _: self.look())

    def toggle(self) -> None:
        """Resume where it is paused, else pause."""
        if self.state.light is Light.PAUSED:
            self.resume()
        else:
            self.pause()

    def _read(self) -> tuple[Report, RecordingState]:
        report = self._desk.report()
        return report, state_of(report, control.paused(self._desk.profile))

    def _take(self, found: tuple[Report, RecordingState]) -> None:
        self.report, self.state = found
        self._looked()

    def _lost(self, sentence: str) -> None:
        self.state = RecordingState(Light.TROUBLE, "State unknown", sentence)
        self._looked()

    def _looked(self) -> None:
        self._looking = False
        self.changed.emit()
        if self._again:
            self._again = False
            self.look()
