"""The outputs of a Wayland compositor, and where each lies on the desktop."""

from __future__ import annotations

from dataclasses import dataclass

from mirrordesk.capture.wayland.display import Display, Events
from mirrordesk.records import Box

_OUTPUT, _PLACES, _POWER = "wl_output", "zxdg_output_manager_v1", "zwlr_output_power_manager_v1"
_RELEASE = 0  # of wl_output
_DESTROY = 0  # of zxdg_output_v1
_POWER_DESTROY = 1  # of zwlr_output_power_v1


@dataclass(slots=True)
class Output:
    """An output as it was last told."""

    handle: int  # the wl_output
    place: int = 0  # the zxdg_output_v1
    power: int = 0  # the zwlr_output_power_v1, or 0
    name: str = ""
    x: int = 0
    y: int = 0
    w: int = 0
    h: int = 0
    transform: int = 0  # how the picture is turned before it goes to the monitor
    is_on: bool = True

    @property
    def box(self) -> Box:
        """Where it lies, in points of the desktop: scaled and turned as a person sees it."""
        return Box(self.x, self.y, self.w, self.h)

    def _geometry(self, *about: object) -> None:
        self.transform = int(str(about[-1]))

    def _position(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def _size(self, w: int, h: int) -> None:
        self.w, self.h = w, h

    def _named(self, name: str) -> None:
        self.name = name

    def _switched(self, mode: int) -> None:
        self.is_on = mode == 1


class Outputs:
    """Follows outputs that are plugged in and out. Every method may raise CaptureUnavailable."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._places = display.bind(_PLACES, 3)
        self._powers = display.bind(_POWER, 1) if display.named(_POWER) else 0
        self._known: dict[int, Output] = {}  # by the name of the global

    def now(self) -> list[Output]:
        """Those that show something now, from left to right."""
        self._display.roundtrip()
        names = self._display.named(_OUTPUT)
        for gone in self._known.keys() - set(names):
            self._release(self._known.pop(gone))
        if new := [name for name in names if name not in self._known]:
            self._known.update({name: self._bound(name) for name in new})
            self._display.roundtrip()
        shown = [o for o in self._known.values() if o.is_on and o.name and o.w and o.h]
        return sorted(shown, key=lambda o: (o.x, o.y, o.name))

    def _bound(self, name: int) -> Output:
        display = self._display
        output = Output(0)
        output.handle = display.bind_named(name, 3, {0: ("iiiiissi", output._geometry)})
        places: Events = {
            0: ("ii", output._position),
            1: ("ii", output._size),
            3: ("s", output._named),
        }
        output.place = display.create(self._places, 1, "no", output.handle, events=places)
        if self._powers:
            power: Events = {0: ("u", output._switched)}
            output.power = display.create(self._powers, 0, "no", output.handle, events=power)
        return output

    def _release(self, output: Output) -> None:
        if output.power:
            self._display.drop(output.power, _POWER_DESTROY)
        self._display.drop(output.place, _DESTROY)
        self._display.drop(output.handle, _RELEASE)
