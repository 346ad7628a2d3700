"""A model hub on 127.0.0.1, as far as huggingface_hub asks one for files.

Like the real one it answers HEAD with commit, size and SHA-256, and sends large files from another
host by a redirect (here `localhost` instead of `127.0.0.1`), where ranges are honoured.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Request:
    """What was asked for, from which byte on, and what was told besides."""

    method: str
    path: str
    start: int
    agent: str
    token: str


@dataclass
class Hub:
    """Files by `owner/name/path`; the fields after them make it misbehave."""

    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    sent: dict[str, bytes] = field(
        default_factory=dict, repr=False
    )  # other bytes than those announced
    cut_after: int | None = None  # bytes after which one connection is dropped
    hang_after: int | None = None  # bytes after which a connection stands still
    requests: list[Request] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Hub:
        hub = self

        class Handler(_Handler):
            served = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def starts(self) -> list[int]:
        """The first byte that each download asked for, in order."""
        return [r.start for r in self.requests if r.method == "GET" and r.path.startswith("/cdn/")]


class _Handler(BaseHTTPRequestHandler):
    served: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words: object) -> None:
        """Be quiet."""

    def do_HEAD(self) -> None:
        self._note()
        if self.path.startswith("/cdn/"):
            data = self.served.files[unquote(self.path.removeprefix("/cdn/"))]
            self._head(200, {"Content-Length": str(len(data))})
        else:
            self._resolve()

    def do_GET(self) -> None:
        self._note()
        if self.path.startswith("/cdn/"):
            self._send(unquote(self.path.removeprefix("/cdn/")))
        else:
            self._resolve()

    def _note(self) -> None:
        span = self.headers.get("Range", "bytes=0-")
        start = int(span.removeprefix("bytes=").partition("-")[0])
        agent, token = self.headers["User-Agent"], self.headers.get("Authorization", "")
        self.served.requests.append(Request(self.command, self.path, start, agent, token))

    def _resolve(self) -> None:
        """`/owner/name/resolve/revision/path`: what the hub says of a file, and where it lies."""
        repo, _, rest = self.path.lstrip("/").partition("/resolve/")
        revision, _, path = rest.partition("/")
        data = self.served.files.get(f"{repo}/{unquote(path)}")
        if data is None or revision not in ("main", COMMIT):
            code = "EntryNotFound" if data is None else "RevisionNotFound"
            self._head(404, {"X-Error-Code": code, "Content-Length": "0"})
            return
        self._head(
            302,
            {
                "Location": f"http://localhost:{self.served.port}/cdn/{repo}/{path}",
                "X-Repo-Commit": COMMIT,
                "X-Linked-Size": str(len(data)),
                "X-Linked-Etag": f'"{hashlib.sha256(data).hexdigest()}"',
                "Content-Length": "0",
            },
        )

    def _send(self, name: str) -> None:
        data = self.served.sent.get(name, self.served.files[name])
        start = self.served.requests[-1].start
        body = data[start:]
        about = {"Content-Length": str(len(body)), "Accept-Ranges": "bytes"}
        if start:
            about["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self._head(206 if start else 200, about)
        if self.served.hang_after is not None:
            self._stand_still(body)
        elif self.served.cut_after is not None:
            self._drop(body)
        else:
            self.wfile.write(body)

    def _drop(self, body: bytes) -> None:
        """Send a part and close, once; the next connection is served."""
        limit, self.served.cut_after = self.served.cut_after, None
        self.wfile.write(body[:limit])
        self.close_connection = True

    def _stand_still(self, body: bytes) -> None:
        self.wfile.write(body[: self.served.hang_after])
        self.wfile.flush()
        self.served.hanging.set()
        self.served.released.wait()
        self.close_connection = True

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
