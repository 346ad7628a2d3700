"""The tour: the whole way from pixels and sound to cited answers, on a virtual desktop.

The app runs as it does for anybody; it is not told what will be typed, shown or said.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mirrordesk.capture.spool import Spool
from mirrordesk.demo import questions, scenes
from mirrordesk.demo.commandline import CommandLine
from mirrordesk.demo.portrait import TITLE, Portrait
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.errors import MirrorDeskError
from mirrordesk.paths import Profile
from mirrordesk.records import Box, Kind

SIZE = (1920, 1080)
WINDOW = Box(880, 40, 1030, 970)  # right of where the work is done
START_S = 120.0
PERCEIVED_S = 1200.0  # reading a minute of screen takes a few minutes on two cores
LEAVE_S = 30.0
POLL_S = 1.0
TELL_EVERY_S = 20.0


class Tour:
    """One tour in `folder`: the profile and the screenshots stay there."""

    def __init__(self, desktop: VirtualDesktop, folder: Path) -> None:
        self._desktop = desktop
        self._profile = Profile.open(folder / "profile")
        self._pictures = folder / "screenshots"
        self._pictures.mkdir()
        self._mirrordesk = CommandLine(self._profile.root, desktop.env)

    def run(self) -> None:
        """Record, perceive, ask, take pictures. Raises MirrorDeskError where one of them fails."""
        say("Starting MirrorDesk …")
        self._mirrordesk("config", "ui.theme", "light")
        app = self._start_app()
        say("Working for about a minute while it records …")
        self._record()
        say("Reading what was recorded (a few minutes on a small machine) …")
        self._wait_until_perceived()
        self._ask()
        say("Taking pictures of the window …")
        self._mirrordesk("resume")
        self._portray("light")
        self._leave(app)
        self._mirrordesk("config", "ui.theme", "dark")
        app = self._start_app()
        self._portray("dark")
        self._leave(app)

    def _start_app(self) -> subprocess.Popen[bytes]:
        """Start the app and give its window its place."""
        app = self._desktop.launch(self._mirrordesk.words("run"), cwd=Path.cwd())
        self._wait(
            lambda: app.poll() is not None or self._has_window(),
            START_S,
            "The window of MirrorDesk did not appear.",
        )
        if app.poll() is not None:
            last = (self._desktop.said(app).strip().splitlines() or ["it said nothing"])[-1]
            raise MirrorDeskError(f"MirrorDesk ended with status {app.returncode}: {last}")
        self._desktop.place(TITLE, WINDOW)
        return app

    def _has_window(self) -> bool:
        return any(TITLE in window.title for window in self._desktop.windows())

    def _leave(self, app: subprocess.Popen[bytes]) -> None:
        app.terminate()
        try:
            app.wait(LEAVE_S)
        except subprocess.TimeoutExpired as error:
            raise MirrorDeskError("MirrorDesk did not end when asked to.") from error

    def _record(self) -> None:
        self._wait_until_recording()
        began = time.monotonic()
        scenes.play(self._desktop)
        say(f"… {time.monotonic() - began:.0f} seconds of work are done.")
        # With nothing new to read the worker comes to an end, and what it has read can be asked.
        self._mirrordesk("pause")
        self._wait(lambda: self._recorder_is("paused"), START_S, "The recorder did not pause.")

    def _wait_until_recording(self) -> None:
        failure = "The recorder did not start recording."
        self._wait(lambda: self._recorder_is("recording"), START_S, failure)

    def _recorder_is(self, state: str) -> bool:
        report = self._mirrordesk("status")
        return bool(report["recorder_running"]) and report["recorder"]["state"] == state

    def _wait_until_perceived(self) -> None:
        waiting = Waiting(self._profile, self._mirrordesk)
        self._wait(waiting.is_over, PERCEIVED_S, "What was recorded was not read in time.")
        report = self._mirrordesk("status")
        say(f"… the memory holds {report['moments']} moments.")
        if not self._heard():
            raise MirrorDeskError("The spoken sentence was not recorded.")

    def _heard(self) -> bool:
        moments = self._mirrordesk("timeline")["moments"]
        return any(moment["kind"] == Kind.SPEECH for moment in moments)

    def _ask(self) -> None:
        for question in questions.QUESTIONS:
            answer: dict[str, Any] = self._mirrordesk("ask", question.text)
            say("", *questions.describe(question, answer))
            questions.check(question, answer)
        say("")

    def _portray(self, theme: str) -> None:
        self._wait_until_recording()
        portrait = Portrait(self._desktop, self._pictures, theme)
        portrait.empty_chat()
        question = next(q for q in questions.QUESTIONS if "Falcon" in q.text)
        portrait.answer(question.text, question.word)
        portrait.timeline()

    def _wait(self, happened: Callable[[], bool], seconds: float, failure: str) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise MirrorDeskError(failure)
            time.sleep(POLL_S)


class Waiting:
    """Looks whether everything captured is in memory, and tells now and then how much is not."""

    def __init__(self, profile: Profile, mirrordesk: CommandLine) -> None:
        self._spool = Spool(profile)
        self._mirrordesk = mirrordesk
        self._told = time.monotonic()

    def is_over(self) -> bool:
        """Whether no capture waits, and no text that can be read or compared here."""
        left = sum(1 for handle in self._spool.waiting() if handle.path.suffix == ".entry")
        if left == 0:
            pending = self._mirrordesk("status")["perception"]["pending"]
            left = pending.get("ocr", 0) + pending.get("text", 0)
        if left and time.monotonic() - self._told > TELL_EVERY_S:
            self._told = time.monotonic()
            say(f"… {left} captures still to be read.")
        return left == 0


def say(*lines: str) -> None:
    """Print lines at once, also into a pipe."""
    print(*lines, sep="\n", flush=True)
