"""Which browser windows are private, and what address they show.

The window system tells neither. Browsers tell the desktop's accessibility service, if that was
switched on when they started: Chromium the mode, by a mark behind its own name, in brackets, in
every language; Chromium and Firefox the address. What nobody tells stays None, and the rules fail
closed. (Firefox has the mode in its title.)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mirrordesk.capture import address_field, program
from mirrordesk.capture.accessibility import FOCUSED, REST_S, Accessibility, Node, Silent
from mirrordesk.records import Window
from mirrordesk.rules import address
from mirrordesk.rules.browsers import (
    bears_mark,
    is_browser,
    is_chromium,
    is_private,
    starts_private,
)

SETTLED_S = 0.5  # between two looks that must agree that a window is ordinary

_BRACKETS = "([{（［【〔「"


Key = tuple[int, int]  # handle and process of a window


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out of one window. It is private or not for as long as it lives."""

    private: bool | None = None
    ordinary_since_s: float | None = None  # when it first looked so
    frame: Node | None = None
    address: Node | None = None
    sought_s: float = float("-inf")  # when the field with the address was last looked for


class Pages:
    """Completes windows of browsers. To be used from one thread.

    `session` is the address of the session's message bus.
    """

    def __init__(self, session: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._monotonic = monotonic
        self._service: Accessibility | None = None
        self._ask_again_s = 0.0
        self._known: dict[Key, Known] = {}
        self._started_private: dict[int, bool] = {}
        self._untold: set[str] = set()

    def complete(self, windows: Sequence[Window]) -> list[Window]:
        """The windows, with mode and address where they are told."""
        asked = {_key(w): w for w in windows if w.pid and w.title and is_browser(w.app)}
        self._known = {key: self._known.get(key, Known()) for key in asked}
        self._started_private = {pid: self._starts_private(pid) for _, pid in asked}
        telling = [w for w in asked.values() if address_field.way(w.app)]
        for pid in {w.pid for w in telling if w.pid}:
            self._ask(pid, [w for w in telling if w.pid == pid])
        completed = [self._completed(w) if _key(w) in asked else w for w in windows]
        self._untold = {w.app for w in completed if _key(w) in asked and _is_untold(w)}
        return completed

    @property
    def trouble(self) -> str:
        """Of which browsers the last look could not tell what is private, and why; or nothing."""
        if not self._untold:
            return ""
        browsers = ", ".join(sorted(self._untold))
        if self._service is None:
            return f"no accessibility service (at-spi2-core) tells what of {browsers} is private"
        return f"{browsers} must start anew to tell which windows are private"

    def close(self) -> None:
        """Let the service go."""
        if self._service:
            self._service.close()

    def _completed(self, window: Window) -> Window:
        known = self._known[_key(window)]
        started = True if self._started_private[window.pid or 0] else None
        private = started if known.private is None else known.private
        return replace(window, private=private, url=self._url(window, known))

    def _starts_private(self, pid: int) -> bool:
        known = self._started_private.get(pid)
        return starts_private(program.command(pid)) if known is None else known

    def _ask(self, pid: int, windows: Sequence[Window]) -> None:
        """Learn what the browser of that process tells of windows not known yet."""
        unknown = [w for w in windows if self._known[_key(w)].frame is None]
        if not unknown or self._monotonic() < self._ask_again_s:
            return
        try:
            frames = self._frames(pid)
        except Silent:
            self.close()
            self._service = None
            self._ask_again_s = self._monotonic() + REST_S
            return
        for window in unknown:
            twins = sum(w.title == window.title for w in windows)
            self._learn(window, matching(frames, window.title), twins)

    def _frames(self, pid: int) -> dict[Node, str]:
        """The windows that the browser tells of, by name."""
        self._service = self._service or Accessibility(self._session)
        told = self._service.programs().get(pid)
        if told is None:
            return {}
        names = {node: self._service.name(node) for node in self._service.children(told)}
        return {node: name for node, name in names.items() if name}

    def _learn(self, window: Window, modes: dict[Node, bool], twins: int) -> None:
        """Take up what the frames that bear this title say, when all agree and none is missing.

        A title changes a moment before the browser tells of it, so that an ordinary window is
        believed only when two looks some time apart agree.
        """
        known, now_s = self._known[_key(window)], self._monotonic()
        private = set(modes.values())
        if len(modes) < twins or len(private) != 1:
            self._known[_key(window)] = replace(known, ordinary_since_s=None)
            return
        frame = next(iter(modes)) if len(modes) == 1 else None
        since_s = known.ordinary_since_s
        if is_chromium(window.app) and private == {True}:
            known = replace(known, private=True, frame=frame)
        elif since_s is None:
            known = replace(known, ordinary_since_s=now_s)
        elif now_s - since_s >= SETTLED_S:
            ordinary = is_chromium(window.app) and known.private is None
            known = replace(known, private=False if ordinary else known.private, frame=frame)
        self._known[_key(window)] = known

    def _url(self, window: Window, known: Known) -> str | None:
        """The address a window shows. None while somebody types one, or where it is not told."""
        if self._service is None or known.frame is None:
            return None
        try:
            if mode(self._service.name(known.frame), window.title) is None:
                return None  # the page has just changed, and with it the address
            field = known.address or self._seek_address(self._service, window, known.frame)
            if field is None or FOCUSED in self._service.states(field):
                return None
            return address.kept(self._service.text(field))
        except Silent:
            return None

    def _seek_address(self, service: Accessibility, window: Window, frame: Node) -> Node | None:
        """The field that shows the address; a window may have none, so it is not always sought."""
        known, now_s = self._known[_key(window)], self._monotonic()
        if now_s - known.sought_s < REST_S:
            return None
        self._known[_key(window)] = replace(known, sought_s=now_s)
        field = address_field.find(service, frame, window.app)
        if field:
            self._known[_key(window)] = replace(self._known[_key(window)], address=field)
        return field


def matching(frames: dict[Node, str], title: str) -> dict[Node, bool]:
    """The frames that may be the window of that title, and whether each is private."""
    modes = {node: mode(name, title) for node, name in frames.items()}
    return {node: private for node, private in modes.items() if private is not None}


def mode(name: str, title: str) -> bool | None:
    """Whether the window that the browser calls `name` is private; None if it is not of `title`.

    Between page and browser `name` may say that a tab plays sound, behind the browser which
    profile it is of: "Page - Audio playing - Chromium - Anna", "Page - Chromium (Incognito)".
    """
    page, dash, browser = title.rpartition(" - ")
    if not dash:
        page, browser = title, ""
    at = name.rfind(browser, len(page)) if browser else len(page)
    if not name.startswith(page) or at < 0:
        return None
    behind = name[at + len(browser) :]
    if bears_mark(behind) or any(bracket in behind for bracket in _BRACKETS):
        return True
    return False if not behind or behind.startswith(" - ") else None


def _is_untold(window: Window) -> bool:
    return is_private(window.app, window.title, window.private) is None


def _key(window: Window) -> Key:
    return window.handle, window.pid or 0
