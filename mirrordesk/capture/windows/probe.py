"""The windows of a Windows desktop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mirrordesk.capture import program
from mirrordesk.capture.base import WindowProbe
from mirrordesk.capture.windows.session import Session
from mirrordesk.capture.windows.stack import WindowStack
from mirrordesk.records import Box, Window

# Extended styles of windows through which others may be seen.
TRANSPARENT = 0x00000020  # WS_EX_TRANSPARENT: drawn after what lies beneath
LAYERED = 0x00080000  # WS_EX_LAYERED: translucent, or with colours that are left out
UNBACKED = 0x00200000  # WS_EX_NOREDIRECTIONBITMAP: put together elsewhere, with an alpha channel

# Programs from the store live in a frame of another process, which holds a window of theirs.
STORE_FRAME, STORE_CONTENT = "ApplicationFrameWindow", "Windows.UI.Core.CoreWindow"


class WindowsProbe(WindowProbe):
    """Asks user32 for the windows and the compositor for what it shows of them.

    To be used from one thread. Raises CaptureUnavailable where this is no Windows.
    """

    name = "Windows"
    why = "Windows tells every window in order with its process, and where it is really drawn"

    def __init__(
        self,
        stack: WindowStack | None = None,
        session: Session | None = None,
        program_name: Callable[[int], str] = program.name,
    ) -> None:
        """`program_name` gives the name of a process; empty where it has none."""
        self._stack = stack or WindowStack()
        self._session = session or Session()
        self._program_name = program_name

    def windows(self) -> list[Window]:
        """Every visible window, bottom of the stack first."""
        desktop = self._stack.desktop()
        places = {
            handle: box
            for handle in reversed(self._stack.front_to_back())
            if (box := self._place(handle)) and box.intersection(desktop)
        }
        pids = {handle: self._pid(handle) for handle in places}
        apps = {pid: self._app(pid) for pid in set(pids.values())}
        active = self._stack.foreground()
        return [
            self._window(handle, box, pids[handle], apps, active=handle == active)
            for handle, box in places.items()
        ]

    def idle_seconds(self) -> float | None:
        """Seconds since the last key or pointer event; None where it is not told."""
        return self._session.idle_seconds()

    def locked(self) -> bool | None:
        """Whether the session is locked, or Windows asks something on a desktop of its own."""
        return True if not self._session.shows_desktop() else self._session.is_locked()

    def close(self) -> None:
        """There is nothing to let go."""

    def _place(self, handle: int) -> Box | None:
        """Where it can be seen; None where it cannot."""
        stack = self._stack
        if not stack.is_visible(handle) or stack.is_minimised(handle) or stack.is_cloaked(handle):
            return None
        return stack.frame(handle) or stack.rectangle(handle)

    def _pid(self, handle: int) -> int:
        """The process whose window it is; 0 where that cannot be told."""
        if self._stack.class_name(handle) != STORE_FRAME:
            return self._stack.pid(handle)
        content = self._stack.child(handle, STORE_CONTENT)
        return self._stack.pid(content) if content else 0

    def _app(self, pid: int) -> str:
        return self._program_name(pid).removesuffix(".exe") if pid else ""

    def _window(
        self, handle: int, box: Box, pid: int, apps: Mapping[int, str], *, active: bool
    ) -> Window:
        return Window(
            handle,
            app=apps[pid],
            title=self._title(handle),
            pid=pid or None,
            box=box,
            active=active,
            opaque=self._is_opaque(handle),
        )

    def _title(self, handle: int) -> str:
        """The title, and for a dialogue also that of the window it belongs to."""
        owner = self._stack.owner(handle)
        titles = self._stack.title(handle), self._stack.title(owner) if owner else ""
        return " – ".join(title for title in titles if title)

    def _is_opaque(self, handle: int) -> bool:
        """Whether nothing beneath can be seen through; False in doubt."""
        if self._stack.frame(handle) is None:  # then its box may be larger than what is drawn
            return False
        is_clear = self._stack.extended_style(handle) & (TRANSPARENT | LAYERED | UNBACKED)
        return not is_clear and not self._stack.has_region(handle)
