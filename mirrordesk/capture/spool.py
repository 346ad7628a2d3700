"""The spool: one durable file for each acknowledged capture, until memory holds it.

An entry is written beside its place, synced, renamed and the folder synced; only then is it
acknowledged. One file an entry rather than one long journal: an entry can be forgotten, quarantined
or taken newest first without rewriting its neighbours, and no cursor can point to a wrong place.

A file is sealed (`seal/files.py`). What it holds, little endian:

    4 bytes  magic "MDS1"
    4 bytes  u32 length of the header
    4 bytes  u32 length of the payload
    4 bytes  u32 CRC-32 of header and payload together
    header   JSON of the SpoolEntry without its payload
    payload  PNG or WAV
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mirrordesk import durable
from mirrordesk.control import Span
from mirrordesk.errors import SpoolCorrupt
from mirrordesk.paths import Profile
from mirrordesk.records import Gap, SpoolEntry, Watch
from mirrordesk.seal import files, keys
from mirrordesk.seal.broken import Broken
from mirrordesk.wire import from_json, to_json

_HEAD = struct.Struct("<4sIII")
_MAGIC = b"MDS1"
_SUFFIX = {SpoolEntry: ".entry", Gap: ".gap", Watch: ".watch"}
_SUFFIXES = tuple(_SUFFIX.values())

Spooled = SpoolEntry | Gap | Watch


@dataclass(frozen=True, slots=True)
class Handle:
    """A file of the spool: where it lies and the span its name tells."""

    folder: Path
    name: str
    start_ns: int
    end_ns: int

    @property
    def path(self) -> Path:
        return self.folder / self.name

    @property
    def id(self) -> str:
        """The id of the capture it holds."""
        return self.path.stem.rpartition("_")[2]

    @property
    def is_capture(self) -> bool:
        """Whether it holds pixels or sound, and not a line of the ledger."""
        return self.name.endswith(_SUFFIX[SpoolEntry])


def _handles(folder: Path) -> Iterator[Handle]:
    """The entries in a folder, oldest first."""
    for name in sorted(os.listdir(folder)):  # noqa: PTH208  a day's backlog: ten times faster so
        if name.endswith(_SUFFIXES) and not name.startswith("."):
            start, _, rest = name.partition("_")
            end = rest.partition("_")[0]
            is_named = start.isdigit() and end.isdigit()
            # else `read` finds it corrupt, and it is quarantined
            span = (int(start), int(end)) if is_named else (0, 0)
            yield Handle(folder, name, *span)


class Spool:
    """The spool of a profile. Any number of processes may write; one consumer removes.

    Raises KeyTrouble where the profile's key is not at hand.
    """

    def __init__(self, profile: Profile) -> None:
        keys.of(profile).ring()  # nobody is to find out at the first capture that there is no key
        self._folder = profile.spool
        self._quarantine = profile.quarantine

    def put(self, item: Spooled) -> None:
        """Store `item` durably; when this returns it is acknowledged. Raises DiskFull."""
        payload = item.payload if isinstance(item, SpoolEntry) else b""
        bare = dataclasses.replace(item, payload=b"") if isinstance(item, SpoolEntry) else item
        # `payload` is bytes and travels outside the JSON header
        fields = {
            f.name: to_json(getattr(bare, f.name))
            for f in dataclasses.fields(bare)
            if f.name != "payload"
        }
        header = json.dumps(fields, ensure_ascii=False).encode()
        crc = zlib.crc32(payload, zlib.crc32(header))
        data = _HEAD.pack(_MAGIC, len(header), len(payload), crc) + header + payload
        files.write(self._folder / self._name(item), data)

    @staticmethod
    def _name(item: Spooled) -> str:
        tail = item.id if isinstance(item, SpoolEntry) else "-"
        return f"{item.start_ns:020d}_{item.end_ns:020d}_{tail}{_SUFFIX[type(item)]}"

    def waiting(self) -> list[Handle]:
        """Every acknowledged entry that memory does not hold yet, oldest first."""
        return list(_handles(self._folder))

    def read(self, handle: Handle) -> Spooled:
        """The entry as it was put. Raises SpoolCorrupt where it is not that any more."""
        try:
            data = files.read(handle.path)
        except Broken as error:
            raise SpoolCorrupt(f"The spool entry {handle.name} is not what was sealed.") from error
        if len(data) < _HEAD.size:
            raise SpoolCorrupt(f"The spool entry {handle.name} is cut off.")
        magic, header_size, payload_size, crc = _HEAD.unpack_from(data)
        header = data[_HEAD.size : _HEAD.size + header_size]
        payload = data[_HEAD.size + header_size :]
        if magic != _MAGIC or len(payload) != payload_size:
            raise SpoolCorrupt(f"The spool entry {handle.name} is cut off or not an entry.")
        if zlib.crc32(payload, zlib.crc32(header)) != crc:
            raise SpoolCorrupt(f"The spool entry {handle.name} fails its checksum.")
        kind = next(k for k, suffix in _SUFFIX.items() if handle.name.endswith(suffix))
        try:
            item: Spooled = from_json(kind, json.loads(header))
        except (ValueError, KeyError, TypeError) as error:
            raise SpoolCorrupt(f"The spool entry {handle.name} has a bad header.") from error
        return dataclasses.replace(item, payload=payload) if isinstance(item, SpoolEntry) else item

    def ledger(self) -> list[Watch | Gap]:
        """The records of the ledger that memory does not hold yet; damaged ones are left out."""
        found: list[Watch | Gap] = []
        for handle in self.waiting():
            with contextlib.suppress(FileNotFoundError, SpoolCorrupt):
                if not handle.is_capture and not isinstance(item := self.read(handle), SpoolEntry):
                    found.append(item)
        return found

    def done(self, handle: Handle) -> None:
        """Remove an entry that memory now holds."""
        handle.path.unlink(missing_ok=True)

    def quarantine(self, handle: Handle) -> Path:
        """Put a corrupt entry aside, unharmed, for a person to look at."""
        place = self._quarantine / handle.name
        handle.path.replace(place)
        return place

    def quarantined(self) -> list[Path]:
        """The corrupt entries put aside."""
        return sorted(path for path in self._quarantine.iterdir() if path.is_file())

    def forget(self, span: Span) -> int:
        """Remove what was captured in `span`, quarantined entries too; returns how many went.

        Entries that a killed recorder left half written go as well, whatever their time.
        """
        durable.sweep(self._folder)
        return sum(1 for path in list(self._captures_in(span)) if self._removed(path))

    def _captures_in(self, span: Span) -> Iterator[Path]:
        for handle in [*self.waiting(), *_handles(self._quarantine)]:
            unknown = handle.end_ns == 0  # no span in the name: it may be of any time
            if handle.is_capture and (unknown or span.overlaps(handle.start_ns, handle.end_ns)):
                yield handle.path

    @staticmethod
    def _removed(path: Path) -> bool:
        try:
            path.unlink()
        except FileNotFoundError:  # the consumer was quicker
            return False
        return True
