"""What must not be recorded: which windows, and which pixels of a frame they show.

Everything fails closed: a window that nobody can name is treated as an excluded one, and only an
opaque window that is allowed takes pixels out of the mask again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from mirrordesk import clock, config
from mirrordesk.capture import program
from mirrordesk.capture.base import Pixels
from mirrordesk.config import PrivacySettings
from mirrordesk.paths import Profile
from mirrordesk.records import Box, GapReason, Window
from mirrordesk.redaction.paint import PAINT
from mirrordesk.rules.book import RuleBook
from mirrordesk.rules.browsers import is_private
from mirrordesk.rules.rule import Facts

Mask = npt.NDArray[np.bool_]  # (height, width); True where a pixel must be painted

_OURS = "mirrordesk"


@dataclass(frozen=True, slots=True)
class Judged:
    """A window, and why it must not be recorded (None: it may)."""

    window: Window
    reason: GapReason | None


class Rules:
    """Decides which windows are recorded. MirrorDesk's own never are.

    `own_pids` are processes of MirrorDesk that the caller knows of; `is_ours` finds the others.
    Raises UsageError for a rule that cannot be read.
    """

    def __init__(
        self,
        settings: PrivacySettings,
        own_pids: Collection[int] = (),
        is_ours: Callable[[int], bool] = program.is_mirrordesk,
    ) -> None:
        self._book = _book(settings)
        self._own_pids = frozenset(own_pids)
        self._is_ours = is_ours

    def excluded(
        self, window: Window, monitor: str = "", at: datetime | None = None
    ) -> GapReason | None:
        """Why `window` must not be recorded on `monitor` at the local time `at`, or None.

        A window of no known program must not, nor one of which a rule cannot be told to be silent.
        """
        app = window.app.casefold()
        if _OURS in app or (
            window.pid is not None and (window.pid in self._own_pids or self._is_ours(window.pid))
        ):
            return GapReason.EXCLUDED
        covered = self._book.covers(_facts(window, monitor, at or _now()))
        if covered:
            return GapReason.EXCLUDED
        return GapReason.UNIDENTIFIED if covered is None or not app else None

    def excludes_monitor(self, monitor: str, at: datetime | None = None) -> bool:
        """Whether nothing at all of `monitor` may be recorded at that time."""
        return self._book.covers_monitor(monitor, at or _now())

    def judge(
        self, windows: Iterable[Window], monitor: str = "", at: datetime | None = None
    ) -> list[Judged]:
        """Every window with its reason, as seen on `monitor`.

        A window without a title (a menu, a list of suggestions) shares the fate of its program's
        other windows: one excluded among them excludes it, as it may belong to that one.
        """
        now = at or _now()
        judged = [Judged(window, self.excluded(window, monitor, now)) for window in windows]
        tainted = {_process(j.window) for j in judged if j.reason is not None}
        return [
            Judged(j.window, GapReason.EXCLUDED)
            if j.reason is None and not j.window.title and _process(j.window) in tainted
            else j
            for j in judged
        ]

    def mask(self, windows: Sequence[Window], monitor: Box, shape: tuple[int, int]) -> Mask:
        """The pixels of `monitor`, grabbed as (height, width) `shape`, that must be painted.

        `windows` stand bottom of the stack first. An excluded one covers its rectangle, an allowed
        opaque one above it uncovers its own.
        """
        return mask_of(self.judge(windows), monitor, shape)


class ProfileRules(Rules):
    """The rules of a profile, read again as soon as its settings have changed.

    Every method raises UsageError where the settings cannot be read (any more).
    """

    def __init__(self, profile: Profile, own_pids: Collection[int] = ()) -> None:
        self._profile = profile
        self._settings = config.load(profile).privacy
        super().__init__(self._settings, own_pids)

    def excludes_monitor(self, monitor: str, at: datetime | None = None) -> bool:
        """As told for `Rules`, by the settings of now."""
        self._keep_up()
        return super().excludes_monitor(monitor, at)

    def judge(
        self, windows: Iterable[Window], monitor: str = "", at: datetime | None = None
    ) -> list[Judged]:
        """As told for `Rules`, by the settings of now."""
        self._keep_up()
        return super().judge(windows, monitor, at)

    def _keep_up(self) -> None:
        settings = config.load(self._profile).privacy
        if settings != self._settings:
            self._book = _book(settings)
            self._settings = settings


def mask_of(windows: Iterable[Judged], monitor: Box, shape: tuple[int, int]) -> Mask:
    """`Rules.mask` of windows that are judged already."""
    mask = np.zeros(shape, dtype=np.bool_)
    for judged in windows:
        window = judged.window
        if judged.reason is not None:
            mask[pixels_of(window.box, monitor, shape, outward=True)] = True
        elif window.opaque:
            mask[pixels_of(window.box, monitor, shape, outward=False)] = False
    return mask


def paint(frame: Pixels, mask: Mask) -> None:
    """Overwrite the masked pixels of `frame` in place."""
    if mask.any():
        frame[mask] = PAINT


def _book(settings: PrivacySettings) -> RuleBook:
    return RuleBook.of(
        rules=settings.rules,
        apps=settings.excluded_apps,
        titles=settings.excluded_titles,
        lists=settings.shipped_rules,
        trusted=settings.trusted_browsers,
    )


def _facts(window: Window, monitor: str, at: datetime) -> Facts:
    private = is_private(window.app, window.title, window.private)
    return Facts(window.app, window.title, window.url, private, monitor, at)


def _now() -> datetime:
    return clock.at(clock.now_ns())


def _process(window: Window) -> int | str:
    return window.app if window.pid is None else window.pid


def pixels_of(
    box: Box, monitor: Box, shape: tuple[int, int], *, outward: bool
) -> tuple[slice, slice]:
    """Rows and columns of the frame that `box` covers; in doubt one more (`outward`) or one less.

    A frame may have more pixels than the desktop has points, as on displays of high density.
    """
    across, down = shape[1] / monitor.w, shape[0] / monitor.h
    low, high = (math.floor, math.ceil) if outward else (math.ceil, math.floor)
    rows = slice(
        max(0, low((box.y - monitor.y) * down)), max(0, high((box.bottom - monitor.y) * down))
    )
    columns = slice(
        max(0, low((box.x - monitor.x) * across)), max(0, high((box.right - monitor.x) * across))
    )
    return rows, columns
