"""A compositor of a test's making, for what the one that is installed does not offer or cannot do.

It speaks the real protocol over a real socket. The interfaces behave as their documents say.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from mirrordesk.capture.wayland.display import packed, unpacked

_HEADER = struct.Struct("=IHH")


class StubCompositor:
    """Offers `interfaces` (name: version) to one client at a time, for the `with` block."""

    def __init__(self, folder: Path, interfaces: Mapping[str, int]) -> None:
        self.env = {"XDG_RUNTIME_DIR": str(folder), "WAYLAND_DISPLAY": "wayland-9"}
        self._globals = dict(enumerate(interfaces.items(), 1))
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / "wayland-9"))
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def plug_in(self, name: int, interface: str, version: int) -> None:
        """A further global appears."""
        self._globals[name] = (interface, version)
        self._tell(self._of("wl_registry"), 0, "usu", name, interface, version)

    def pull_out(self, name: int) -> None:
        """The global `name` disappears."""
        del self._globals[name]
        self._tell(self._of("wl_registry"), 1, "u", name)

    def tell(self, interface: str, event: int, signature: str = "", *arguments: object) -> None:
        """Send an event from the latest object of an interface."""
        self._tell(self._of(interface), event, signature, *arguments)

    def asked(self, interface: str) -> list[tuple[int, bytes]]:
        """The requests to objects of an interface, each its number and what it carried."""
        return [(request, body) for kind, request, body in self._requests if kind == interface]

    def _of(self, interface: str) -> int:
        return next(n for n, kind in reversed(self._objects.items()) if kind == interface)

    def _tell(self, number: int, event: int, signature: str, *arguments: object) -> None:
        body, _ = packed(signature, arguments)
        self._client.sendall(_HEADER.pack(number, event, _HEADER.size + len(body)) + body)

    def _serve(self) -> None:
        while True:
            try:
                self._client, _ = self._listening.accept()
            except OSError:  # the block is at its end
                return
            # a client may end the connection before it has heard all
            with (
                contextlib.suppress(OSError),
                self._client,
                self._client.makefile("rb") as received,
            ):
                self._objects: dict[int, str] = {1: "wl_display"}
                self._requests: list[tuple[str, int, bytes]] = []
                while header := received.read(_HEADER.size):
                    number, request, size = _HEADER.unpack(header)
                    self._take(number, request, received.read(size - _HEADER.size))

    def _take(self, number: int, request: int, body: bytes) -> None:
        kind = self._objects[number]
        self._requests.append((kind, request, body))
        match kind, request:
            case "wl_display", 0:
                (callback,) = unpacked("n", body)
                self._tell(callback, 0, "u", 0)
                self._tell(1, 1, "u", callback)
            case "wl_display", 1:
                (registry,) = unpacked("n", body)
                self._objects[registry] = "wl_registry"
                for name, about in self._globals.items():
                    self._tell(registry, 0, "usu", name, *about)
            case "wl_registry", 0:
                _name, interface, _version, made = unpacked("usun", body)
                self._objects[made] = interface
            case "zxdg_output_manager_v1", 1:
                made, output = unpacked("no", body)
                self._objects[made] = "zxdg_output_v1"
                self._tell(made, 0, "ii", 100 * output, 0)
                self._tell(made, 1, "ii", 100, 50)
                self._tell(made, 3, "s", f"DP-{output}")
            case "zwlr_output_power_manager_v1", 0:
                made, _output = unpacked("no", body)
                self._objects[made] = "zwlr_output_power_v1"
            case "ext_idle_notifier_v1", 1 | 2:
                made, *_ = unpacked("nuo", body)
                self._objects[made] = "ext_idle_notification_v1"
