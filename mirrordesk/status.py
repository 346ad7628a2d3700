"""Heartbeats: what each process says of itself, measured by what it stored, not by being alive."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from mirrordesk import clock, durable
from mirrordesk.records import GapReason
from mirrordesk.wire import from_json, to_json

STALE_NS = 15 * clock.SECOND  # a healthy process writes about once a second


@dataclass(frozen=True, slots=True)
class RecorderStatus:
    """The recorder's heartbeat.

    `changes_ns` is when a change worth storing was last seen, `acknowledged_ns` when one was last
    durable: the first running ahead of the second means that recording fails. `sources` tells each
    source's state in words ("screen": "recording", "microphone": "no sound server").
    """

    pid: int
    state: str  # recording, paused, idle, locked, excluded, stopped …
    updated_ns: int
    started_ns: int
    acknowledged: int = 0
    acknowledged_ns: int | None = None
    changes_ns: int | None = None
    sources: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PerceptionStatus:
    """The perception worker's heartbeat. `channels` tells each encoder's state in words.

    `reencoding` counts, by channel, what a model that takes over has still to do of what is stored:
    pictures and texts to encode, speech to write down again. `resting`: what waits does so because
    the share of the processor is used up that reading may take.
    """

    pid: int
    updated_ns: int
    started_ns: int
    waiting: int = 0  # spool entries not yet stored
    waiting_min: int = 0  # minutes of the day from which they are
    resting: bool = False
    held: int = 0  # of these, frames that cannot be read now and are not kept unread
    pending: dict[str, int] = field(default_factory=dict)  # moments per channel that wait
    stored: int = 0
    stored_ns: int | None = None
    quarantined: int = 0
    channels: dict[str, str] = field(default_factory=dict)
    reencoding: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Storage:
    """The room a profile may take, in bytes, and for how many days that lasts at the rate of late.

    `days` is None where that is not known. Of frames from before `small_before_ns` thumbnails are
    left, of those from before `none_before_ns` no picture; 0: that happened to none.
    """

    budget: int
    days: float | None = None
    small_before_ns: int = 0
    none_before_ns: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """The state of a profile as `mirrordesk status`, the tray and the window tell it."""

    profile: str
    recorder: RecorderStatus | None
    recorder_running: bool
    trouble: str | None  # why a recorder that ought to record does not
    paused: bool
    perception: PerceptionStatus | None
    perception_running: bool
    moments: int
    first_ns: int | None
    last_ns: int | None
    bytes: int  # of the whole profile on disk, at most a minute old
    storage: Storage | None = None


Status = TypeVar("Status", RecorderStatus, PerceptionStatus)


def beat(path: Path, status: RecorderStatus | PerceptionStatus) -> None:
    """Write a heartbeat. Not synced: it is worth nothing after a power cut."""
    durable.write_json(path, to_json(status), sync=False)


def recorder(path: Path) -> RecorderStatus | None:
    """The recorder's last heartbeat, or None."""
    return _last_beat(RecorderStatus, path)


def perception(path: Path) -> PerceptionStatus | None:
    """The perception worker's last heartbeat, or None."""
    return _last_beat(PerceptionStatus, path)


def _last_beat(kind: type[Status], path: Path) -> Status | None:
    value = durable.read_json(path)
    try:
        return from_json(kind, value) if isinstance(value, dict) else None
    except TypeError:  # written by another version: fields that this one needs are absent
        return None


def trouble(status: RecorderStatus | None, now_ns: int) -> str | None:
    """Why a recorder that ought to run is not recording, in words; None if all is well."""
    if status is not None and status.state == GapReason.DISK_FULL:
        return "the disk is full"
    return stuck(status, now_ns)


def stuck(status: RecorderStatus | None, now_ns: int) -> str | None:
    """Why a running recorder is of no use and only a fresh one may help; None if it is of use."""
    if status is None:
        return "the recorder has not reported yet"
    if now_ns - status.updated_ns > STALE_NS:
        return "the recorder has stopped reporting"
    if status.state == GapReason.DISK_FULL:
        return None  # it waits for space and goes on by itself
    seen, kept = status.changes_ns, status.acknowledged_ns
    if seen is not None and seen - (kept or status.started_ns) > STALE_NS:
        return "the recorder sees changes but stores nothing"
    return None
