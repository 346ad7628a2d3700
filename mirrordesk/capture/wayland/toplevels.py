"""Windows by zwlr_foreign_toplevel_manager_v1: which there are, but not where they stand."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from mirrordesk.capture.base import WindowProbe
from mirrordesk.capture.wayland import locker
from mirrordesk.capture.wayland.display import Display, Events
from mirrordesk.capture.wayland.idle import IdleWatch
from mirrordesk.capture.wayland.outputs import Outputs
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box, Window

MANAGER = "zwlr_foreign_toplevel_manager_v1"

_MINIMISED, _ACTIVE = 1, 2  # states of a window


@dataclass(slots=True)
class _Toplevel:
    """What the compositor tells of a window."""

    title: str = ""
    app: str = ""
    outputs: set[int] = field(default_factory=set)
    states: frozenset[int] = frozenset()
    is_closed: bool = False

    def events(self) -> Events:
        """What to do with what it tells."""
        return {
            0: ("s", self._titled),
            1: ("s", self._of_app),
            2: ("o", self.outputs.add),
            3: ("o", self.outputs.discard),
            4: ("a", self._in_states),
            6: ("", self._closed),
        }

    def _titled(self, title: str) -> None:
        self.title = title

    def _of_app(self, app: str) -> None:
        self.app = app

    def _in_states(self, states: bytes) -> None:
        self.states = frozenset(number for (number,) in struct.iter_unpack("=I", states))

    def _closed(self) -> None:
        self.is_closed = True


class ToplevelProbe(WindowProbe):
    """Windows without their places: each may be anywhere on the monitors that it is on.

    An excluded window that is not minimised thus hides the whole monitor. Raises
    CaptureUnavailable where the compositor does not offer this.
    """

    name = "wlroots toplevel list"
    why = (
        "the compositor tells which windows there are, but not where, so one that must not be "
        "recorded hides all of its monitor"
    )

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        with contextlib.ExitStack() as opened:
            self._display = opened.enter_context(contextlib.closing(Display(env)))
            if not self._display.version(MANAGER):
                raise CaptureUnavailable(f"The Wayland compositor does not offer {MANAGER}.")
            self._idle = IdleWatch(self._display)
            opened.pop_all()

    def windows(self) -> list[Window]:
        """Every window that is not minimised, once for each monitor that it is on."""
        # A connection for each look, as titles would pile up in one that is not read for hours.
        with contextlib.closing(Display(self._env)) as display:
            found: list[_Toplevel] = []

            def appeared(handle: int) -> None:
                found.append(toplevel := _Toplevel())
                display.adopt(handle, toplevel.events())

            outputs = {output.handle: output.box for output in Outputs(display).now()}
            display.bind(MANAGER, 3, {0: ("n", appeared)})
            display.roundtrip()
            display.roundtrip()  # the first makes the list, the second hears of all on it
        return [
            _window(number, toplevel, box)
            for number, toplevel in enumerate(found)
            if not toplevel.is_closed and _MINIMISED not in toplevel.states
            for box in [outputs[o] for o in toplevel.outputs if o in outputs] or outputs.values()
        ]

    def idle_seconds(self) -> float | None:
        """Seconds since the last key or pointer event; None where it is not told."""
        return self._idle.seconds()

    def locked(self) -> bool | None:
        """True while a known screen locker runs."""
        return locker.is_locked()

    def close(self) -> None:
        """Let the display go."""
        self._display.close()


def _window(number: int, told: _Toplevel, box: Box) -> Window:
    active = _ACTIVE in told.states
    return Window(number, told.app, told.title, None, box, active=active, opaque=False)
