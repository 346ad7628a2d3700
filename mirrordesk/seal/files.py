"""A profile's files by their paths: sealed when they are written, clear when they are read.

A file from before profiles were sealed is read as it is, until it is written anew (`resealing.py`).
A sealed file is bound to its name: under another one it does not open.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from mirrordesk import durable
from mirrordesk.paths import Profile
from mirrordesk.seal import container, keys


def write(path: Path, data: bytes) -> None:
    """Replace `path` by `data`, sealed. Raises DiskFull, KeyTrouble."""
    seal = keys.of(Profile.around(path)).newest
    durable.write(path, container.pack(seal, data, path.name))


def read(path: Path) -> bytes:
    """All of what was written. Raises Broken where it is damaged, KeyTrouble, FileNotFoundError."""
    with opened(path) as file:
        return file.read()


def opened(path: Path) -> BinaryIO:
    """What was written, to be read from anywhere. Raises as `read` does, also when it is read."""
    with contextlib.ExitStack() as cleanup:
        file = cleanup.enter_context(path.open("rb"))
        head = file.read(container.HEAD_BYTES)
        file.seek(0)
        if container.key_of(head) is not None:
            ring = keys.of(Profile.around(path))
            reader = container.Reader(file, path.name, ring.find)
            cleanup.pop_all()  # the reader closes the file
            return io.BufferedReader(reader, container.CHUNK)
        cleanup.pop_all()
        return file


def key_of(path: Path) -> bytes | None:
    """The id of the key that a file is sealed with; None: it is not sealed."""
    with path.open("rb") as file:
        return container.key_of(file.read(container.HEAD_BYTES))


def lent(path: Path) -> Path:
    """A clear copy for a program that is not ours, until this process ends.

    Raises Broken, KeyTrouble, FileNotFoundError.
    """
    copy = _lending() / path.name
    copy.write_bytes(read(path))
    return copy


@functools.cache
def _lending() -> Path:
    """A folder open to its owner alone, in memory where the system has such a place."""
    folder = Path(tempfile.mkdtemp(prefix="mirrordesk-", dir=os.environ.get("XDG_RUNTIME_DIR")))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
