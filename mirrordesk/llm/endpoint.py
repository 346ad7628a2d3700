"""Where an OpenAI-compatible server is, and a connection there and nowhere else.

Only https leaves the person's own network. Plain http goes to this machine and to private addresses
alone, and to the very address that was looked at: a name is resolved once. Redirects are not
followed, and no proxy that the environment names is used.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mirrordesk.errors import UsageError, WorkerError

CONNECT_S = 5.0
_LOOK_S = 0.03  # between two looks at whether the caller wants no more
SILENCE_S = 120.0  # between two bytes: a large prompt is read before the first word comes
_SAID = 200  # characters of what a server says when it refuses
_REDIRECTS = (301, 302, 303, 307, 308)


class Cancelled(Exception):
    """The caller wants no more of it."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The base of a server's addresses, such as `https://nas.local:8080/v1`."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """What a key belongs to."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{shown}:{self.port}"


def parse(url: str) -> Endpoint:
    """The endpoint of a setting. Raises UsageError where it is none, or would not be private."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise UsageError(f"The setting llm.server is no address: {error}.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("The setting llm.server begins with https:// or http:// and names a host.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "The setting llm.server holds scheme, host, port and path alone; "
            "`mirrordesk key server` takes the key."
        )
    secure = parts.scheme == "https"
    path = parts.path.rstrip("/") or "/v1"
    found = Endpoint(secure, parts.hostname, port or (443 if secure else 80), path)
    address = _address(found.host)
    if not secure and address and not _is_near(address):
        raise _exposed(found.host)
    return found


def _exposed(host: str) -> UsageError:
    return UsageError(
        f"{host} is not on this machine or its own network, so llm.server must begin with https://."
    )


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:  # a name
        return None


def _is_near(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """On this machine or a network that no router passes on to the world."""
    near = address.is_loopback or address.is_private or address.is_link_local
    return near and not (address.is_unspecified or address.is_multicast)


class Connection:
    """One request at a time to an endpoint; `cancelled` cuts it off, whatever it waits for.

    Raises WorkerError in one sentence where the server does not answer as it should, Cancelled
    where the caller wants no more, and UsageError where plain http would leave the network.
    """

    def __init__(self, endpoint: Endpoint, key: str, cancelled: threading.Event) -> None:
        self._endpoint = endpoint
        self._key = key
        self._cancelled = cancelled

    @contextlib.contextmanager
    def open(self, method: str, path: str, body: Any = None) -> Iterator[http.client.HTTPResponse]:
        """The answer to a request, when the server has taken it."""
        with self._told(), self._connected() as connection:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, self._endpoint.path + path, data, self._headers())
            response = connection.getresponse()
            if response.status != http.client.OK:
                raise self._refusal(response)
            yield response

    @contextlib.contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        """A connection that is cut off the moment it is cancelled."""
        connection = self._connect()
        sock, done = connection.sock, threading.Event()

        def watch() -> None:
            while not done.wait(_LOOK_S):
                if self._cancelled.is_set():
                    with contextlib.suppress(OSError):  # it was closed meanwhile
                        sock.shutdown(socket.SHUT_RDWR)
                    return

        threading.Thread(target=watch, name="cut-off", daemon=True).start()
        try:
            yield connection
        finally:
            done.set()
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        endpoint = self._endpoint
        sock = socket.create_connection(self._resolved(), CONNECT_S)
        try:
            sock.settimeout(CONNECT_S)
            if endpoint.secure:
                sock = _trust().wrap_socket(sock, server_hostname=endpoint.host)
            sock.settimeout(SILENCE_S)
        except OSError:
            sock.close()
            raise
        connection = http.client.HTTPConnection(endpoint.host, endpoint.port)
        connection.sock = sock
        connection.auto_open = 0  # it never connects by itself
        return connection

    def _resolved(self) -> tuple[str, int]:
        """The address to connect to; with plain http one that is near."""
        endpoint = self._endpoint
        if endpoint.secure:
            return endpoint.host, endpoint.port
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
        addresses = [str(item[4][0]) for item in found]
        for address in addresses:
            known = _address(address.partition("%")[0])
            if known is None or not _is_near(known):
                raise _exposed(endpoint.host)
        return addresses[0], endpoint.port

    def _headers(self) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        return {**headers, "Authorization": f"Bearer {self._key}"} if self._key else headers

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the network as one sentence."""
        host = self._endpoint.host
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            if self._cancelled.is_set():
                raise Cancelled from error
            if isinstance(error, TimeoutError):
                raise WorkerError(f"{host} does not answer.") from error
            raise WorkerError(f"The connection to {host} failed: {_cause(error)}.") from error

    def _refusal(self, response: http.client.HTTPResponse) -> WorkerError:
        host = self._endpoint.host
        if response.status in _REDIRECTS:
            return WorkerError(f"{host} points elsewhere, which is not followed; see llm.server.")
        if response.status in (401, 403):
            return WorkerError(f"{host} refuses the key; `mirrordesk key server` sets another.")
        said = " ".join(response.read(4096).decode(errors="replace").split())[:_SAID]
        shown = "".join(c for c in said if c.isprintable())
        return WorkerError(f"{host} refuses the question ({response.status}): {shown}")


@functools.cache  # reading the system's certificates takes a while
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _cause(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
