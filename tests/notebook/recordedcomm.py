"""The wire between kernel and page, with a recorder in the page's place."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from comm.base_comm import BaseComm

from mirrordesk.notebook.transcript import Message

PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of the widget protocol, as the kernel sent it."""

    kind: str  # comm_open, comm_msg or comm_close
    data: dict[str, Any]
    buffers: Sequence[bytes]


class RecordedComm(BaseComm):
    """A comm that keeps what is sent and can play the page's part."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self.sent: list[Sent] = []
        self._news = threading.Condition()
        super().__init__(*arguments, **keywords)

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,
        **keys: Any,
    ) -> None:
        with self._news:
            self.sent.append(Sent(msg_type, data or {}, list(buffers or ())))
            self._news.notify_all()

    def page_sends(self, **content: Any) -> None:
        """The page sends a custom message."""
        data = {"method": "custom", "content": content}
        self.handle_msg({"content": {"data": data}, "buffers": []})

    def told(self, kind: str | None = None) -> list[tuple[Message, Sequence[bytes]]]:
        """The custom messages so far, all or those of a type, with their buffers."""
        custom = [s for s in self.sent if s.data.get("method") == "custom"]
        messages = [(s.data["content"], s.buffers) for s in custom]
        return [m for m in messages if kind is None or m[0]["type"] == kind]

    def wait_for(self, kind: str, count: int = 1) -> list[Message]:
        """The messages of a type, once there are `count`."""
        self._wait(lambda: len(self.told(kind)) >= count, f"{count} x {kind}")
        return [message for message, _ in self.told(kind)]

    def _wait(self, there: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        with self._news:
            while not there():
                left = deadline - time.monotonic()
                assert self._news.wait(left) or there(), f"no {what} in {self.told()}"
