"""The windows of an X11 desktop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mirrordesk.capture import program
from mirrordesk.capture.base import WindowProbe
from mirrordesk.capture.pages import Pages
from mirrordesk.capture.x11.server import OPAQUE, Top, XServer, gone_is_fine
from mirrordesk.records import Window

if TYPE_CHECKING:
    from Xlib.xobject.drawable import Window as XWindow

LOCKERS = (
    "i3lock",
    "slock",
    "xlock",
    "xsecurelock",
    "xscreensaver",
    "gnome-screensaver",
    "cinnamon-screensaver",
    "mate-screensaver",
    "xfce4-screensaver",
    "kscreenlocker",
    "light-locker",
)

_WHY = "the X server tells every window, its place and its process"

# They make windows translucent by rules of their own, which no property of a window tells.
BLENDERS = ("picom", "compton", "compiz")


@dataclass(frozen=True, slots=True)
class Compositor:
    """The program that puts the windows together, when there is one."""

    pid: int | None
    blends: bool


class X11Probe(WindowProbe):
    """Asks the X server, not the window manager, what can be seen, so menus and pop-ups count.

    To be used from one thread. Raises CaptureUnavailable where the display cannot be opened.
    """

    name = "X11"

    def __init__(self, display: str | None = None, session: str = "") -> None:
        """`session`: the address of the message bus by which browsers tell of their windows."""
        self._x = XServer(display)
        self._pages = Pages(session)
        self.why = _WHY

    @property
    def is_xwayland(self) -> bool:
        """Whether only the X programs of a Wayland session can be seen here."""
        with self._x.errors():
            return self._x.is_xwayland

    def windows(self) -> list[Window]:
        """Every visible window, bottom of the stack first; the box includes the frame."""
        with self._x.errors():
            found = list(self._windows())
        completed = self._pages.complete(found)
        trouble = self._pages.trouble
        self.why = f"{_WHY}; {trouble}, so they are left out" if trouble else _WHY
        return completed

    def idle_seconds(self) -> float | None:
        """Seconds since the last key or pointer event; None where the server does not count."""
        with self._x.errors():
            return self._x.idle_seconds()

    def locked(self) -> bool | None:
        """True while a known screen locker covers the screen.

        None otherwise: desktops that lock inside their own shell show no such window.
        """
        with self._x.errors():
            tops = self._x.tops()
            whole = self._x.root.get_geometry()
            wide = [t for t in tops if t.box.w * t.box.h * 4 >= whole.width * whole.height]
            pids = self._x.pids(top.window for top in wide)
            names = [program.name(pid).lower() for pid in pids.values()]
        return True if any(name.startswith(LOCKERS) for name in names) else None

    def close(self) -> None:
        """Let the display go."""
        self._pages.close()
        self._x.close()

    def _windows(self) -> Iterator[Window]:
        tops = self._x.tops()
        owned = self._clients(tops)
        pids = self._x.pids(client for top in tops for client in owned[top.window.id])
        active = self._x.number(self._x.root, "_NET_ACTIVE_WINDOW")
        compositor = self._compositor()
        for top in tops:
            clients = owned[top.window.id]
            for client in clients:
                pid = pids.get(client.id)
                opaque = len(clients) == 1 and self._is_opaque(top, client, pid, compositor)
                yield self._window(top, client, pid, active=client.id == active, opaque=opaque)

    def _window(
        self, top: Top, client: XWindow, pid: int | None, *, active: bool, opaque: bool
    ) -> Window:
        """The facts about `client`; where it is gone but `top` still stands, not identified."""
        app = title = ""
        with gone_is_fine():
            pid = pid or self._x.claimed_pid(client)
            kind = self._x.text(client, "WM_CLASS").strip("\0").rpartition("\0")[2]
            app = program.called(pid, kind)
            title = self._title(client) if app else ""
        return Window(client.id, app, title, pid, top.box, active=active, opaque=opaque)

    def _title(self, client: XWindow) -> str:
        """The title, and for a dialogue also that of the window it belongs to."""
        title = self._own_title(client)
        owner = self._x.number(client, "WM_TRANSIENT_FOR")
        if owner and owner not in (self._x.root.id, client.id):
            with gone_is_fine():
                parent = self._own_title(self._x.window(owner))
                title = " – ".join(part for part in (title, parent) if part)
        return title

    def _own_title(self, client: XWindow) -> str:
        title = self._x.text(client, "_NET_WM_NAME") or self._x.text(client, "WM_NAME")
        return title.replace("\0", " ").strip()

    def _compositor(self) -> Compositor | None:
        owner = self._x.compositor()
        if owner is None:
            return None
        pid = self._x.pids([owner]).get(owner.id)
        return Compositor(pid, pid is None or program.name(pid).lower().startswith(BLENDERS))

    def _is_opaque(
        self, top: Top, client: XWindow, pid: int | None, compositor: Compositor | None
    ) -> bool:
        """Whether nothing beneath can be seen through; False in doubt."""
        with gone_is_fine():
            if self._x.is_shaped(top.window):
                return False
            if compositor is None:
                return True
            # A compositor's own window lies over all others and shows them.
            if compositor.blends or pid == compositor.pid or top.depth == 32:
                return False
            if self._is_hidden(client) or self._x.depth(client) == 32:
                return False
            marks = {self._x.number(w, "_NET_WM_WINDOW_OPACITY") for w in (client, top.window)}
            return marks <= {None, OPAQUE}
        return False

    def _is_hidden(self, client: XWindow) -> bool:
        """Minimised: compositors keep such windows where they were, for their previews."""
        states = self._x.value(client, "_NET_WM_STATE")
        return states is not None and self._x.atom("_NET_WM_STATE_HIDDEN") in states

    def _clients(self, tops: Sequence[Top]) -> dict[int, list[XWindow]]:
        """For each top its client windows: those the window manager lists, else found inside."""
        owned: dict[int, list[XWindow]] = {top.window.id: [] for top in tops}
        for handle in self._x.value(self._x.root, "_NET_CLIENT_LIST_STACKING") or ():
            client = self._x.window(handle)
            outermost = self._x.outermost(client)
            if outermost and outermost.id in owned and self._x.is_viewable(client):
                owned[outermost.id].append(client)
        for top in tops:
            owned[top.window.id] = owned[top.window.id] or self._unlisted(top)
        return owned

    def _unlisted(self, top: Top) -> list[XWindow]:
        """The clients in a frame that the window manager has not listed yet, or `top` itself.

        A frame without a name of its own that holds windows of another process is such a frame.
        """
        with gone_is_fine():
            if self._x.value(top.window, "WM_CLASS") is not None:
                return [top.window]
        children = self._x.children(top.window)
        inside = {child.id: self._x.children(child) for child in children}
        every = [top.window, *children, *(w for family in inside.values() for w in family)]
        pids = self._x.pids(every)

        def foreign(windows: Sequence[XWindow]) -> list[XWindow]:
            own = pids.get(top.window.id)
            return [w for w in windows if pids.get(w.id) != own and self._x.is_viewable(w)]

        found = [w for c in children for w in foreign([c]) or foreign(inside[c.id])]
        return found or [top.window]
