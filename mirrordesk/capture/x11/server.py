"""A connection to an X server: properties, geometry and owners of windows, and hot keys."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box

if TYPE_CHECKING:
    from Xlib.xobject.drawable import Window as XWindow

NO_DISPLAY = "There is no display to record (DISPLAY is not set)."
OPAQUE = 0xFFFFFFFF  # _NET_WM_WINDOW_OPACITY of a window that nothing shines through


@dataclass(frozen=True, slots=True)
class Top:
    """A viewable child of the root window: a window manager's frame, or a window by itself."""

    window: XWindow
    box: Box  # on the desktop, border included
    depth: int


class XServer:
    """Every method may raise an X error for a window that is gone; `errors` is for the rest."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name if name is not None else os.environ.get("DISPLAY", "")
        if not self.name:
            raise CaptureUnavailable(NO_DISPLAY)
        with self.errors():
            self._display = self._connect()
        self.root: XWindow = self._display.screen().root
        self._atoms: dict[str, int] = {}

    def _connect(self) -> Any:
        from Xlib.display import Display

        display = Display(self.name)
        # python-xlib prints errors of requests that have no reply; we send none that matter.
        display.set_error_handler(lambda *_: None)
        return display

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Raise CaptureUnavailable for whatever python-xlib ends with."""
        from Xlib import error

        kinds = (
            error.XError,
            error.DisplayError,
            error.ConnectionClosedError,
            error.XauthError,
            error.XNoAuthError,
            OSError,
        )
        try:
            yield
        except kinds as failure:
            why = str(failure).rstrip(".")
            raise CaptureUnavailable(f"The display {self.name} cannot be read: {why}.") from failure

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(CaptureUnavailable), self.errors():
            self._display.close()

    @property
    def is_xwayland(self) -> bool:
        """Whether this server only shows the X programs of a Wayland session."""
        return bool(self._display.query_extension("XWAYLAND"))

    def idle_seconds(self) -> float | None:
        """Seconds without a key or the pointer; None without the MIT-SCREEN-SAVER extension."""
        if not self._display.has_extension("MIT-SCREEN-SAVER"):
            return None
        return float(self.root.screensaver_query_info().idle) / 1000

    def window(self, handle: int) -> XWindow:
        """The window with that id, which need not exist."""
        return self._display.create_resource_object("window", handle)

    def children(self, window: XWindow) -> list[XWindow]:
        """The windows inside `window`, bottom first; none where it is gone."""
        with gone_is_fine():
            return list(window.query_tree().children)
        return []

    def tops(self) -> list[Top]:
        """What lies on the root window and can be seen, bottom first."""
        return [top for window in self.children(self.root) if (top := self._top(window))]

    def _top(self, window: XWindow) -> Top | None:
        from Xlib import X

        with gone_is_fine():
            about = window.get_attributes()
            if about.map_state != X.IsViewable or about.win_class != X.InputOutput:
                return None
            g = window.get_geometry()
            box = Box(g.x, g.y, g.width + 2 * g.border_width, g.height + 2 * g.border_width)
            screen = self._display.screen()
            desktop = Box(0, 0, screen.width_in_pixels, screen.height_in_pixels)
            return Top(window, box, g.depth) if box.intersection(desktop) else None
        return None

    def is_viewable(self, window: XWindow) -> bool:
        """Whether `window` and all that it lies in are mapped."""
        from Xlib import X

        with gone_is_fine():
            return bool(window.get_attributes().map_state == X.IsViewable)
        return False

    def depth(self, window: XWindow) -> int:
        """Bits a pixel; 32 means that some of them tell how much shines through."""
        return int(window.get_geometry().depth)

    def outermost(self, window: XWindow) -> XWindow | None:
        """The child of the root window that `window` lies in, or None where it is gone."""
        with gone_is_fine():
            while (tree := window.query_tree()).parent:
                if tree.parent == self.root:
                    return window
                window = tree.parent
        return None

    def atom(self, name: str) -> int:
        """The number the server has for a name."""
        if name not in self._atoms:
            self._atoms[name] = self._display.intern_atom(name)
        return self._atoms[name]

    def value(self, window: XWindow, name: str) -> Any | None:
        """A property as python-xlib gives it (bytes or numbers), or None."""
        from Xlib import X

        found = window.get_full_property(self.atom(name), X.AnyPropertyType)
        return found.value if found is not None and len(found.value) else None

    def number(self, window: XWindow, name: str) -> int | None:
        """The first number of a property."""
        value = self.value(window, name)
        return None if value is None or isinstance(value, (bytes, str)) else int(value[0])

    def text(self, window: XWindow, name: str) -> str:
        """A property as text; empty where there is none."""
        value = self.value(window, name)
        if not isinstance(value, bytes):
            return value if isinstance(value, str) else ""
        try:
            return value.decode()
        except UnicodeDecodeError:  # of the type STRING, which is Latin-1
            return value.decode("latin-1")

    def pids(self, windows: Iterable[XWindow]) -> dict[int, int]:
        """The process that made each window (by its handle), as the server itself knows it.

        Unlike the property _NET_WM_PID nobody can forge it; a program on another machine has none.
        """
        from Xlib.ext import res

        handles = [window.id for window in windows]
        if not handles or not self._display.has_extension("X-Resource"):
            return {}
        mask = ~self._display.display.info.resource_id_mask  # what the ids of one client share
        specs = [{"client": h & mask, "mask": res.LocalClientPIDMask} for h in handles]
        found = self._display.res_query_client_ids(specs).ids
        by_client = {i.spec.client & mask: int(i.value[0]) for i in found if len(i.value)}
        return {h: by_client[h & mask] for h in handles if by_client.get(h & mask)}

    def claimed_pid(self, window: XWindow) -> int | None:
        """The process that `window` says it belongs to, if it says so of this machine."""
        machine = self.text(window, "WM_CLIENT_MACHINE").strip("\0")
        here = not machine or machine == socket.gethostname()
        return self.number(window, "_NET_WM_PID") if here else None

    def is_shaped(self, window: XWindow) -> bool:
        """Whether `window` is not a full rectangle."""
        if not self._display.has_extension("SHAPE"):
            return False
        return bool(window.shape_query_extents().bounding_shaped)

    def key_code(self, name: str) -> int:
        """The number of the key that bears the name (`p`, `F9`, `Pause`); 0 where none does."""
        from Xlib import XK

        sign = XK.string_to_keysym(name) or XK.string_to_keysym(name.lower())
        sign = sign or XK.string_to_keysym(name.capitalize())
        return int(self._display.keysym_to_keycode(sign)) if sign else 0

    def grab_key(self, code: int, modifiers: int, locks: Iterable[int]) -> bool:
        """Have the key's presses sent here, whatever window has the keyboard; whether all worked.

        `locks` are the modifiers that make no difference. Where another program has the key none
        of it is kept.
        """
        from Xlib import X
        from Xlib.error import BadAccess, CatchError

        refused = CatchError(BadAccess)
        for lock in (locks := tuple(locks)):
            mask, mode = modifiers | lock, X.GrabModeAsync
            self.root.grab_key(code, mask, False, mode, mode, onerror=refused)
        self._display.sync()
        if refused.get_error() is None:
            return True
        self.let_key_go(code, modifiers, locks)
        return False

    def let_key_go(self, code: int, modifiers: int, locks: Iterable[int]) -> None:
        """Undo `grab_key`."""
        for lock in locks:
            self.root.ungrab_key(code, modifiers | lock)
        self._display.sync()

    def refresh_layout(self, event: Any) -> None:
        """Take up what a MappingNotify tells."""
        self._display.refresh_keyboard_mapping(event)

    def fileno(self) -> int:
        """The descriptor of the connection."""
        return int(self._display.fileno())

    def events(self) -> Iterator[Any]:
        """The events that have come, without waiting."""
        while self._display.pending_events():
            yield self._display.next_event()

    def compositor(self) -> XWindow | None:
        """The window by which a compositing manager is known, or None."""
        name = f"_NET_WM_CM_S{self._display.get_default_screen()}"
        return self._display.get_selection_owner(self.atom(name)) or None


def gone_is_fine() -> contextlib.suppress:
    """Leave the block without a word when its window is gone: windows close while we look."""
    from Xlib import error

    return contextlib.suppress(error.BadWindow, error.BadDrawable)
