"""A portal of a test's making on a private bus: it answers as the portal's documents say."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.fds import FileDescriptor
from jeepney.io.blocking import open_dbus_connection

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
STREAM = {"position": ("(ii)", (0, 0)), "size": ("(ii)", (320, 240))}

Options = dict[str, tuple[str, Any]]


class StubPortal:
    """Serves on the bus at `address` for the `with` block.

    `answer` is what the person says in the dialog (0: yes; None: nothing yet), `node` what is
    shared then, `remote` makes connections to PipeWire.
    """

    def __init__(
        self, address: str, node: int = 42, remote: Callable[[], int] | None = None
    ) -> None:
        self.answer: int | None = 0
        self.options: dict[str, Options] = {}  # by method: what came with it
        self.shared = [(node, STREAM)]
        self._remote = remote
        self._question: Message | None = None
        self._session = ""
        self._connection = open_dbus_connection(address, enable_fds=True)
        self._connection.send_and_get_reply(message_bus.RequestName(NAME))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._connection.close()

    def say(self, answer: int) -> None:
        """The person answers the dialog now."""
        assert self._question
        results = {"streams": ("a(ua{sv})", self.shared), "restore_token": ("s", "next time")}
        self._respond(self._question, answer, {} if answer else results)

    def end_sharing(self) -> None:
        """The person ends it by the desktop's indicator."""
        session = DBusAddress(self._session, interface="org.freedesktop.portal.Session")
        self._connection.send(new_signal(session, "Closed", "a{sv}", ({},)))

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                message = self._connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._answer(message)

    def _answer(self, call: Message) -> None:
        member = call.header.fields[HeaderFields.member]
        if member == "Get":
            self._connection.send(new_method_return(call, "v", (("u", 5),)))
        elif member == "OpenPipeWireRemote":
            if self._remote is None:
                self._connection.send(new_error(call, "org.freedesktop.portal.Error.Failed"))
                return
            with FileDescriptor(self._remote()) as remote:
                self._connection.send(new_method_return(call, "h", (remote,)))
        else:
            self.options[member] = call.body[-1]
            self._question = call if member == "Start" else None
            self._connection.send(new_method_return(call, "o", (_request(call),)))
            self._begin(member, call)

    def _begin(self, member: str, call: Message) -> None:
        if member == "CreateSession":
            sender, token = _sender(call), call.body[-1]["session_handle_token"][1]
            self._session = f"{PATH}/session/{sender}/{token}"
            self._respond(call, 0, {"session_handle": ("s", self._session)})
        elif member == "SelectSources":
            self._respond(call, 0, {})
        elif self.answer is not None:
            self.say(self.answer)

    def _respond(self, call: Message, code: int, results: Options) -> None:
        request = DBusAddress(_request(call), interface="org.freedesktop.portal.Request")
        self._connection.send(new_signal(request, "Response", "ua{sv}", (code, results)))


def _sender(call: Message) -> str:
    return str(call.header.fields[HeaderFields.sender])[1:].replace(".", "_")


def _request(call: Message) -> str:
    return f"{PATH}/request/{_sender(call)}/{call.body[-1]['handle_token'][1]}"
