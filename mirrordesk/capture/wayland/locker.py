"""Whether a screen locker runs. The protocols tell that to nobody but the locker itself."""

from __future__ import annotations

import os

import psutil

LOCKERS = ("swaylock", "gtklock", "waylock", "hyprlock", "kscreenlocker")


def is_locked() -> bool | None:
    """True while a known locker of ours runs; None otherwise, as others are not known."""
    for process in psutil.process_iter(["name", "uids"]):
        name, uids = process.info["name"], process.info["uids"]
        if name and uids and uids.real == os.getuid() and name.startswith(LOCKERS):
            return True
    return None
