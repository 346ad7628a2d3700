"""A budget of processor time: so much on average, and a burst where little was used before."""

from __future__ import annotations

WINDOW_S = 600.0  # what these many seconds bring may be spent at once


class Budget:
    """A bucket of CPU seconds into which `share` of a second flows each second.

    It is full at first and holds what `window_s` brings. The cost of work is known only when it is
    done, so the last piece may overdraw the bucket; the debt is paid off before anything else is
    allowed. So in any span of T seconds no more is spent than `share` x (T + `window_s`) and one
    piece of work. Times are seconds of a clock that never goes back.
    """

    def __init__(self, share: float, now_s: float, window_s: float = WINDOW_S) -> None:
        self._share = share
        self._window_s = window_s
        self._level = share * window_s
        self._filled_s = now_s

    def left(self, now_s: float) -> float:
        """CPU seconds that may be spent now; zero or less: none."""
        self._level += self._share * (now_s - self._filled_s)
        self._level = min(self._level, self._share * self._window_s)
        self._filled_s = now_s
        return self._level

    def spend(self, cpu_s: float, now_s: float) -> None:
        """Take out what work has cost."""
        self._level = self.left(now_s) - cpu_s

    def allow(self, share: float, now_s: float) -> None:
        """From now on let `share` flow in; what is above the new brim is lost."""
        self.left(now_s)
        self._share = share
        self.left(now_s)
