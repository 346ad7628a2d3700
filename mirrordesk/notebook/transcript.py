"""What the views of a widget are told, kept so that a view opened later shows the same.

Everything recorded travels in custom messages and none of it in synced traits: widget state can be
saved into the notebook file, and a notebook file is something people hand on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

Message = dict[str, Any]
Send = Callable[[Message, Sequence[bytes]], None]

_REPLACED_BY = {  # a message of the key's type makes those before it obsolete
    "stage": {"stage"},
    "answer": {"stage", "piece"},
    "failed": {"stage"},
}


class Transcript:
    """The messages of the present question. May be told from several threads."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._told: list[tuple[Message, bytes | None]] = []
        self._lock = threading.Lock()

    def begin(self, message: Message) -> None:
        """Start anew with `message`."""
        with self._lock:
            self._told = [(message, None)]
            self._send(message, [])

    def tell(self, message: Message, buffer: bytes | None = None) -> None:
        """Send `message`, with at most one buffer, to every view."""
        with self._lock:
            self._keep(message, buffer)
            self._send(message, [] if buffer is None else [buffer])

    def _keep(self, message: Message, buffer: bytes | None) -> None:
        obsolete = _REPLACED_BY.get(message["type"], set())
        self._told = [entry for entry in self._told if entry[0]["type"] not in obsolete]
        last = self._told[-1][0] if self._told else {}
        if message["type"] == last.get("type") == "piece":
            message = {**last, "text": last["text"] + message["text"]}
            self._told.pop()
        self._told.append((message, buffer))

    def say(self, message: Message, buffer: bytes | None = None) -> None:
        """Send what concerns one view now and need not be repeated to a later one."""
        with self._lock:
            self._send(message, [] if buffer is None else [buffer])

    def replay(self, view: str) -> None:
        """Tell the view called `view` everything so far, in one message."""
        with self._lock:
            buffers = [buffer for _, buffer in self._told if buffer is not None]
            positions = iter(range(len(buffers)))
            messages = [
                message if buffer is None else {**message, "buffer": next(positions)}
                for message, buffer in self._told
            ]
            self._send({"type": "replay", "view": view, "messages": messages}, buffers)
