"""The child that the worker tests talk to: `python -m tests.worker.serving`."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from typing import Any

from mirrordesk.errors import WeightsMissing
from mirrordesk.worker import Emit, Server


def echo(params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    """What was sent."""
    return params


def count(params: dict[str, Any], emit: Emit, _cancelled: threading.Event) -> Any:
    """Events 0 to n - 1, then n."""
    for number in range(params["n"]):
        emit(number)
    return params["n"]


def wait(_params: dict[str, Any], emit: Emit, cancelled: threading.Event) -> Any:
    """Says that it started, then how it ended."""
    emit("started")
    cancelled.wait()
    return "cancelled"


def deaf(_params: dict[str, Any], emit: Emit, _cancelled: threading.Event) -> Any:
    """Never ends and hears of no cancelling, like a native call that hangs."""
    emit("started")
    while True:
        time.sleep(60)


def lack(params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    """One of our own errors."""
    raise WeightsMissing(params["sentence"])


def chatter(_params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    """Prints to standard output in every way that a library may."""
    print("a Python print")
    sys.stdout.flush()
    os.write(1, b"a write to descriptor 1\n")
    libc = ctypes.CDLL(None)
    libc.puts(b"a C puts")
    libc.fflush(None)
    return "said"


def die(_params: dict[str, Any], emit: Emit, _cancelled: threading.Event) -> Any:
    """Ends the process with half a message on the pipe."""
    emit("started")
    os._exit(3)


HANDLERS = {
    "echo": echo,
    "count": count,
    "wait": wait,
    "deaf": deaf,
    "lack": lack,
    "chatter": chatter,
    "die": die,
    "bug": lambda _p, _e, _c: [][1],
    "unsendable": lambda _p, _e, _c: object(),
    "pid": lambda _p, _e, _c: os.getpid(),
    "session": lambda _p, _e, _c: os.getsid(0),
}

if __name__ == "__main__":
    Server(HANDLERS).run()
