"""The windows of sway, which tells more of them over a socket of its own than Wayland does."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mirrordesk.capture import program
from mirrordesk.capture.base import WindowProbe
from mirrordesk.capture.pages import Pages
from mirrordesk.capture.wayland import locker
from mirrordesk.capture.wayland.display import PATIENCE_S, Display, peer_pid
from mirrordesk.capture.wayland.idle import IdleWatch
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box, Window

SOCKET = "SWAYSOCK"  # the environment variable that names it

_MAGIC = b"i3-ipc"
_HEADER = struct.Struct("=6sII")  # the magic word, bytes that follow, kind
_GET_TREE = 4
_WHY = "it tells the place, the process and the title of every window"

Node = dict[str, Any]  # of the tree that sway tells of; see sway-ipc(7)


class SwayProbe(WindowProbe):
    """Asks sway for its tree. To be used from one thread.

    Where a pop-up opens is not told: it may be anywhere on the monitor of the active window.
    Whether anything shines through is not told either, so no window hides what lies beneath.
    """

    name = "sway"

    def __init__(self, env: Mapping[str, str], session: str = "") -> None:
        """`session`: the address of the message bus by which browsers tell of their windows.

        Raises CaptureUnavailable where no sway answers, or another than the one of the display.
        """
        self._path = env.get(SOCKET, "")
        self._pages = Pages(session)
        self.why = _WHY
        with contextlib.ExitStack() as opened:
            self._display = opened.enter_context(contextlib.closing(Display(env)))
            self._idle = IdleWatch(self._display)
            self._socket = opened.enter_context(socket.socket(socket.AF_UNIX))
            with self._errors():
                self._socket.settimeout(PATIENCE_S)
                self._socket.connect(self._path)
                if peer_pid(self._socket) != self._display.compositor_pid:
                    raise CaptureUnavailable(f"{SOCKET} is of another sway than the display.")
            opened.pop_all()

    def windows(self) -> list[Window]:
        """Every visible window with its title bar, and before them where pop-ups may be."""
        outputs = [node for node in self._tree()["nodes"] if not node["name"].startswith("__")]
        views = [view for output in outputs for view in _views(output)]
        completed = self._pages.complete([_window(view) for view, _ in views])
        trouble = self._pages.trouble
        self.why = f"{_WHY}; {trouble}, so they are left out" if trouble else _WHY
        facts = list(zip(completed, views, strict=True))
        bars = [replace(window, box=bar, active=False) for window, (_, bar) in facts if bar]
        shown = [window for window, (view, _) in facts if view["visible"]]
        return [*_reach(shown, [_box(output["rect"]) for output in outputs]), *bars, *shown]

    def idle_seconds(self) -> float | None:
        """Seconds since the last key or pointer event."""
        return self._idle.seconds()

    def locked(self) -> bool | None:
        """True while a known screen locker runs."""
        return locker.is_locked()

    def close(self) -> None:
        """Let the display go."""
        self._pages.close()
        self._socket.close()
        self._display.close()

    def _tree(self) -> Node:
        with self._errors():
            self._socket.sendall(_HEADER.pack(_MAGIC, 0, _GET_TREE))
            _magic, size, _kind = _HEADER.unpack(self._received(_HEADER.size))
            tree: Node = json.loads(self._received(size))
            return tree

    def _received(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size:
            part = self._socket.recv(size - len(received))
            if not part:
                raise EOFError("it is gone")
            received += part
        return bytes(received)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise CaptureUnavailable(f"sway cannot be asked for its windows: {why}.") from error


def _views(output: Node) -> Iterator[tuple[Node, Box | None]]:
    """The windows of an output, on whatever workspace, each with its title bar if that may show."""
    now_shown = output.get("current_workspace")
    for workspace in output["nodes"]:
        is_shown = now_shown in (None, workspace["name"])
        for view, bar in _within(workspace):
            yield view, bar if is_shown else None


def _within(parent: Node) -> Iterator[tuple[Node, Box | None]]:
    """The windows in a node of the tree. Of a tab that is not in front the title shows all the
    same.
    """
    for children in (parent["nodes"], parent["floating_nodes"]):
        is_stack = children is parent["nodes"] and parent["layout"] == "stacked"
        for node in children:
            if "visible" in node:
                yield node, _title_bar(node, parent, rows=len(children) if is_stack else 1)
            yield from _within(node)


def _title_bar(node: Node, parent: Node, rows: int) -> Box | None:
    """Where the title stands: right above the window, in one of so many rows."""
    bar = node["deco_rect"]
    if not bar["height"]:
        return None
    high = rows * bar["height"]
    left = parent["rect"]["x"] + bar["x"]
    return Box(left, node["rect"]["y"] - high, bar["width"], high)


def _window(view: Node) -> Window:
    about = view.get("window_properties") or {}  # of X programs
    kind = view.get("app_id") or about.get("class") or ""
    pid = view.get("pid") or None
    app = program.called(pid, kind)
    title, active = view.get("name") or "", bool(view["focused"])
    return Window(view["id"], app, title, pid, _box(view["rect"]), active=active, opaque=False)


def _reach(shown: list[Window], outputs: list[Box]) -> list[Window]:
    """Where pop-ups of the active window may be, each as a window that shares its fate."""
    return [
        replace(window, box=output, active=False)
        for window in shown
        if window.active
        for output in outputs
        if window.box.intersection(output)
    ]


def _box(rect: Mapping[str, int]) -> Box:
    return Box(rect["x"], rect["y"], rect["width"], rect["height"])
