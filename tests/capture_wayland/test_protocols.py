"""What the compositor at hand cannot show: tried on one that answers as the protocols say."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from mirrordesk.capture.wayland.display import Display
from mirrordesk.capture.wayland.idle import AFTER_MS, IdleWatch
from mirrordesk.capture.wayland.outputs import Outputs
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box
from tests.capture_wayland.stub import StubCompositor

OUTPUTS = {
    "wl_output": 4,
    "zxdg_output_manager_v1": 3,
    "zwlr_output_power_manager_v1": 1,
}


def test_monitors_come_and_go_while_we_look(tmp_path: Path) -> None:
    with (
        StubCompositor(tmp_path, OUTPUTS) as stub,
        contextlib.closing(Display(stub.env)) as display,
    ):
        outputs = Outputs(display)
        (first,) = outputs.now()
        assert (first.box.w, first.box.h) == (100, 50)
        stub.plug_in(7, "wl_output", 4)
        assert {output.name for output in outputs.now()} > {first.name}
        stub.pull_out(1)
        (second,) = outputs.now()
        assert second.name != first.name
        assert outputs.now() == [second]
        assert len(stub.asked("wl_output")) == 1  # the one that is gone was let go


def test_a_monitor_that_sleeps_is_none_until_it_wakes(tmp_path: Path) -> None:
    with (
        StubCompositor(tmp_path, OUTPUTS) as stub,
        contextlib.closing(Display(stub.env)) as display,
    ):
        outputs = Outputs(display)
        (awake,) = outputs.now()
        assert awake.box == Box(awake.x, 0, 100, 50)
        stub.tell("zwlr_output_power_v1", 0, "u", 0)
        assert outputs.now() == []
        stub.tell("zwlr_output_power_v1", 0, "u", 1)
        assert outputs.now() == [awake]


@pytest.mark.parametrize(("version", "request_number"), [(1, 1), (2, 2)])
def test_idleness_is_counted_by_input_alone_where_that_can_be_asked(
    tmp_path: Path, version: int, request_number: int
) -> None:
    offered = {"wl_seat": 7, "ext_idle_notifier_v1": version}
    with (
        StubCompositor(tmp_path, offered) as stub,
        contextlib.closing(Display(stub.env)) as display,
    ):
        watch = IdleWatch(display)
        assert watch.seconds() == 0.0
        assert [number for number, _ in stub.asked("ext_idle_notifier_v1")] == [request_number]
        stub.tell("ext_idle_notification_v1", 0)
        assert (watch.seconds() or 0.0) >= AFTER_MS / 1000
        stub.tell("ext_idle_notification_v1", 1)
        assert watch.seconds() == 0.0


def test_where_idleness_is_not_told_nobody_knows(tmp_path: Path) -> None:
    with (
        StubCompositor(tmp_path, {"wl_seat": 7}) as stub,
        contextlib.closing(Display(stub.env)) as display,
    ):
        assert IdleWatch(display).seconds() is None


def test_what_is_not_offered_is_named(tmp_path: Path) -> None:
    with (
        StubCompositor(tmp_path, {"wl_seat": 7}) as stub,
        contextlib.closing(Display(stub.env)) as display,
        pytest.raises(CaptureUnavailable, match="does not offer wl_shm"),
    ):
        display.bind("wl_shm", 1)
