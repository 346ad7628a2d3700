"""A child process that answers calls over its own pipes: one JSON object a line, no port.

    parent -> child   {"id": 7, "method": "ask", "params": {...}}      {"cancel": 7}
    child -> parent   {"id": 7, "event": ...} and at the end
                      {"id": 7, "result": ...} or {"id": 7, "error": {"type", "message"}}

The lines are pure ASCII, whatever the locale. The child ends when its standard input does, so no
orphan outlives a parent that was killed.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from mirrordesk import errors
from mirrordesk.errors import ChildDied, MirrorDeskError, WorkerError

LOOK_EVERY_S = 0.05  # at whether a call is to be cancelled, while it tells nothing
_NO_CRASH = frozenset({0, -15, -9})  # its input was closed, or a signal told it to end
LAST_WORDS_S = 5.0  # what calls under way may still take when the parent is gone

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
        self._out: IO[str] = os.fdopen(os.dup(1), "w", encoding="ascii")
        os.dup2(2, 1)

    def run(self) -> None:
        """Serve until the parent closes the pipe. A call that then will not end is cut off."""
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="call")
        for line in sys.stdin:
            message = json.loads(line)
            if "cancel" in message:
                if event := self._cancels.get(message["cancel"]):
                    event.set()
                continue
            cancelled = self._cancels[message["id"]] = threading.Event()
            pool.submit(self._answer, message, cancelled)
        pool.shutdown(wait=False, cancel_futures=True)
        self._end_calls()

    def _end_calls(self) -> None:
        deadline = time.monotonic() + LAST_WORDS_S
        while running := [thread for thread in threading.enumerate() if _is_call(thread)]:
            for event in list(self._cancels.values()):
                event.set()
            if time.monotonic() > deadline:
                os._exit(1)  # a native call that hears of no cancelling; nobody waits for it
            running[0].join(0.1)

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
        line = json.dumps(message)
        try:
            with self._write_lock:
                self._out.write(line + "\n")
                self._out.flush()
        except BrokenPipeError:  # the parent is gone; standard input ends next
            return


def _is_call(thread: threading.Thread) -> bool:
    return thread.name.startswith("call_")


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

    def __init__(self, child: _Child, number: int) -> None:
        self._child = child
        self._number = number
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._end = object()
        self._cancelled = False
        self.future: Future[Any] = Future()

    def events(self, cancelled: threading.Event | None = None) -> Iterator[Any]:
        """Every event until the call ends; raises what the call failed with.

        Cancels the call when `cancelled` is set, also while there is no event.
        """
        while (event := self._next(cancelled)) is not self._end:
            yield event
        self.future.result()

    def _next(self, cancelled: threading.Event | None) -> Any:
        while cancelled and not cancelled.is_set():
            with contextlib.suppress(queue.Empty):
                return self._events.get(timeout=LOOK_EVERY_S)
        if cancelled and not self._cancelled:
            self._cancelled = True
            self.cancel()
        return self._events.get()

    def result(self, timeout: float | None = None) -> Any:
        """The result, waiting for it. Raises the error the child answered with."""
        return self.future.result(timeout)

    def cancel(self) -> None:
        """Ask the child to stop working on this call. It still ends with a result or an error."""
        self._child.send({"cancel": self._number})

    def _finish(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._events.put(message["event"])
            return
        if "error" in message:
            kind = _error_kinds().get(message["error"]["type"], WorkerError)
            self._fail(kind(message["error"]["message"]))
            return
        self.future.set_result(message["result"])
        self._events.put(self._end)

    def _fail(self, error: MirrorDeskError) -> None:
        self.future.set_exception(error)
        self._events.put(self._end)


class _Child:
    """One life of the process: its pipes, its calls, and the thread that reads its answers."""

    def __init__(self, arguments: Sequence[str], name: str, log: Path | None) -> None:
        self._name = name
        self._log = log
        self._calls: dict[int, Call] = {}
        self._lock = threading.Lock()  # of `_calls` and `_over`
        self._writing = threading.Lock()
        self._over = False
        self.process = self._launch(arguments)
        self._reader = threading.Thread(target=self._read, name=f"{name}-reader", daemon=True)
        self._reader.start()

    def _launch(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        try:
            stderr = self._log.open("ab") if self._log else None
            try:
                return subprocess.Popen(
                    [sys.executable, "-m", *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    encoding="ascii",
                    start_new_session=True,  # Ctrl-C is the parent's to handle
                )
            finally:
                if stderr:
                    stderr.close()
        except OSError as error:
            raise WorkerError(f"The {self._name} process cannot be started: {error}.") from error

    def call(self, number: int, method: str, params: dict[str, Any]) -> Call | None:
        """Start a call; None where this child has ended."""
        with self._lock:
            if self._over or self.process.poll() is not None:
                return None
            call = self._calls[number] = Call(self, number)
        self.send({"id": number, "method": method, "params": params})
        return call

    def send(self, message: dict[str, Any]) -> None:
        """Write one message; if the child is gone, its reader fails its calls."""
        line = json.dumps(message) + "\n"
        assert self.process.stdin is not None
        try:
            with self._writing:
                self.process.stdin.write(line)
                self.process.stdin.flush()
        except (BrokenPipeError, ValueError):  # ValueError: `close` was quicker
            return

    def close(self, timeout: float) -> None:
        """Close its input, wait, then kill."""
        if self._writing.acquire(timeout=timeout):
            try:
                self._close_input()
            finally:
                self._writing.release()
        else:  # it does not even read what is sent to it
            self.process.kill()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self._reader is not threading.current_thread():
            self._reader.join(timeout)

    def _close_input(self) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except BrokenPipeError:  # it ended before it had read everything
            return

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                if line.endswith("\n"):  # what a kill cut off is no message
                    self._deliver(json.loads(line))
        status = self.process.wait()
        with self._writing:
            self._close_input()
        with self._lock:
            self._over = True
            orphans = list(self._calls.values())
            self._calls.clear()
        for call in orphans:
            call._fail(ChildDied(self._how_it_ended(status), crashed=status not in _NO_CRASH))

    def _how_it_ended(self, status: int) -> str:
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        where = f"; see {self._log}" if self._log else ""
        return f"The {self._name} process {how}{where}."

    def _deliver(self, message: dict[str, Any]) -> None:
        is_last = "event" not in message
        with self._lock:
            call = self._calls.get(message["id"])
            if is_last:
                self._calls.pop(message["id"], None)
        if call:
            call._finish(message)


class Worker:
    """The parent's side: starts the child at the first call and again after it has died."""

    def __init__(self, arguments: Sequence[str], *, name: str, log: Path | None = None) -> None:
        self._arguments = list(arguments)
        self.name = name
        self._log = log
        self._child: _Child | None = None
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()  # of `_child`

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        child = self._child
        return child.process.pid if child and child.process.poll() is None else None

    def call(self, method: str, **params: Any) -> Call:
        """Start a call. If the child dies over it, it fails with WorkerError.

        Raises WorkerError where no child can be started.
        """
        while True:
            with self._lock:
                if self._child is None or self.pid is None:
                    self._child = _Child(self._arguments, self.name, self._log)
                child = self._child
            if call := child.call(next(self._numbers), method, params):
                return call

    def close(self, timeout: float = 10.0) -> None:
        """End the child: close its input, wait, then kill. A later call starts a new one."""
        with self._lock:
            child, self._child = self._child, None
        if child:
            child.close(timeout)
