"""Which processes have a window system open, by the kernel's own list of sockets.

A Wayland compositor need not tell who its clients are; the kernel knows who is connected to it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from mirrordesk.capture.wayland.display import PATIENCE_S
from mirrordesk.errors import CaptureUnavailable

_SOCK_DIAG = 4  # netlink family; see sock_diag(7), also for all below
_BY_FAMILY, _ERROR = 20, 2
_REQUEST_DUMP = 0x1 | 0x300
_SHOW_NAME, _SHOW_PEER = 0x1, 0x4
_NAME, _PEER = 0, 2  # attributes of a socket
_CONNECTED = 1 << 1  # of the states

_HEADER = struct.Struct("=IHHII")  # bytes, kind, flags, number, port
_ASK = struct.Struct("=BBHIIIII")  # family, protocol, -, states, inode, what to show, cookie
_SOCKET = struct.Struct("=BBBBIII")  # family, type, state, -, inode, cookie
_ATTRIBUTE = struct.Struct("=HH")  # bytes, kind


class Clients:
    """Who is connected to the sockets of a session. To be used from one thread."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """The sockets are those of the compositor, and of the X server beside it, that `env`
        names.
        """
        self._names = _socket_names(env)
        self._holders: dict[int, frozenset[int]] = {}  # by the inode of their end

    def now(self) -> set[frozenset[int]]:
        """For each connection the processes that hold it; an empty set where they are not ours.

        Raises CaptureUnavailable where the kernel does not answer.
        """
        inodes = set(_far_ends(self._names))
        self._holders = {i: pids for i, pids in self._holders.items() if i in inodes}
        if missing := inodes - self._holders.keys():
            self._holders.update(_holders(missing))
        return set(self._holders.values())


def _socket_names(env: Mapping[str, str]) -> frozenset[bytes]:
    names = set()
    if display := env.get("WAYLAND_DISPLAY"):
        names.add(os.fsencode(Path(env.get("XDG_RUNTIME_DIR", "")) / display))
    if number := env.get("DISPLAY", "").partition(":")[2].partition(".")[0]:
        path = f"/tmp/.X11-unix/X{number}".encode()
        names |= {path, b"\0" + path}
    return frozenset(names)


def _far_ends(names: Collection[bytes]) -> Iterator[int]:
    """The inodes at the other end of all connections to sockets of these names."""
    for _inode, attributes in _sockets():
        name = attributes.get(_NAME, b"")
        if name[:1] + name[1:].rstrip(b"\0") in names and _PEER in attributes:
            yield int.from_bytes(attributes[_PEER], "little")


def _sockets() -> Iterator[tuple[int, dict[int, bytes]]]:
    """Every connected socket of this machine: its inode and what is shown of it."""
    ask = _ASK.pack(socket.AF_UNIX, 0, 0, _CONNECTED, 0, _SHOW_NAME | _SHOW_PEER, 0, 0)
    header = _HEADER.pack(_HEADER.size + len(ask), _BY_FAMILY, _REQUEST_DUMP, 1, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as kernel:
            kernel.settimeout(PATIENCE_S)
            kernel.send(header + ask)
            while found := list(_found(kernel.recv(1 << 17))):
                yield from found
    except OSError as error:
        why = error.strerror or error
        raise CaptureUnavailable(f"The kernel does not tell who shows windows: {why}.") from error


def _found(received: bytes) -> Iterator[tuple[int, dict[int, bytes]]]:
    """The sockets in one part of the answer; none in the last part."""
    for kind, body in _messages(received):
        if kind == _ERROR:
            raise OSError(-struct.unpack_from("=i", body)[0], "it refuses to")
        if kind == _BY_FAMILY:
            yield _SOCKET.unpack_from(body)[4], _attributes(body[_SOCKET.size :])


def _messages(received: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(received):
        size, kind, *_ = _HEADER.unpack_from(received, at)
        yield kind, received[at + _HEADER.size : at + size]
        at += size + -size % 4


def _attributes(body: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + _ATTRIBUTE.size <= len(body):
        size, kind = _ATTRIBUTE.unpack_from(body, at)
        found[kind] = body[at + _ATTRIBUTE.size : at + size]
        at += size + -size % 4
    return found


def _holders(inodes: Collection[int]) -> dict[int, frozenset[int]]:
    """The processes that hold sockets of these inodes, as far as we may see."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    found: dict[int, set[int]] = {inode: set() for inode in inodes}
    for folder in Path("/proc").glob("[0-9]*/fd"):
        for end in _descriptors(folder):
            if end in wanted:
                found[wanted[end]].add(int(folder.parent.name))
    return {inode: frozenset(pids) for inode, pids in found.items()}


def _descriptors(folder: Path) -> Iterator[str]:
    """What a process holds; nothing where it is not ours."""
    with contextlib.suppress(OSError):
        for entry in folder.iterdir():
            with contextlib.suppress(OSError):  # it was closed meanwhile
                yield str(entry.readlink())
