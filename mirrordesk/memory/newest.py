"""The newest version of a table, asked of LanceDB only where the table's folder has changed.

LanceDB reads a manifest for that, most of a millisecond, and a search asks it of six tables. Every
write puts a manifest into the folder `_versions` (Lance's table format), and when that changed is
cheap to tell.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

_SETTLED_NS = 100_000_000  # times of change are as coarse as the kernel's ticks, 1 to 15 ms


class Newest:
    """The number of the newest version of the table in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "_versions"
        self._known: tuple[int, int] | None = None  # time of change and number

    def number(self, ask: Callable[[], int]) -> int:
        """What `ask` tells, or told when the folder was as it is."""
        changed_ns = self._changed_ns()  # first, so that a write while asking is seen next time
        if self._known and self._known[0] == changed_ns:
            return self._known[1]
        number = ask()
        # one write right after another may leave the same time, so a fresh time tells nothing yet
        is_settled = 0 < changed_ns < time.time_ns() - _SETTLED_NS
        self._known = (changed_ns, number) if is_settled else None
        return number

    def _changed_ns(self) -> int:
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:  # what is wrong, LanceDB tells whoever asks
            return 0
