"""A recording under way: the recorder and the perception worker, each in a supervised process."""

from __future__ import annotations

import time

from mirrordesk import clock, status
from mirrordesk.capture.spool import Spool
from mirrordesk.errors import KeyTrouble
from mirrordesk.paths import Profile
from mirrordesk.supervisor import Supervised

# A restart mends no wrong settings (2), no broken or locked profile (3), no missing display (4) and
# no missing key.
FINAL = frozenset({0, 2, 3, 4, KeyTrouble.exit_status})
STALLED_NS = 5 * clock.MINUTE  # the slowest batch of frames takes about two on a small machine


class Recording:
    """Starts both processes, keeps them running and ends them."""

    def __init__(self, profile: Profile, seconds: float | None = None) -> None:
        """With `seconds` the recorder ends by itself after that time."""
        self._profile = profile
        where = ["--profile", str(profile.root)]
        limit = [] if seconds is None else ["--for", str(seconds)]
        self.recorder = Supervised(
            "recorder",
            ["mirrordesk.capture.recorder", *where, *limit],
            log=profile.logs / "recorder.log",
            trouble=self._recorder_trouble,
            final_statuses=FINAL,
        )
        self.perception = Supervised(
            "perception",
            ["mirrordesk.pipeline", *where],
            log=profile.logs / "perception.log",
            trouble=self._perception_trouble,
            final_statuses=FINAL,
        )

    def start(self) -> None:
        """Start recording and perceiving."""
        self.recorder.start()
        self.perception.start()

    def stop(self) -> None:
        """End the recorder, then the worker."""
        self.recorder.stop()
        self.perception.stop()

    def wait_recorded(self) -> None:
        """Wait for a recorder with a time limit to end. Raises ChildFailed where it failed."""
        self.recorder.join()

    def wait_searchable(self, poll_s: float = 0.2) -> None:
        """Wait until the worker has stored all that was acknowledged and can be read by now."""
        spool = Spool(self._profile)
        while len(spool.waiting()) > self._held() and not self.perception.finished:
            time.sleep(poll_s)
        if self.perception.failure:
            raise self.perception.failure

    def _held(self) -> int:
        """How many frames of the spool have to wait until there is a model that reads them."""
        beat = status.perception(self._profile.perception_heartbeat)
        return beat.held if beat else 0

    def _recorder_trouble(self) -> str | None:
        return status.stuck(status.recorder(self._profile.recorder_heartbeat), clock.now_ns())

    def _perception_trouble(self) -> str | None:
        beat = status.perception(self._profile.perception_heartbeat)
        if beat is None or clock.now_ns() - beat.updated_ns > STALLED_NS:
            return "the perception worker has stopped reporting"
        return None
