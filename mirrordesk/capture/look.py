"""One look at one monitor: grab, hide what must not be seen, and see whether the rest is news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirrordesk import clock, terms
from mirrordesk.capture.backends import Backends
from mirrordesk.capture.base import Monitor, Pixels
from mirrordesk.capture.change import ChangeDetector
from mirrordesk.capture.privacy import Judged, Mask, Rules, mask_of, paint
from mirrordesk.capture.scenes import Scenes
from mirrordesk.capture.seen import seen
from mirrordesk.records import Box, GapReason, Kind, SpoolEntry, Window, moment_id
from mirrordesk.redaction.paint import png

TRIES = 3  # looks in a row at windows that will not hold still
NAMING_SHARE = 0.05  # of a monitor that a window must cover to give the frame its name


@dataclass(frozen=True, slots=True)
class Sight:
    """A frame with all that must not be seen painted over, and the windows that stood on it."""

    at_ns: int
    pixels: Pixels
    windows: tuple[Judged, ...]


class MonitorLook:
    """Looks at one monitor again and again. The caller says when a sight was made durable."""

    def __init__(self, monitor: Monitor, backends: Backends, rules: Rules) -> None:
        self.monitor = monitor
        self._backends = backends
        self._rules = rules
        self._detector = ChangeDetector()
        self._scenes = Scenes()
        self._last_mask: Mask | None = None

    def take(self) -> Sight | GapReason:
        """What can be seen now, or why it must not be looked at. Raises CaptureUnavailable.

        The windows are read before and after the pixels: only when both agree do we know what the
        pixels show. Windows that keep moving make us skip this look.
        """
        if self._rules.excludes_monitor(self.monitor.name):
            return GapReason.EXCLUDED
        for _ in range(TRIES):
            before = self._backends.probe.windows()
            at_ns = clock.now_ns()
            pixels = self._backends.screen.grab(self.monitor)
            if self._backends.probe.windows() == before:
                return self._veiled(at_ns, pixels, before)
        return GapReason.UNIDENTIFIED

    def news(self, sight: Sight, monotonic_s: float) -> SpoolEntry | None:
        """The entry to keep when `sight` shows anything new, else None."""
        change = self._detector.compare(sight.pixels, monotonic_s)
        if change is None:
            return None
        payload = png(sight.pixels)
        key = moment_id(Kind.FRAME, sight.at_ns, self.monitor.name, payload)
        named = self._naming(sight.windows)
        shape = (sight.pixels.shape[0], sight.pixels.shape[1])
        name = terms.wording(named.app, named.title) if named else ""
        place = self._scenes.place(key, change.grid, shape, name, monotonic_s)
        return SpoolEntry(
            id=key,
            kind=Kind.FRAME,
            start_ns=sight.at_ns,
            end_ns=sight.at_ns,
            zone=clock.zone_name(),
            source=self.monitor.name,
            app=named.app if named else "",
            title=named.title if named else "",
            url=named.url if named else None,
            windows=seen(sight.windows, self.monitor.box, shape, always=named),
            payload=payload,
            scene=place.scene,
            region=place.region,
        )

    def kept(self, sight: Sight) -> None:
        """`sight` is durable: it is no news any more."""
        self._detector.kept(sight.pixels)
        self._scenes.kept()

    def _veiled(self, at_ns: int, pixels: Pixels, windows: Sequence[Window]) -> Sight | GapReason:
        judged = tuple(self._rules.judge(windows, self.monitor.name))
        mask = mask_of(judged, self.monitor.box, (pixels.shape[0], pixels.shape[1]))
        # A program that is slow to draw still shows what an excluded window left in its place, so
        # each rectangle stays painted for one more look.
        veil, self._last_mask = _both(mask, self._last_mask), mask
        if veil.all():
            known = any(j.reason is GapReason.EXCLUDED for j in judged)
            return GapReason.EXCLUDED if known else GapReason.UNIDENTIFIED
        paint(pixels, veil)
        return Sight(at_ns, pixels, judged)

    def _naming(self, windows: Sequence[Judged]) -> Window | None:
        """The window a frame is named after: the active one, else the topmost of some size, else
        the largest, as panels and notes lie on top of all and tell little.

        Never one that must not be recorded: its title is not to be recorded either.
        """
        least = NAMING_SHARE * self.monitor.box.w * self.monitor.box.h
        allowed = [j.window for j in reversed(windows) if j.reason is None]
        sizes = {w: part.w * part.h for w in allowed if (part := _common(w, self.monitor))}
        active = [w for w in sizes if w.active]
        large = [w for w in sizes if sizes[w] >= least]
        rest = sorted(sizes, key=lambda w: -sizes[w])
        return next(iter([*active, *large, *rest]), None)


def _common(window: Window, monitor: Monitor) -> Box | None:
    return window.box.intersection(monitor.box)


def _both(mask: Mask, former: Mask | None) -> Mask:
    if former is None or former.shape != mask.shape:
        return mask
    both: Mask = mask | former
    return both
