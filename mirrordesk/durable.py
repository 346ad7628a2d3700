"""Files that are either wholly there or not there at all, and locks that end with their holder."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psutil

from mirrordesk.errors import DiskFull, ProfileLocked

_PATIENCE_S = 0.3  # somebody may hold a lock just to see whether it is free


_SCRATCH = ".part"


Stamp = tuple[int, int, int]  # size, time of change and inode of a file


def stamp(path: Path) -> Stamp | None:
    """What tells one state of a file from the next; None while there is none."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return None
    return about.st_size, about.st_mtime_ns, about.st_ino


def write(path: Path, data: bytes, *, sync: bool = True, mode: int = 0o666) -> None:
    """Replace `path` by `data` in one step; with `sync` it is on the disk when this returns.

    `mode` says who may open it, less what the umask forbids. Raises DiskFull where there is no
    space; the former content then still stands.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}{_SCRATCH}")
    try:
        with _naming_a_full_disk(path):
            with open(scratch, "wb", opener=lambda p, flags: os.open(p, flags, mode)) as file:
                file.write(data)
                file.flush()
                if sync:
                    os.fsync(file.fileno())
            _put(scratch, path)
            if sync:
                sync_folder(path.parent)
    finally:
        scratch.unlink(missing_ok=True)  # there only where it did not take its place


def sweep(folder: Path) -> None:
    """Remove what writers that were killed left half written in `folder`."""
    for scratch in folder.glob(f".*{_SCRATCH}"):
        writer = scratch.name.removesuffix(_SCRATCH).rpartition(".")[2].partition("-")[0]
        if not (writer.isdigit() and psutil.pid_exists(int(writer))):
            scratch.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> None:
    """Add one line to `path`; it is on the disk when this returns. Raises DiskFull.

    A line that a crash tore off before its end is closed first, so that it spoils only itself.
    """
    is_new = not path.exists()
    with _naming_a_full_disk(path):
        with path.open("ab+") as file:
            torn = file.tell() > 0 and not _ends_a_line(file)
            file.write(("\n" if torn else "").encode() + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(path.parent)


def _ends_a_line(file: IO[bytes]) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


@contextlib.contextmanager
def _naming_a_full_disk(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"No space is left on the disk of {path.parent}.") from error
        raise


def write_json(path: Path, value: Any, *, sync: bool = True, mode: int = 0o666) -> None:
    """`write` of a JSON value."""
    write(path, json.dumps(value, ensure_ascii=False).encode(), sync=sync, mode=mode)


def read_json(path: Path) -> Any | None:
    """The value that `write_json` left, or None where there is no such file or it is no JSON."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, UnicodeDecodeError):
        return None


@contextlib.contextmanager
def lock(path: Path, *, holder: str, wait: bool = False) -> Iterator[None]:
    """Hold the advisory lock at `path`. The kernel frees it when the process ends, however it ends.

    Raises ProfileLocked with the sentence `holder` where another process has it and not `wait`.
    """
    with path.open("ab") as file:
        deadline = time.monotonic() + _PATIENCE_S
        while not _take(file, wait=wait):
            if time.monotonic() > deadline:
                raise ProfileLocked(holder)
            time.sleep(0.05)
        try:
            yield
        finally:
            _let_go(file)


def is_locked(path: Path) -> bool:
    """Whether another process (or open file) holds the lock at `path`."""
    if not path.exists():
        return False
    with path.open("ab") as file:
        if not _take(file, wait=False):
            return True
        _let_go(file)
    return False


if sys.platform == "win32":
    import msvcrt

    def sync_folder(folder: Path) -> None:
        """Windows writes renames and removals into a journal of its own, and opens no folders."""

    def _put(scratch: Path, path: Path) -> None:
        """Rename. Windows refuses while somebody reads `path`, which does not take long."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                scratch.replace(path)
                return
            except PermissionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _take(file: IO[bytes], *, wait: bool) -> bool:
        """Windows locks bytes from where a file stands; the first one stands for all."""
        while True:
            file.seek(0)
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                if not wait:
                    return False
                time.sleep(0.05)

    def _let_go(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def sync_folder(folder: Path) -> None:
        """Make renames and removals in `folder` survive a power cut."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _put(scratch: Path, path: Path) -> None:
        scratch.replace(path)

    def _take(file: IO[bytes], *, wait: bool) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _let_go(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
