"""A rule looked at in hindsight: what of the memory it would have kept out, and taking that out.

A frame is covered where any window is that could be seen on it, and goes as a whole. Of one stored
before its windows were, only the window is known that it is named after.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from mirrordesk import clock
from mirrordesk.capture.spool import Handle, Spool
from mirrordesk.errors import SpoolCorrupt
from mirrordesk.memory.forget import forget_moments
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import (
    Box,
    Forgotten,
    FrameWindow,
    Kind,
    Moment,
    RulePreview,
    SpoolEntry,
)
from mirrordesk.rules.browsers import is_private
from mirrordesk.rules.rule import Facts, Rule


class Hindsight:
    """Judges by `rule` what is stored and what waits in the spool."""

    def __init__(self, profile: Profile, store: Store, rule: Rule) -> None:
        self._profile = profile
        self._store = store
        self._spool = Spool(profile)
        self._rule = rule

    def preview(self, examples: int) -> RulePreview:
        """What `forget` would remove, with that many of the newest moments as examples."""
        newest: deque[Moment] = deque(maxlen=examples)
        count = beside = undecided = 0
        first_ns = last_ns = None
        for moment in self._store.named():
            covered = self._covers(moment)
            undecided += covered is None
            if covered:
                count += 1
                beside += not self._covers_its_name(moment)
                first_ns = moment.start_ns if first_ns is None else first_ns
                last_ns = moment.end_ns
                newest.append(moment)
        waiting = sum(1 for _ in self._waiting())
        shown = tuple(reversed(newest))
        counts = count, beside, waiting, undecided
        return RulePreview(self._rule.written, *counts, first_ns, last_ns, shown)

    def forget(self, media: Media) -> Forgotten:
        """Remove what the rule covers, for good; what cannot be told stays.

        What waits is noted as forgotten, too: perception may hold it already.
        """
        waiting = list(self._waiting())
        stored = [moment.id for moment in self._store.named() if self._covers(moment)]
        ids = [*stored, *(entry.id for _, entry in waiting)]
        gone = forget_moments(self._store, media, self._profile, ids)
        for handle, _ in waiting:
            self._spool.done(handle)
        return Forgotten(gone.moments, gone.media, len(waiting))

    def _waiting(self) -> Iterator[tuple[Handle, SpoolEntry]]:
        for handle in self._spool.waiting():
            if not handle.is_capture:
                continue
            try:
                entry = self._spool.read(handle)
            except (SpoolCorrupt, FileNotFoundError):  # perception puts it aside, or was quicker
                continue
            if isinstance(entry, SpoolEntry) and self._covers(entry):
                yield handle, entry

    def _covers(self, moment: Moment | SpoolEntry) -> bool | None:
        if moment.kind is Kind.SPEECH and (not self._rule.names_no_window or self._rule.monitors):
            return False  # of no window and no monitor
        told = {self._covers_window(moment, window) for window in _windows(moment)}
        return True if True in told else None if None in told else False

    def _covers_its_name(self, moment: Moment) -> bool:
        """Whether it covers the window that the moment is named after."""
        name = moment.app, moment.title
        named = [window for window in _windows(moment) if (window.app, window.title) == name]
        return any(self._covers_window(moment, window) for window in named)

    def _covers_window(self, moment: Moment | SpoolEntry, window: FrameWindow) -> bool | None:
        at = clock.at(moment.start_ns, moment.zone)
        private = is_private(window.app, window.title, window.private)
        return self._rule.covers(
            Facts(window.app, window.title, window.url, private, moment.source, at)
        )


def _windows(moment: Moment | SpoolEntry) -> tuple[FrameWindow, ...]:
    """What could be seen; of sound, and of what was stored before windows were, its name alone."""
    nowhere = Box(0, 0, 0, 0)
    return moment.windows or (FrameWindow(moment.app, moment.title, nowhere, moment.url),)
