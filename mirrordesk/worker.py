"""A child process that answers calls over its own pipes: one JSON object a line, no port.

    parent -> child   {"id": 7, "method": "ask", "params": {...}}      {"cancel": 7}
    child -> parent   {"id": 7, "event": ...} and at the end
                      {"id": 7, "result": ...} or {"id": 7, "error": {"type", "message"}}

The child ends when its standard input does, so no orphan outlives a parent that was killed.
"""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from mirrordesk import errors
from mirrordesk.errors import MirrorDeskError, WorkerError

Emit = Callable[[Any], None]
Handler = Callable[[dict[str, Any], Emit, threading.Event], Any]


def _error_kinds() -> dict[str, type[MirrorDeskError]]:
    kinds = {k.__name__: k for k in vars(errors).values() if isinstance(k, type)}
    return {name: kind for name, kind in kinds.items() if issubclass(kind, MirrorDeskError)}


class Server:
    """Serves `handlers` on standard input and output until input ends.

    A handler gets the parameters, a function that sends an event, and an Event that is set when
    the caller cancels. It returns a JSON value. Up to `threads` calls run at a time.
    """

    def __init__(self, handlers: Mapping[str, Handler], threads: int = 4) -> None:
        self._handlers = handlers
        self._threads = threads
        self._write_lock = threading.Lock()
        self._cancels: dict[int, threading.Event] = {}
        # Native libraries print to descriptor 1; what they print must not end up in the protocol.
        self._out: IO[str] = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def run(self) -> None:
        """Serve until the parent closes the pipe."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="call") as pool:
            for line in sys.stdin:
                message = json.loads(line)
                if "cancel" in message:
                    if event := self._cancels.get(message["cancel"]):
                        event.set()
                    continue
                cancelled = self._cancels[message["id"]] = threading.Event()
                pool.submit(self._answer, message, cancelled)
            for event in list(self._cancels.values()):
                event.set()

    def _answer(self, message: dict[str, Any], cancelled: threading.Event) -> None:
        call = message["id"]
        try:
            handler = self._handlers[message["method"]]
            result = handler(message["params"], lambda e: self._send(id=call, event=e), cancelled)
            self._send(id=call, result=result)
        except MirrorDeskError as error:
            self._send(id=call, error={"type": type(error).__name__, "message": str(error)})
        except Exception as error:  # noqa: BLE001  the outermost shell: a bug must answer the call too
            sys.excepthook(type(error), error, error.__traceback__)
            text = f"{type(error).__name__}: {error}"
            self._send(id=call, error={"type": "WorkerError", "message": text})
        finally:
            self._cancels.pop(call, None)

    def _send(self, **message: Any) -> None:
        line = json.dumps(message, ensure_ascii=False)
        try:
            with self._write_lock:
                self._out.write(line + "\n")
                self._out.flush()
        except BrokenPipeError:  # the parent is gone; standard input ends next
            return


def parent_gone() -> threading.Event:
    """An Event that is set when standard input ends, that is when the parent closed it or died."""
    gone = threading.Event()

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        gone.set()

    threading.Thread(target=wait, name="parent", daemon=True).start()
    return gone


class Call:
    """A call under way: its events as they come, and its result."""

    def __init__(self, worker: Worker, number: int) -> None:
        self._worker = worker
        self._number = number
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._end = object()
        self.future: Future[Any] = Future()

    def events(self) -> Iterator[Any]:
        """Every event until the call ends; raises what the call failed with."""
        while (event := self._events.get()) is not self._end:
            yield event
        self.future.result()

    def result(self, timeout: float | None = None) -> Any:
        """The result, waiting for it. Raises the error the child answered with."""
        return self.future.result(timeout)

    def cancel(self) -> None:
        """Ask the child to stop working on this call. It still ends with a result or an error."""
        self._worker.send({"cancel": self._number})

    def _finish(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._events.put(message["event"])
            return
        if "error" in message:
            kind = _error_kinds().get(message["error"]["type"], WorkerError)
            self.future.set_exception(kind(message["error"]["message"]))
        else:
            self.future.set_result(message["result"])
        self._events.put(self._end)


class Worker:
    """The parent's side: starts the child at the first call and again after it has died."""

    def __init__(self, arguments: Sequence[str], *, name: str, log: Path | None = None) -> None:
        self._arguments = list(arguments)
        self.name = name
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._calls: dict[int, Call] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def call(self, method: str, **params: Any) -> Call:
        """Start a call. A child that cannot be reached makes the call fail with WorkerError."""
        with self._lock:
            self._ensure_started()
            number = next(self._numbers)
            call = self._calls[number] = Call(self, number)
        self.send({"id": number, "method": method, "params": params})
        return call

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; if the child is gone, the reader fails its calls."""
        with self._lock:
            process = self._process
            if process is None or process.stdin is None:
                return
            try:
                process.stdin.write(json.dumps(message, ensure_ascii=False) + "\n")
                process.stdin.flush()
            except (BrokenPipeError, ValueError):
                return

    def close(self, timeout: float = 10.0) -> None:
        """End the child: close its input, wait, then kill."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader:
            self._reader.join(timeout)

    def _ensure_started(self) -> None:
        if self._process and self._process.poll() is None:
            return
        if self._reader:
            self._reader.join()
        stderr = self._log.open("ab") if self._log else None
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                encoding="utf-8",
            )
        finally:
            if stderr:
                stderr.close()
        self._reader = threading.Thread(
            target=self._read, args=(self._process,), name=f"{self.name}-reader", daemon=True
        )
        self._reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self._deliver(json.loads(line))
        status = process.wait()
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        where = f"; see {self._log}" if self._log else ""
        with self._lock:
            orphans = [self._calls.pop(number) for number in list(self._calls)]
        error = {"type": "WorkerError", "message": f"The {self.name} process {how}{where}."}
        for call in orphans:
            call._finish({"error": error})

    def _deliver(self, message: dict[str, Any]) -> None:
        call = self._calls.get(message["id"])
        if call is None:
            return
        if "event" not in message:
            del self._calls[message["id"]]
        call._finish(message)
