"""The recorder process: `python -m mirrordesk.capture.recorder [--profile DIR] [--for SECONDS]`.

It looks at every monitor at the pace of what goes on, keeps what is new and allowed, writes the
ledger, and says once a second what it is doing. It ends on SIGTERM, on SIGINT and when its standard
input does. An error that nobody foresaw ends it at once: its supervisor starts it anew.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mirrordesk import clock, config, control, durable, status
from mirrordesk.capture import accessibility, backends
from mirrordesk.capture.backends import Backends
from mirrordesk.capture.ending import Ending
from mirrordesk.capture.hotkeys import HotKey, HotKeys
from mirrordesk.capture.keeper import Keeper
from mirrordesk.capture.ledger import STOPPED, Ledger
from mirrordesk.capture.privacy import ProfileRules
from mirrordesk.capture.spool import Spool
from mirrordesk.capture.watch import ScreenWatch
from mirrordesk.config import Settings
from mirrordesk.control import Span
from mirrordesk.errors import DiskFull, MirrorDeskError
from mirrordesk.paths import Profile
from mirrordesk.records import GapReason
from mirrordesk.rules import hours

LOCKED = "Another recorder already records into this profile."
RECORDING = "recording"
BEAT_S = 1.0  # between two heartbeats


class Recorder:
    """The loop: may we look, is it time to, what came of it; then ledger and heartbeat."""

    def __init__(self, profile: Profile, settings: Settings, chosen: Backends) -> None:
        from mirrordesk.capture.sound import SoundRecorder

        durable.sweep(profile.spool)
        spool = Spool(profile)
        rules = ProfileRules(profile, own_pids=(os.getpid(),))
        self._profile = profile
        self._settings = settings.capture
        self._hours = hours.parse(settings.capture.schedule)
        self._keeper = Keeper(profile, spool)
        self._watch = ScreenWatch(chosen, rules, self._keeper, settings.capture)
        self._keys = HotKeys(
            chosen.keys,
            HotKey("pause key", settings.capture.pause_key, self._toggle_pause),
            HotKey("forget key", settings.capture.forget_key, self._forget_recent),
        )
        self._sound = SoundRecorder(
            settings.capture, self._keeper.keep_when_possible, self._may_listen
        )
        self._ledger = Ledger(profile, spool.put)
        self._started_ns = clock.now_ns()
        # Why we are not recording (None: we are). Nothing is identified before the first look.
        self._reason: GapReason | None = GapReason.UNIDENTIFIED

    def run(self, ending: Ending) -> None:
        """Record until `ending`. Raises what a source failed with; the ledger stays open then."""
        former = status.recorder(self._profile.recorder_heartbeat)
        self._ledger.begin(former, clock.now_ns(), time.monotonic_ns())
        self._sound.start()
        try:
            self._step()
            while not ending.wait(self._rest_s(), also=self._keys.descriptors()):
                self._keys.act()
                self._step()
        finally:
            self._keeper.close()
            self._sound.stop()
        with contextlib.suppress(DiskFull):  # the next recorder finds what is owed
            self._ledger.close(clock.now_ns())
        self._beat(STOPPED)

    def _step(self) -> None:
        if failure := self._sound.failed():
            raise failure
        try:
            self._reason = self._state()
        except DiskFull:
            self._reason = GapReason.DISK_FULL
        try:
            self._ledger.mark(self._reason, clock.now_ns(), time.monotonic_ns())
        except DiskFull:
            self._reason = GapReason.DISK_FULL
        self._beat(self._reason or RECORDING)

    def _state(self) -> GapReason | None:
        """Look if it is time to. Where nothing is to be seen not even the windows are looked at."""
        if unwanted := self._unwanted():
            self._watch.look_soon()
            return unwanted
        return self._watch.look() if self._watch.rest_s() <= 0 else self._reason

    def _unwanted(self) -> GapReason | None:
        """Why the person does not want to be recorded now."""
        if control.paused(self._profile):
            return GapReason.PAUSED
        now = clock.at(clock.now_ns())
        is_in_hours = not self._hours or any(span.hold(now) for span in self._hours)
        return None if is_in_hours else GapReason.SCHEDULE

    def _rest_s(self) -> float:
        """Seconds until the next look or heartbeat."""
        if self._reason in (GapReason.PAUSED, GapReason.SCHEDULE):
            return BEAT_S
        return min(BEAT_S, self._watch.rest_s())

    def _toggle_pause(self) -> None:
        if control.paused(self._profile):
            control.resume(self._profile)
        else:
            control.pause(self._profile)

    def _forget_recent(self) -> None:
        now = clock.now_ns()
        self._keeper.forget(Span(now - self._settings.forget_minutes * clock.MINUTE, now))

    def _may_listen(self) -> bool:
        """Sound is kept while the screen may be looked at, and also while nobody types."""
        allowed = self._reason in (None, GapReason.IDLE)
        return allowed and self._unwanted() is None

    def _beat(self, state: str) -> None:
        tally = self._keeper.tally
        beat = status.RecorderStatus(
            pid=os.getpid(),
            state=str(state),
            updated_ns=clock.now_ns(),
            started_ns=self._started_ns,
            acknowledged=tally.acknowledged,
            acknowledged_ns=tally.acknowledged_ns,
            changes_ns=tally.changes_ns,
            sources={**self._watch.sources(), **self._sound.states(), **self._keys.states()},
        )
        with contextlib.suppress(DiskFull):  # a heartbeat that stays away says so, too
            status.beat(self._profile.recorder_heartbeat, beat)


def record(root: Path | None, seconds: float | None) -> None:
    """Record into the profile at `root` until the end comes. Raises MirrorDeskError."""
    ending = Ending(seconds)
    profile = Profile.open(root)
    with durable.lock(profile.recorder_lock, holder=LOCKED):
        settings = config.load(profile)
        if settings.privacy.ask_browsers:
            accessibility.switch_on(accessibility.session_address(os.environ))
        with contextlib.closing(backends.choose(grant=profile.screen_grant)) as chosen:
            Recorder(profile, settings, chosen).run(ending)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns the exit status."""
    parser = argparse.ArgumentParser("mirrordesk.capture.recorder", description=__doc__)
    parser.add_argument("--profile", type=Path, metavar="DIR", help="the profile's folder")
    parser.add_argument("--for", type=float, dest="seconds", metavar="SECONDS", help="then end")
    chosen = parser.parse_args(arguments)
    try:
        record(chosen.profile, chosen.seconds)
    except MirrorDeskError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
