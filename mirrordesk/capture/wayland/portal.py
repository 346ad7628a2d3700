"""The desktop's portal for sharing the screen (org.freedesktop.portal.ScreenCast), over D-Bus.

A person chooses the monitors in a dialog of the desktop, once: the portal gives a token with which
the same monitors are shared again without a question. Sharing lasts until somebody ends it.
"""

from __future__ import annotations

import contextlib
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mirrordesk import durable
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.blocking import DBusConnection

ANSWER_S = 5.0  # most that the portal may take to answer what needs no person

_PORTAL = "/org/freedesktop/portal/desktop"
_NAME = "org.freedesktop.portal"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_UNHEARD = "The desktop's portal does not share the screen"
_MONITORS = 1  # of the kinds of sources
_UNTIL_REVOKED = 2  # of the ways in which a choice is kept
_TOKEN = "token"  # in the file that keeps it

Results = Mapping[str, tuple[str, Any]]  # by name: D-Bus signature and value


class State(StrEnum):
    """How far sharing has come, in words for the status."""

    NOT_ASKED = "the desktop asks in a dialog which monitors to share, once recording starts"
    ASKED = "the desktop's dialog waits for an answer: which monitors to share"
    REFUSED = "the desktop's dialog was answered with no; it asks again when recording starts anew"
    SHARED = "the desktop shares the monitors that were chosen in its dialog"
    ENDED = "sharing was ended on the desktop; it begins again when recording starts anew"


@dataclass(frozen=True, slots=True)
class Stream:
    """A monitor that is shared: its node in PipeWire, and where it lies on the desktop."""

    node: int
    box: Box


