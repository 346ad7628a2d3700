"""What a person decides about recording, kept in small files so that it outlives every process.

The pause mark is read by the recorder at each step: a recorder that was killed while paused comes
back paused. The list of what was forgotten is read by whoever is about to store something: what was
captured before it was forgotten, but is only stored now, is dropped.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirrordesk import clock, durable
from mirrordesk.paths import Profile


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause, and when it ends by itself (None: when the person says so)."""

    since_ns: int
    until_ns: int | None = None


def pause(profile: Profile, until_ns: int | None = None) -> Pause:
    """Stop recording, from now until `until_ns` or `resume`."""
    mark = Pause(clock.now_ns(), until_ns)
    durable.write_json(profile.pause_mark, {"since_ns": mark.since_ns, "until_ns": until_ns})
    return mark


def resume(profile: Profile) -> None:
    """End the pause, if there is one."""
    profile.pause_mark.unlink(missing_ok=True)


def paused(profile: Profile, now_ns: int | None = None) -> Pause | None:
    """The pause in force at `now_ns`, or None. A mark that cannot be read counts as a pause."""
    if not profile.pause_mark.exists():
        return None
    value = durable.read_json(profile.pause_mark)
    mark = _pause(value)
    if mark is None:
        return Pause(0)  # damaged: somebody wanted a pause, so not recording is the safe reading
    now = clock.now_ns() if now_ns is None else now_ns
    return None if mark.until_ns is not None and now >= mark.until_ns else mark


def _pause(value: Any) -> Pause | None:
    if not isinstance(value, dict):
        return None
    since, until = value.get("since_ns"), value.get("until_ns")
    if isinstance(since, int) and (until is None or isinstance(until, int)):
        return Pause(since, until)
    return None


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ns` up to, not including, `end_ns`."""

    start_ns: int
    end_ns: int

    def overlaps(self, start_ns: int, end_ns: int) -> bool:
        """Whether a moment from `start_ns` to `end_ns` (a point where equal) touches this span.

        Nothing touches an empty span.
        """
        is_empty = self.end_ns <= self.start_ns
        begins_before_its_end = start_ns < self.end_ns
        ends_after_its_start = max(end_ns, start_ns + 1) > self.start_ns
        return not is_empty and begins_before_its_end and ends_after_its_start


def remember_forgetting(profile: Profile, span: Span) -> None:
    """Add `span` to the forgotten ones, durably, before anything is removed. Raises DiskFull."""
    line = json.dumps({"start_ns": span.start_ns, "end_ns": span.end_ns})
    durable.append_line(profile.forgotten, line)


def forgotten_spans(profile: Profile) -> tuple[Span, ...]:
    """All spans the person has had forgotten."""
    return tuple(
        Span(line["start_ns"], line["end_ns"])
        for line in _forgotten(profile)
        if isinstance(line.get("start_ns"), int) and isinstance(line.get("end_ns"), int)
    )


def remember_forgetting_moments(profile: Profile, ids: Sequence[str]) -> None:
    """Add single moments to what is forgotten, durably, before any is removed. Raises DiskFull."""
    durable.append_line(profile.forgotten, json.dumps({"moments": list(ids)}))


def forgotten_moments(profile: Profile) -> frozenset[str]:
    """The ids of the single moments that were forgotten; spans are told apart from them."""
    return frozenset(
        moment_id
        for line in _forgotten(profile)
        if isinstance(line.get("moments"), list)
        for moment_id in line["moments"]
    )


def _forgotten(profile: Profile) -> tuple[dict[str, Any], ...]:
    stamp = durable.stamp(profile.forgotten)
    return _lines(profile.forgotten, stamp) if stamp else ()


@functools.lru_cache(maxsize=4)
def _lines(path: Path, _stamp: durable.Stamp) -> tuple[dict[str, Any], ...]:
    """What is in the file; asked for at every step, and read again only when it has changed."""
    values = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            values.append(json.loads(line))
        except json.JSONDecodeError:
            continue  # a line torn by a crash: its forgetting had removed nothing yet
    return tuple(value for value in values if isinstance(value, dict))
