"""An X server without a screen, closed to every other user of the machine, and what it shows."""

from __future__ import annotations

import os
import secrets
import struct
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mirrordesk.demo.household import Household, require
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box, Window

if TYPE_CHECKING:
    from Xlib.display import Display

PROGRAMS = ("Xvfb", "xhost")

_ANY_HOST = 0xFFFF  # FamilyWild of the Xauthority format: the cookie counts for any display
_COOKIE = b"MIT-MAGIC-COOKIE-1"


def start_display(
    household: Household, folder: Path, size: tuple[int, int], env: Mapping[str, str]
) -> dict[str, str]:
    """Start Xvfb on the first free display; returns the variables that lead clients to it.

    Without a cookie file an X server lets every local user in, to look and to type. With one it
    asks for the cookie; `xhost` then admits our own programs, whether they know the cookie or not.
    """
    require(*PROGRAMS)
    cookie = folder / "cookie"
    cookie.write_bytes(_cookie_file(secrets.token_bytes(16)))
    width, height = size
    number = _launch(household, env, f"{width}x{height}x24", cookie)
    access = {"DISPLAY": f":{number}", "XAUTHORITY": str(cookie)}
    admit = ["xhost", f"+si:localuser:#{os.geteuid()}"]
    subprocess.run(admit, env={**env, **access}, capture_output=True, check=True)
    return access


def _launch(household: Household, env: Mapping[str, str], geometry: str, cookie: Path) -> str:
    """The number of the display, read once the server is ready."""
    reading, writing = os.pipe()
    screen = ["-screen", "0", geometry, "-nolisten", "tcp", "-auth", str(cookie)]
    screen += ["-noreset"]  # a server that resets with its last client forgets whom it admitted
    try:
        household.launch(["Xvfb", "-displayfd", str(writing), *screen], env, pass_fds=(writing,))
    finally:
        os.close(writing)
    with os.fdopen(reading, encoding="ascii") as answer:
        number = answer.readline().strip()  # the pipe ends without a word when Xvfb does
    if not number:
        raise CaptureUnavailable("The X server of the virtual desktop ended at its start.")
    return number


def _cookie_file(cookie: bytes) -> bytes:
    """One Xauthority entry: family, then address, display number, name and data with lengths."""
    fields = (b"", b"", _COOKIE, cookie)
    return struct.pack(">H", _ANY_HOST) + b"".join(struct.pack(">H", len(f)) + f for f in fields)


def windows(display: str) -> list[Window]:
    """The windows that the window manager of `display` knows, bottom of the stack first.

    A box is the client's place on the screen, without the frame drawn around it.
    """
    from Xlib.display import Display

    connection = Display(display)
    try:
        return list(_windows(connection))
    finally:
        connection.close()


def _windows(connection: Display) -> Iterator[Window]:
    from Xlib.error import BadDrawable, BadWindow

    root = connection.screen().root
    active = (_property(connection, root, "_NET_ACTIVE_WINDOW") or [0])[0]
    for handle in _property(connection, root, "_NET_CLIENT_LIST_STACKING") or ():
        client = connection.create_resource_object("window", handle)
        try:
            yield _window(connection, root, client, active=handle == active)
        except (BadWindow, BadDrawable):  # it was closed while we looked
            continue


def _window(connection: Display, root: Any, client: Any, *, active: bool) -> Window:
    geometry = client.get_geometry()
    corner = root.translate_coords(client, 0, 0)
    title = _property(connection, client, "_NET_WM_NAME")
    pid = _property(connection, client, "_NET_WM_PID")
    return Window(
        handle=client.id,
        app=(client.get_wm_class() or ("", ""))[1],
        title=bytes(title).decode(errors="replace") if title else client.get_wm_name() or "",
        pid=pid[0] if pid else None,
        box=Box(corner.x, corner.y, geometry.width, geometry.height),
        active=active,
    )


def _property(connection: Display, window: Any, name: str) -> Any:
    from Xlib.X import AnyPropertyType

    found = window.get_full_property(connection.intern_atom(name), AnyPropertyType)
    return found.value if found else None
