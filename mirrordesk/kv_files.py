"""KV states on the disk: what a language model computed of evidence that it has read, sealed.

Each state is a file of its own under the profile's `kv/`, which holds beside the state of which
moments it was computed. So whoever carries out a forgetting finds the states that must go, and a
process that still wants to keep one learns that it may not. Losing a file costs time alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mirrordesk import control, durable
from mirrordesk.errors import DiskFull
from mirrordesk.paths import Profile
from mirrordesk.seal import files, keys
from mirrordesk.seal.broken import Broken
from mirrordesk.wire import from_json, to_json

_SUFFIX = ".kv"
_LENGTH = struct.Struct("<I")  # bytes of the JSON that stands before a state
_HOLDER = "Another process changes what the language model keeps."


@dataclass(frozen=True, slots=True)
class Source:
    """A moment whose text a state was computed of."""

    id: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a state: its key, and that of the state before it.

    `cost_s` is how long computing it took. `sources` are all moments that it tells of, also those
    that only stood before it, as it has attended to them.
    """

    key: str
    parent: str
    cost_s: float
    sources: tuple[Source, ...]


def is_forgotten(profile: Profile, sources: Sequence[Source]) -> bool:
    """Whether the person has had any of these moments forgotten."""
    single, spans = control.forgotten_moments(profile), control.forgotten_spans(profile)
    return any(
        source.id in single or any(span.overlaps(source.start_ns, source.end_ns) for span in spans)
        for source in sources
    )


class KvFiles:
    """The states of a profile. Any process may read, write and forget; KeyTrouble where no key is.

    A file that is torn, or sealed by a key that is no longer the newest, is deleted when it is met.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def listed(self) -> list[tuple[About, int]]:
        """Every state there is, with the bytes of its file; what is left over or torn goes."""
        if not self._profile.kv.is_dir():
            return []
        durable.sweep(self._profile.kv)
        newest = keys.of(self._profile).newest.id
        return [
            (about, path.stat().st_size)
            for path in sorted(self._profile.kv.glob(f"[!.]*{_SUFFIX}"))
            if (about := self._about(path, newest))
        ]

    def read(self, key: str) -> memoryview | None:
        """A state, or None where there is none that can be read.

        What it was computed of is told by `listed`, once for all: a sealed file opens under its own
        name alone, so it is what it was when it was listed or written.
        """
        path = self._path(key)
        try:
            return _state(path)
        except FileNotFoundError:
            return None
        except (Broken, ValueError, struct.error):
            path.unlink(missing_ok=True)
            return None

    def write(self, about: About, state: bytes | memoryview) -> int:
        """Keep a state, unless it tells of something forgotten or the disk is full.

        Gives the bytes of its file, 0 where it was not kept.
        """
        head = json.dumps(to_json(about)).encode()
        path = self._path(about.key)
        with (
            self._lock()
        ):  # a forgetting comes before this, and is seen here, or after, and sees it
            if is_forgotten(self._profile, about.sources):
                return 0
            self._profile.kv.mkdir(mode=0o700, exist_ok=True)
            try:
                files.write(path, _LENGTH.pack(len(head)) + head + state)
            except DiskFull:
                return 0
        return path.stat().st_size

    def remove(self, key: str) -> None:
        """Delete a state, if it is there."""
        self._path(key).unlink(missing_ok=True)

    def keep_to(self, budget: int) -> None:
        """Delete the states written longest ago, whoever wrote them, until `budget` bytes are left.

        Each process counts what it knows of; together they may have written more.
        """
        with self._lock():
            taken = 0
            for _written_ns, size, path in sorted(self._sizes(), reverse=True):
                taken += size
                if taken > budget:
                    path.unlink(missing_ok=True)

    def _sizes(self) -> Iterator[tuple[int, int, Path]]:
        """When each state was written, its bytes and its file."""
        for path in self._profile.kv.glob(f"[!.]*{_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                about = path.stat()
                yield about.st_mtime_ns, about.st_size, path

    def forget(self) -> int:
        """Delete every state that tells of something forgotten; how many those were."""
        with self._lock():
            gone = [
                about.key
                for about, _bytes in self.listed()
                if is_forgotten(self._profile, about.sources)
            ]
            for key in gone:
                self.remove(key)
        return len(gone)

    def _about(self, path: Path, newest: bytes) -> About | None:
        with contextlib.suppress(FileNotFoundError):
            try:
                if files.key_of(path) == newest:
                    with files.opened(path) as file:
                        length = _LENGTH.unpack(file.read(_LENGTH.size))[0]
                        return from_json(About, json.loads(file.read(length)))
            except (Broken, ValueError, struct.error):
                pass  # deleted below, as what an old key sealed
            path.unlink(missing_ok=True)
        return None

    def _path(self, key: str) -> Path:
        return self._profile.kv / f"{key}{_SUFFIX}"

    def _lock(self) -> contextlib.AbstractContextManager[None]:
        return durable.lock(self._profile.kv_lock, holder=_HOLDER, wait=True)


def _state(path: Path) -> memoryview:
    """What stands behind the header. Raises ValueError where the bytes are cut off within it."""
    with files.opened(path) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        data = file.read(size)  # told its size, it reads whole chunks
    start = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    if start > len(data):
        raise ValueError("a state without a header")
    return memoryview(data)[start:]