class Portal:
    """One session of sharing, which begins with the first call of `streams`.

    To be used from one thread. Raises CaptureUnavailable where there is no such portal.
    """

    def __init__(self, session: str, grant: Path | None) -> None:
        """`session` is the address of the message bus. The file `grant` keeps the token; without
        it nothing is ever asked for.
        """
        self._grant = grant
        self._streams: list[Stream] = []
        self._session = ""
        self._question = ""  # the request that a person is to answer
        self._heard: deque[Message] = deque()
        self._answers: dict[str, Any] = {}  # by request
        self.state = State.NOT_ASKED
        self._connection = _connected(session)
        try:
            self._listen()
            self.version = int(
                self._call(_PROPERTIES, "Get", "ss", f"{_NAME}.ScreenCast", "version")[1]
            )
        except CaptureUnavailable:
            self.close()
            raise

    def streams(self) -> list[Stream]:
        """What is shared now; nothing while a person has not answered yet, or does not want it.

        Never waits for a person.
        """
        if self.state is State.NOT_ASKED and self._grant:
            self._begin()
        while self._hear(0.0):
            pass
        if self._question in self._answers:
            self._decide(*self._answers.pop(self._question))
        return self._streams

    def remote(self) -> int:
        """A descriptor of a connection to PipeWire that sees only what is shared."""
        told = self._call("ScreenCast", "OpenPipeWireRemote", "oa{sv}", self._session, {})
        descriptor: int = told.to_raw_fd()
        return descriptor

    def close(self) -> None:
        """End the session."""
        with contextlib.suppress(OSError):
            self._connection.close()

    def _begin(self) -> None:
        named = {"session_handle_token": ("s", _fresh())}
        created = self._answer(self._request("CreateSession", "", options=named))
        self._session = str(created["session_handle"][1])
        wanted = {
            "types": ("u", _MONITORS),
            "multiple": ("b", True),
            "persist_mode": ("u", _UNTIL_REVOKED),
            **self._token(),
        }
        self._answer(self._request("SelectSources", "o", self._session, options=wanted))
        self._question = self._request("Start", "os", self._session, "", options={})
        self.state = State.ASKED

    def _token(self) -> dict[str, tuple[str, str]]:
        """What has the portal ask nobody, if anybody was asked before."""
        kept = durable.read_json(self._grant) if self._grant else None
        token = kept.get(_TOKEN) if isinstance(kept, dict) else None
        return {"restore_token": ("s", token)} if isinstance(token, str) else {}

    def _decide(self, code: int, results: Results) -> None:
        if code:
            self.state = State.REFUSED
            return
        _signature, shared = results.get("streams", ("", []))
        # without a size nobody knows where it lies
        self._streams = [_stream(node, about) for node, about in shared if "size" in about]
        self.state = State.SHARED
        if self._grant and "restore_token" in results:  # good for one time; the next one comes then
            durable.write_json(self._grant, {_TOKEN: results["restore_token"][1]})

    def _request(self, member: str, signature: str, *body: object, options: Results) -> str:
        """Begin something that is answered later; the path by which the answer will come."""
        token = _fresh()
        sender = self._connection.unique_name[1:].replace(".", "_")
        given = {**options, "handle_token": ("s", token)}
        self._call("ScreenCast", member, f"{signature}a{{sv}}", *body, given)
        return f"{_PORTAL}/request/{sender}/{token}"

    def _answer(self, request: str) -> Results:
        """The answer to a request that needs no person. Raises CaptureUnavailable without one."""
        while request not in self._answers:
            if not self._hear(ANSWER_S):
                raise CaptureUnavailable(f"{_UNHEARD}: it does not answer.")
        code, results = self._answers.pop(request)
        if code:
            raise CaptureUnavailable(f"{_UNHEARD}: it refuses to.")
        told: Results = results
        return told

    def _listen(self) -> None:
        """Have the portal's signals sent here: answers, and the end of the session."""
        from jeepney import MatchRule, message_bus

        rule = MatchRule(type="signal", sender=f"{_NAME}.Desktop", path_namespace=_PORTAL)
        with _errors():
            self._connection.send_and_get_reply(message_bus.AddMatch(rule), timeout=ANSWER_S)
        everything = MatchRule(type="signal", path_namespace=_PORTAL)
        self._connection.filter(everything, queue=self._heard)

    def _hear(self, seconds: float) -> bool:
        """Take in one message, waiting for it at most so long; whether one came."""
        from jeepney import HeaderFields

        with _errors():
            try:
                self._connection.recv_messages(timeout=seconds)
            except TimeoutError:
                return False
        while self._heard:
            message = self._heard.popleft()
            path = message.header.fields[HeaderFields.path]
            member = message.header.fields[HeaderFields.member]
            if member == "Response":
                self._answers[path] = message.body
            elif member == "Closed" and path == self._session:
                self._streams, self.state = [], State.ENDED
        return True

    def _call(self, interface: str, member: str, signature: str, *body: object) -> Any:
        """The first value of the answer. Raises CaptureUnavailable where it is an error."""
        from jeepney import DBusAddress, MessageType, new_method_call

        whole = interface if interface.startswith("org.") else f"{_NAME}.{interface}"
        address = DBusAddress(_PORTAL, f"{_NAME}.Desktop", whole)
        with _errors():
            message = new_method_call(address, member, signature, body)
            reply = self._connection.send_and_get_reply(message, timeout=ANSWER_S)
        if reply.header.message_type is MessageType.error:
            raise CaptureUnavailable(f"{_UNHEARD}: {(reply.body or ('',))[0]}".rstrip(".") + ".")
        return reply.body[0] if reply.body else None


def _connected(session: str) -> DBusConnection:
    from jeepney.io.blocking import open_dbus_connection

    with _errors():
        return open_dbus_connection(session, enable_fds=True)


def _fresh() -> str:
    return f"mirrordesk_{uuid.uuid4().hex}"


def _stream(node: int, about: Results) -> Stream:
    _, (x, y) = about.get("position", ("(ii)", (0, 0)))
    _, (w, h) = about["size"]
    return Stream(node, Box(x, y, w, h))


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    """Raise CaptureUnavailable for whatever a connection to a bus ends with."""
    from jeepney.auth import AuthenticationError
    from jeepney.io.common import RouterClosed

    unusable = (KeyError, ValueError, RuntimeError, StopIteration)  # of an address
    failures = (OSError, EOFError, AuthenticationError, RouterClosed, *unusable)
    try:
        yield
    except failures as error:
        raise CaptureUnavailable(f"{_UNHEARD}: {str(error).rstrip('.')}.") from error
