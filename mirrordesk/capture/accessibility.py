"""The desktop's accessibility service (AT-SPI), asked over D-Bus.

Programs tell there what stands in their windows, for those who cannot see them. A program tells
only if the service was switched on when it started.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

CALL_S = 0.25  # most that a program may take to answer
START_S = 3.0  # most that the service itself may take, which may have to be started
REST_S = 5.0  # before a program or a bus that did not answer is asked again

FOCUSED = 12  # the number of a state, as the service counts them

_STATUS = "org.a11y.Status"
_ROOT = "/org/a11y/atspi/accessible/root"
_NOTHING = "/org/a11y/atspi/null"
_ACCESSIBLE = "org.a11y.atspi.Accessible"
_PROPERTIES = "org.freedesktop.DBus.Properties"


class Silent(Exception):
    """Nobody answered, or not in a way that can be read."""


@dataclass(frozen=True, slots=True)
class Node:
    """A thing on the screen: the program's name on the bus, and its path there."""

    bus: str
    path: str


_LAUNCHER = Node("org.a11y.Bus", "/org/a11y/bus")


class Bus:
    """A connection to one message bus; every call raises Silent where no answer comes."""

    def __init__(self, address: str, patience_s: float = CALL_S) -> None:
        if not address:  # as on systems that know no such bus, where jeepney is not installed
            raise Silent
        from jeepney.io.blocking import open_dbus_connection

        self._patience_s = patience_s
        with _heard():
            self._connection: DBusConnection = open_dbus_connection(address)
        self._resting: dict[str, float] = {}  # by name: until when, on the monotonic clock

    def call(
        self, node: Node, interface: str, member: str, signature: str = "", *body: object
    ) -> Any:
        """The first value of the answer."""
        from jeepney import DBusAddress, MessageType, new_method_call

        if time.monotonic() < self._resting.get(node.bus, 0.0):
            raise Silent
        address = DBusAddress(node.path, node.bus, interface)
        message = new_method_call(address, member, signature or None, body)
        try:
            with _heard():
                reply = self._connection.send_and_get_reply(message, timeout=self._patience_s)
        except Silent:
            self._resting[node.bus] = time.monotonic() + REST_S
            raise
        if reply.header.message_type is not MessageType.method_return or not reply.body:
            raise Silent
        return reply.body[0]

    def property(self, node: Node, interface: str, name: str) -> Any:
        """The value of a property."""
        _type, value = self.call(node, _PROPERTIES, "Get", "ss", interface, name)
        return value

    def close(self) -> None:
        """End the connection."""
        with contextlib.suppress(OSError):
            self._connection.close()


class Accessibility:
    """What programs tell of themselves. Every method raises Silent where no answer comes."""

    def __init__(self, session: str) -> None:
        self._bus = Bus(_service_address(session))
        self._pids: dict[str, int] = {}

    def programs(self) -> dict[int, Node]:
        """By process, the programs that tell anything."""
        registry = Node("org.a11y.atspi.Registry", _ROOT)
        found = {}
        for node in self.children(registry):
            with contextlib.suppress(Silent):  # it has just ended
                found[self._pid(node.bus)] = node
        return found

    def _pid(self, name: str) -> int:
        """The process behind a name, as the bus itself knows it: no program can forge that."""
        if name not in self._pids:
            bus = Node("org.freedesktop.DBus", "/org/freedesktop/DBus")
            asked = self._bus.call(bus, bus.bus, "GetConnectionUnixProcessID", "s", name)
            self._pids[name] = int(asked)  # a bus never gives a name to another program
        return self._pids[name]

    def children(self, node: Node) -> list[Node]:
        """What lies in `node`, without what its program does not tell of (yet)."""
        told = self._bus.call(node, _ACCESSIBLE, "GetChildren")
        return [Node(bus, path) for bus, path in told if path != _NOTHING]

    def name(self, node: Node) -> str:
        """What `node` is called, in the program's language."""
        return str(self._bus.property(node, _ACCESSIBLE, "Name"))

    def attribute(self, node: Node, name: str) -> str:
        """What `node` is in its program, as its "class" or "id"; empty where it is not told."""
        attributes = self._bus.call(node, _ACCESSIBLE, "GetAttributes")
        return str(attributes.get(name, ""))

    def states(self, node: Node) -> set[int]:
        """The numbers of the states that `node` is in."""
        low, high = self._bus.call(node, _ACCESSIBLE, "GetState")
        bits = low | high << 32
        return {number for number in range(64) if bits >> number & 1}

    def text(self, node: Node) -> str:
        """What is written in `node`."""
        return str(self._bus.call(node, "org.a11y.atspi.Text", "GetText", "ii", 0, -1))

    def close(self) -> None:
        """End the connection."""
        self._bus.close()


def session_address(env: Mapping[str, str], platform: str = sys.platform) -> str:
    """Where the session's message bus is; empty where nothing tells, as outside Linux."""
    if platform != "linux":
        return ""
    runtime = env.get("XDG_RUNTIME_DIR")
    return env.get("DBUS_SESSION_BUS_ADDRESS") or (f"unix:path={runtime}/bus" if runtime else "")


def switch_on(session: str) -> bool:
    """Ask the desktop to have programs tell what stands in their windows; whether it will.

    It holds for programs that start from now on, and desktops keep it as a setting.
    """
    with contextlib.suppress(Silent), contextlib.closing(Bus(session, START_S)) as bus:
        with contextlib.suppress(Silent):  # the answer to Set is empty
            bus.call(_LAUNCHER, _PROPERTIES, "Set", "ssv", _STATUS, "IsEnabled", ("b", True))
        return bool(bus.property(_LAUNCHER, _STATUS, "IsEnabled"))
    return False


def is_on(session: str) -> bool:
    """Whether programs that start now tell it. Raises Silent where there is no such service."""
    with contextlib.closing(Bus(session, START_S)) as bus:
        return bool(bus.property(_LAUNCHER, _STATUS, "IsEnabled"))


def _service_address(session: str) -> str:
    with contextlib.closing(Bus(session, START_S)) as bus:
        return str(bus.call(_LAUNCHER, "org.a11y.Bus", "GetAddress"))


@contextlib.contextmanager
def _heard() -> Iterator[None]:
    """Raise Silent for whatever a connection to a bus ends with."""
    from jeepney.auth import AuthenticationError
    from jeepney.io.common import RouterClosed

    unusable = (KeyError, ValueError, RuntimeError, StopIteration)  # of an address
    failures = (OSError, EOFError, AuthenticationError, RouterClosed, *unusable)
    try:
        yield
    except failures as error:
        raise Silent from error
