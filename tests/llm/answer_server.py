"""A real HTTP server on this machine that speaks as OpenAI-compatible servers do, or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "big-reader"


class AnswerServer(ThreadingHTTPServer):
    """What it says is `pieces`; `manner` is how. All requests are kept in `asked`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pieces: list[str] = ["NO MEMORY"]
        self.manner = "stream"
        self.owner = "llamacpp"
        self.context: int | None = None  # tokens, where it tells
        self.key = ""
        self.elsewhere = "http://127.0.0.1:9/v1/chat/completions"
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.keys: list[str] = []
        self.cut_off = threading.Event()  # set when a client went away in the middle

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: AnswerServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own name
        """Say nothing."""

    def do_GET(self) -> None:
        self._note()
        if self._allowed():
            model: dict[str, Any] = {"id": MODEL, "owned_by": self.server.owner}
            if self.server.context:
                model["max_model_len"] = self.server.context
            self._send(200, json.dumps({"object": "list", "data": [model]}).encode())

    def do_POST(self) -> None:
        self._note()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))
        if self._allowed():
            getattr(self, f"_{self.server.manner}")()

    def _note(self) -> None:
        self.server.paths.append(self.path)
        self.server.keys.append(self.headers.get("Authorization", ""))

    def _allowed(self) -> bool:
        right = not self.server.key or self.server.keys[-1] == f"Bearer {self.server.key}"
        if not right:
            self._send(401, b'{"error": "wrong key"}')
        return right

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()

    def _tell(self, delta: dict[str, Any], ended: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": ended}
        self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())
        self.wfile.flush()

    def _pieces(self) -> None:
        self._begin()
        self._tell({"role": "assistant", "content": None})
        for piece in self.server.pieces:
            self._tell({"content": piece})

    def _stream(self) -> None:
        self._pieces()
        self._tell({}, "stop")
        self.wfile.write(b": a comment\n\ndata: [DONE]\n\n")

    def _cut(self) -> None:
        self._pieces()

    def _stall(self) -> None:
        """Say something, then nothing, until nobody listens any more."""
        self._pieces()
        try:
            while True:
                time.sleep(0.02)
                self.wfile.write(b": still thinking\n\n")
                self.wfile.flush()
        except OSError:
            self.server.cut_off.set()

    def _silent(self) -> None:
        """Never begin to answer."""
        self.rfile.read(1)
        self.server.cut_off.set()

    def _redirect(self) -> None:
        self.send_response(307)
        self.send_header("Location", self.server.elsewhere)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _garbage(self) -> None:
        self._send(200, b"<html>Sign in to the hotel's network</html>")

    def _torn(self) -> None:
        self._begin()
        self.wfile.write(b'data: {"choices": [{"delta": {"content": 5')

    def _endless(self) -> None:
        self._begin()
        try:
            while True:
                self._tell({"content": "word " * 1000})
        except OSError:
            self.server.cut_off.set()

    def _refuse(self) -> None:
        self._send(400, b'{"error": "the prompt is too long\x1b[2J"}')


@contextmanager
def serving() -> Iterator[AnswerServer]:
    """The server, until the block ends."""
    server = AnswerServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="answer-server")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
