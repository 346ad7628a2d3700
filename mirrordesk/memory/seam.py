"""What LanceDB leaves to its caller: errors a person understands, bytes that are on the disk."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from mirrordesk import durable
from mirrordesk.errors import DiskFull, MirrorDeskError, StoreError


class Gone(StoreError):
    """What was to be read was deleted meanwhile: there is a newer version to be asked."""


_RUST_PLACE = re.compile(r",?\s*\S+\.rs:\d+(:\d+)?")


@contextlib.contextmanager
def mapped(folder: Path) -> Iterator[None]:
    """Turn LanceDB's errors (RuntimeError, ValueError and OSError, by the call) into ours."""
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        raise translated(error, folder) from error


def translated(error: Exception, folder: Path) -> MirrorDeskError:
    """One of LanceDB's errors as DiskFull or StoreError."""
    words = str(error)
    if "No space left" in words or "Disk quota" in words:
        return DiskFull(f"No space is left on the disk of {folder}.")
    cause = _RUST_PLACE.sub("", words.strip().split("\n")[0]).rstrip(". ")
    return StoreError(
        f"The memory's tables in {folder} cannot be read or written ({cause}); restore the "
        "profile from a backup, or delete its whole folder to start anew."
    )


def refused(error: Exception, folder: Path) -> MirrorDeskError:
    """As `translated`, but Gone where what was read is not there any more."""
    told = translated(error, folder)
    return Gone(str(told)) if is_missing(error) else told


def is_missing(error: Exception) -> bool:
    """Whether LanceDB looked for a file that is not there."""
    return "not found" in str(error).lower()


@contextlib.contextmanager
def synced(folder: Path) -> Iterator[None]:
    """Put the files that are new in `folder` on the disk; LanceDB leaves that to the kernel.

    Only then may the spool let go of what they hold.
    """
    known = _files(folder)
    yield
    fresh = _files(folder) - known
    for path in fresh:
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            os.fsync(file.fileno())
    parents = {parent for path in fresh for parent in path.parents}
    for parent in parents:
        if parent.is_relative_to(folder):
            with contextlib.suppress(FileNotFoundError):
                durable.sync_folder(parent)


def _files(folder: Path) -> set[Path]:
    return {Path(parent, name) for parent, _, names in os.walk(folder) for name in names}
