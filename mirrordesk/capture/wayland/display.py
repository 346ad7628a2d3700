"""A connection to a Wayland compositor: requests out, events in, over its socket.

The protocol is small, and this client needs only a dozen of its requests; so it speaks it by
itself, without a library of C in the process, and no answer is waited for longer than `PATIENCE_S`.
"""

from __future__ import annotations

import contextlib
import itertools
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mirrordesk.capture import program
from mirrordesk.errors import CaptureUnavailable

PATIENCE_S = 3.0  # most that the compositor may take to answer

# What arguments are of, one letter each: i and u numbers, o an object, n a new one, s a string,
# a an array, h a descriptor.
Signature = str
# By the number of an event: what it carries, and what is to be done with that.
Events = Mapping[int, tuple[Signature, Callable[..., object]]]

_HEADER = struct.Struct("=IHH")  # object, number of the request or event, bytes in all
_PEER = struct.Struct("3i")  # process, user, group
_DISPLAY = 1  # the object that every connection begins with
_SYNC, _GET_REGISTRY, _BIND = 0, 1, 0


class Display:
    """To be used from one thread. Raises CaptureUnavailable where the socket cannot be reached, as
    every method does once the compositor is gone.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        """`env` names the socket: WAYLAND_DISPLAY, in XDG_RUNTIME_DIR where it is no whole path."""
        self.name = env.get("WAYLAND_DISPLAY", "")
        self._path = str(Path(env.get("XDG_RUNTIME_DIR", "")) / self.name)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._unread = bytearray()
        self._ids = itertools.count(_DISPLAY + 1)
        self._free: list[int] = []
        self._events: dict[int, Events] = {
            _DISPLAY: {0: ("ous", self._refused), 1: ("u", self._free_id)}
        }
        self.globals: dict[int, tuple[str, int]] = {}  # by name: interface and version
        try:
            self._open()
        except CaptureUnavailable:
            self.close()
            raise

    def _open(self) -> None:
        with self._errors():
            self._socket.settimeout(PATIENCE_S)
            self._socket.connect(self._path)
        events: Events = {
            0: ("usu", lambda name, *about: self.globals.update({name: about})),
            1: ("u", lambda name: self.globals.pop(name, None)),
        }
        self._registry = self.create(_DISPLAY, _GET_REGISTRY, "n", events=events)
        self.roundtrip()

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    @property
    def compositor(self) -> str:
        """The name of the compositor's program."""
        return program.name(self.compositor_pid) or "it"

    @property
    def compositor_pid(self) -> int:
        """The process that listens at the other end, as the kernel knows it."""
        return peer_pid(self._socket)

    def named(self, interface: str) -> list[int]:
        """The names of the globals of an interface."""
        return [name for name, (kind, _) in self.globals.items() if kind == interface]

    def version(self, interface: str) -> int:
        """The version in which an interface is offered; 0 where it is not."""
        return next((v for kind, v in self.globals.values() if kind == interface), 0)

    def bind(self, interface: str, version: int, events: Events | None = None) -> int:
        """The first global of that interface as an object.

        Raises CaptureUnavailable where the compositor has none.
        """
        for name in self.named(interface):
            return self.bind_named(name, version, events)
        raise CaptureUnavailable(f"The Wayland compositor does not offer {interface}.")

    def bind_named(self, name: int, version: int, events: Events | None = None) -> int:
        """The global `name` as an object, at `version` or what is offered below it."""
        interface, offered = self.globals[name]
        about = (name, interface, min(version, offered))
        return self.create(self._registry, _BIND, "usun", *about, events=events)

    def create(
        self,
        number: int,
        request: int,
        signature: Signature,
        *arguments: Any,
        events: Events | None = None,
    ) -> int:
        """Ask an object for a new one, and listen to that. The `n` has no argument."""
        made = self._free.pop() if self._free else next(self._ids)
        self._events[made] = events or {}
        given = iter(arguments)
        every = [made if kind == "n" else next(given) for kind in signature]
        self.send(number, request, signature, *every)
        return made

    def adopt(self, number: int, events: Events) -> None:
        """Listen to an object that the compositor has created."""
        self._events[number] = events

    def drop(self, number: int, request: int) -> None:
        """Destroy an object by its own `request`; what is still on its way from it is ignored."""
        self._events[number] = {}
        self.send(number, request, "")

    def send(self, number: int, request: int, signature: Signature, *arguments: Any) -> None:
        """Ask an object for something."""
        body, descriptors = packed(signature, arguments)
        message = _HEADER.pack(number, request, _HEADER.size + len(body)) + body
        with self._errors():
            sent = socket.send_fds(self._socket, [message], descriptors)
            self._socket.sendall(message[sent:])

    def roundtrip(self) -> None:
        """Wait until all that was sent is carried out and what came of it has been told."""
        done: list[int] = []
        self.create(_DISPLAY, _SYNC, "n", events={0: ("u", done.append)})
        self.wait(lambda: bool(done))

    def wait(self, happened: Callable[[], bool]) -> None:
        """Take in events until `happened()`."""
        deadline = time.monotonic() + PATIENCE_S
        while not happened():
            with self._errors():
                ready, _, _ = select.select(
                    [self._socket], [], [], max(0.0, deadline - time.monotonic())
                )
                if not ready:
                    raise TimeoutError("the compositor does not answer")
                self._unread += self._received()
            self._take_in()

    def _received(self) -> bytes:
        received = self._socket.recv(1 << 16)
        if not received:
            raise EOFError("the compositor is gone")
        return received

    def _take_in(self) -> None:
        while len(self._unread) >= _HEADER.size:
            number, event, size = _HEADER.unpack_from(self._unread)
            if len(self._unread) < size:
                return
            body = bytes(self._unread[_HEADER.size : size])
            del self._unread[:size]
            signature, act = self._events.get(number, {}).get(event, ("", None))
            if act:
                act(*unpacked(signature, body))

    def _refused(self, _number: int, _code: int, message: str) -> None:
        raise CaptureUnavailable(f"The Wayland compositor refused a request: {message}.")

    def _free_id(self, number: int) -> None:
        del self._events[number]
        self._free.append(number)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise CaptureUnavailable(f"The display {self.name} cannot be read: {why}.") from error


def peer_pid(connection: socket.socket) -> int:
    """The process that listens at the other end of a socket, as the kernel knows it."""
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    pid, _user, _group = _PEER.unpack(peer)
    return int(pid)


def packed(signature: Signature, arguments: tuple[Any, ...]) -> tuple[bytes, list[int]]:
    """Arguments as they go over the socket, and the descriptors that go beside them."""
    body, descriptors = bytearray(), []
    for kind, value in zip(signature, arguments, strict=True):
        if kind == "h":
            descriptors.append(value)
        elif kind == "s":
            text = value.encode() + b"\0"
            body += struct.pack("=I", len(text)) + text + bytes(-len(text) % 4)
        else:
            body += struct.pack("=i" if kind == "i" else "=I", value)
    return bytes(body), descriptors


def unpacked(signature: Signature, body: bytes) -> Iterator[Any]:
    """What an event carries."""
    at = 0
    for kind in signature:
        (value,) = struct.unpack_from("=i" if kind == "i" else "=I", body, at)
        at += 4
        if kind in "sa":
            content = body[at : at + value]
            at += value + -value % 4
            value = content[:-1].decode(errors="replace") if kind == "s" else content
        yield value
