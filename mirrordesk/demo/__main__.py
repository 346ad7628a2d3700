"""`python -m mirrordesk.demo`: MirrorDesk at work on a machine without a screen."""

from __future__ import annotations

import signal
import sys
from datetime import datetime
from pathlib import Path
from types import FrameType

from mirrordesk.demo.tour import SIZE, Tour, say
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.errors import MirrorDeskError


def main() -> int:
    """Run the tour in a new folder under `run`; returns the exit status."""
    signal.signal(signal.SIGTERM, _leave)
    folder = Path("run").absolute() / f"demo-{datetime.now():%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True)
    say("No screen is needed: this starts a virtual desktop with real programs in it.")
    try:
        with VirtualDesktop(SIZE) as desktop:
            Tour(desktop, folder).run()
    except MirrorDeskError as error:
        print(f"mirrordesk.demo: {error} What was recorded is in {folder}.", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    say(f"Done. Screenshots: {folder / 'screenshots'}", f"Profile:           {folder / 'profile'}")
    return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Unwind, so that the desktop goes down with us."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main())
