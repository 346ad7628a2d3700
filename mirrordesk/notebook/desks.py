"""The desks a kernel has open.

A notebook cell is run again and again, and ipywidgets keeps every widget it ever made. If each had
a desk process of its own, they would pile up; so all widgets of one profile share one.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from mirrordesk.client import DeskClient
from mirrordesk.paths import Profile


class Desks:
    """One desk a profile, closed when the last who borrowed it gives it back."""

    def __init__(self, start: Callable[[Profile], DeskClient] = DeskClient) -> None:
        self._start = start
        self._desks: dict[Path, DeskClient] = {}
        self._borrowed: Counter[Path] = Counter()
        self._lock = threading.Lock()

    def borrow(self, profile: Profile) -> DeskClient:
        """The desk of `profile`; pair each call with one of `give_back`."""
        with self._lock:
            if profile.root not in self._desks:
                self._desks[profile.root] = self._start(profile)
            self._borrowed[profile.root] += 1
            return self._desks[profile.root]

    def give_back(self, profile: Profile) -> None:
        """Let the desk of `profile` go."""
        with self._lock:
            self._borrowed[profile.root] -= 1
            if self._borrowed[profile.root]:
                return
            desk = self._desks.pop(profile.root)
        desk.close()


SHARED = Desks()
