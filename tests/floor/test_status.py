"""Heartbeats and what they give away about a recorder that only looks alive."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirrordesk import status
from mirrordesk.status import STALE_NS, PerceptionStatus, RecorderStatus

NOW = 1_000 * STALE_NS


def beating(**values: object) -> RecorderStatus:
    """A recorder that started long ago and reported just now."""
    given = {"pid": 1, "state": "recording", "updated_ns": NOW, "started_ns": NOW // 2, **values}
    return RecorderStatus(**given)  # type: ignore[arg-type]


def test_heartbeats_read_back(tmp_path: Path) -> None:
    recorder = beating(sources={"screen": "recording"}, acknowledged_ns=3)
    perception = PerceptionStatus(2, NOW, NOW, pending={"image": 4}, channels={"ocr": "ready"})
    status.beat(tmp_path / "recorder.json", recorder)
    status.beat(tmp_path / "perception.json", perception)
    assert status.recorder(tmp_path / "recorder.json") == recorder
    assert status.perception(tmp_path / "perception.json") == perception


@pytest.mark.parametrize("written", [None, "", "[]", "{}", '{"pid": 1}'])
def test_a_heartbeat_that_cannot_be_read_is_none_at_all(
    tmp_path: Path, written: str | None
) -> None:
    place = tmp_path / "beat.json"
    if written is not None:
        place.write_text(written)
    assert status.recorder(place) is None
    assert status.perception(place) is None


@pytest.mark.parametrize(
    ("recorder", "trouble"),
    [
        (None, "not reported yet"),
        (beating(updated_ns=NOW - STALE_NS - 1), "stopped reporting"),
        (beating(changes_ns=NOW), "stores nothing"),
        (beating(changes_ns=NOW, acknowledged_ns=NOW - STALE_NS - 1), "stores nothing"),
        (beating(), None),
        (beating(changes_ns=NOW, acknowledged_ns=NOW - STALE_NS), None),
        (beating(changes_ns=NOW, started_ns=NOW - 1), None),
        (beating(changes_ns=5, acknowledged_ns=NOW), None),
    ],
)
def test_trouble_is_judged_by_what_was_stored(
    recorder: RecorderStatus | None, trouble: str | None
) -> None:
    said = status.trouble(recorder, NOW)
    assert said is None if trouble is None else trouble in (said or "")
