"""Every record goes through JSON and comes back equal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk import records
from mirrordesk.records import Box, Kind, Moment, SpoolEntry, moment_id
from mirrordesk.status import PerceptionStatus, RecorderStatus, Report
from mirrordesk.wire import from_json, to_json

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))

RECORDS = [
    records.Box, records.TextLine, records.Window, records.Moment, records.Episode, records.Gap,
    records.Watch, records.Hit, records.Citation, records.Claim, records.Answer, records.Progress,
    records.Day, records.Check, records.Forgotten, records.RulePreview, RecorderStatus,
    PerceptionStatus, Report,
]  # fmt: skip


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_a_record_survives_the_way_through_json(kind: type[Any], data: st.DataObject) -> None:
    record = data.draw(st.from_type(kind))
    assert from_json(kind, json.loads(json.dumps(to_json(record)))) == record


def test_unknown_keys_are_ignored_and_absent_ones_take_their_default() -> None:
    window = {"handle": 1, "app": "a", "title": "t", "pid": None, "box": to_json(Box(1, 2, 3, 4))}
    read = from_json(records.Window, {**window, "shape": "round"})
    assert read == records.Window(1, "a", "t", None, Box(1, 2, 3, 4))


def test_a_record_without_a_needed_key_is_refused() -> None:
    with pytest.raises(TypeError):
        from_json(Moment, {"id": "x"})


def test_a_word_that_no_enumeration_knows_is_refused() -> None:
    with pytest.raises(ValueError):
        from_json(records.Gap, {"start_ns": 0, "end_ns": 1, "reason": "bored"})


def test_bytes_do_not_travel_as_json() -> None:
    entry = SpoolEntry("id", Kind.FRAME, 0, 1, "UTC", "DP-1", payload=b"png")
    with pytest.raises(TypeError, match="media reference"):
        to_json(entry)


def test_the_id_of_a_moment_comes_from_content_and_time_alone() -> None:
    first = moment_id(Kind.FRAME, 5, "DP-1", b"pixels")
    assert first == moment_id(Kind.FRAME, 5, "DP-1", b"pixels")
    others = {
        moment_id(Kind.SPEECH, 5, "DP-1", b"pixels"),
        moment_id(Kind.FRAME, 6, "DP-1", b"pixels"),
        moment_id(Kind.FRAME, 5, "DP-2", b"pixels"),
        moment_id(Kind.FRAME, 5, "DP-1", b"pixel"),
    }
    assert first not in others
    assert len(others) == 4


@given(st.builds(Box, *[st.integers(0, 400)] * 4), st.builds(Box, *[st.integers(0, 400)] * 4))
def test_the_common_part_of_two_boxes_lies_in_both_and_their_union_holds_them(
    one: Box, other: Box
) -> None:
    common, both = one.intersection(other), one.union(other)
    assert common == other.intersection(one)
    for box in (one, other):
        assert box.union(both) == both
        if common:
            assert box.union(common) == box
