"""Whether the machine lives on its battery now."""

from __future__ import annotations

from collections.abc import Callable

import psutil

ASK_EVERY_S = 20.0


def _on_battery() -> bool:
    """False also where there is no battery, or none that tells."""
    battery = psutil.sensors_battery()
    return battery is not None and battery.power_plugged is False


class Battery:
    """Remembers the answer for a while, since asking reads several files."""

    def __init__(self, ask: Callable[[], bool] = _on_battery) -> None:
        self._ask = ask
        self._asked_s: float | None = None
        self._answer = False

    def is_used(self, now_s: float) -> bool:
        """Whether it is, as of `ASK_EVERY_S` ago at most."""
        if self._asked_s is None or now_s - self._asked_s >= ASK_EVERY_S:
            self._answer, self._asked_s = self._ask(), now_s
        return self._answer
