"""The recorder as its users meet it: a process that records, pauses, ends and is killed."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from mirrordesk import clock, config, control, durable, status
from mirrordesk.capture import backends
from mirrordesk.capture.base import Pixels
from mirrordesk.capture.privacy import PAINT
from mirrordesk.capture.spool import Spool
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.paths import Profile
from mirrordesk.records import Box, Gap, GapReason, Kind, SpoolEntry, Watch
from tests.capture_screen.conftest import Recording, eventually, frames

pytestmark = pytest.mark.desktop

OpenTerminal = Callable[..., subprocess.Popen[bytes]]
Record = Callable[..., Recording]

SECRET_RED = (255, 0, 10)  # a colour that only the excluded window has
SECRET = ("-class", "KeePassXC", "-bg", "#ff000a", "-fg", "#ff000a")


def pixels(entry: SpoolEntry) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(entry.payload)))


def count(entry: SpoolEntry, colour: tuple[int, int, int]) -> int:
    return int((pixels(entry) == colour).all(axis=2).sum())


def ledger(profile: Profile) -> list[Watch | Gap]:
    spool = Spool(profile)
    items = [spool.read(handle) for handle in spool.waiting()]
    return [item for item in items if not isinstance(item, SpoolEntry)]


def assert_contiguous(profile: Profile) -> None:
    spans = ledger(profile)
    assert spans
    for one, following in pairwise(spans):
        assert one.start_ns < one.end_ns == following.start_ns


def test_what_is_typed_is_kept_with_its_program_title_and_monitor(
    desktop: VirtualDesktop, record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    xterm("diary", "80x20+100+100")
    desktop.focus("diary")
    recording = record()
    recording.wait_for_frames(1)
    desktop.type_text("dear diary, today the recorder was born\n", delay_ms=5)
    recording.wait_for_frames(2)
    assert recording.stop() == 0
    kept = frames(silent)
    assert {entry.kind for entry in kept} == {Kind.FRAME}
    assert {entry.source for entry in kept} == {"monitor-1"}
    assert (kept[-1].app, kept[-1].title) == ("xterm", "diary")
    assert pixels(kept[-1]).shape == (800, 1280, 3)
    assert not np.array_equal(pixels(kept[0]), pixels(kept[-1]))


def test_a_still_screen_is_watched_and_nothing_is_kept_after_the_first_frame(
    record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    xterm("still", "80x20+100+100")
    recording = record("--for", "2")
    assert recording.process.wait(60) == 0
    assert 1 <= len(frames(silent)) <= 2  # the second: the terminal was still being drawn
    assert any(isinstance(span, Watch) for span in ledger(silent))
    assert_contiguous(silent)


def test_the_heartbeat_tells_what_is_recorded_and_through_what(record: Record) -> None:
    recording = record()
    recording.wait_for("recording")
    recording.wait_for_frames(1)
    beat = recording.status
    assert beat is not None
    assert beat.sources["screen"].startswith("1 monitor through mss")
    assert beat.sources["windows"].startswith("X11")
    assert {"microphone", "loopback"} <= set(beat.sources)
    assert beat.sources["pause key"] == "ctrl+alt+p"
    assert beat.acknowledged_ns is not None
    assert status.trouble(beat, beat.updated_ns) is None


def test_an_excluded_window_leaves_no_pixel_in_the_spool(
    desktop: VirtualDesktop, record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    xterm("passwords", "40x12+300+200", *SECRET)
    xterm("in front", "30x8+360+260", "-bg", "#00ff0a")
    desktop.focus("in front")
    recording = record()
    recording.wait_for_frames(1)
    desktop.focus("passwords")  # now it is in front, and active
    recording.wait_for_frames(2)
    desktop.place("passwords", Box(20, 420, 300, 200))
    recording.wait_for_frames(3)
    desktop.focus("in front")
    assert recording.stop() == 0
    kept = frames(silent)
    assert len(kept) >= 3
    for entry in kept:
        assert count(entry, SECRET_RED) == 0
        assert count(entry, PAINT) > 10_000
        assert "KeePassXC" not in entry.app
        assert "passwords" not in entry.title
    assert count(kept[0], (0, 255, 10)) > 10_000  # what is allowed and lies above it is kept
    assert {entry.title for entry in kept} == {"in front"}
    assert {w.title for entry in kept for w in entry.windows} == {"in front", "panel"}


def test_a_screen_full_of_an_excluded_window_is_not_recorded(
    desktop: VirtualDesktop, record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    xterm("passwords", "40x12+0+0", *SECRET, "-fullscreen")
    recording = record()
    recording.wait_for("excluded")
    assert recording.stop() == 0
    assert {span.reason for span in ledger(silent) if isinstance(span, Gap)} >= {GapReason.EXCLUDED}
    assert all(count(entry, SECRET_RED) == 0 for entry in frames(silent))


def test_a_killed_recorder_loses_nothing_acknowledged_and_the_next_tells_of_it(
    desktop: VirtualDesktop, record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    xterm(
        "busy", "120x30+10+10", run="i=0; while :; do i=$((i+1)); seq $i $((i+30)); sleep 0.1; done"
    )
    for kills in (1, 2):
        recording = record()
        recording.wait_for_frames(2 + kills)
        recording.kill()
        last = recording.status
        assert last is not None
        assert len(frames(silent)) >= last.acknowledged
    began = record()
    began.wait_for_frames(1)
    assert began.stop() == 0
    crashes = [s for s in ledger(silent) if isinstance(s, Gap) and s.reason is GapReason.CRASHED]
    assert len(crashes) == 2
    assert_contiguous(silent)


def test_the_time_before_and_between_two_recorders_is_told_as_stopped(
    record: Record, silent: Profile
) -> None:
    for _ in range(2):
        recording = record()
        recording.wait_for("recording")
        assert recording.stop() == 0
        ended = status.recorder(silent.recorder_heartbeat)
        assert ended is not None
        assert ended.state == "stopped"
    gaps = [span.reason for span in ledger(silent) if isinstance(span, Gap)]
    assert gaps.count(GapReason.STOPPED) == 2
    assert ledger(silent)[0].start_ns == silent.born_ns
    assert_contiguous(silent)


def test_a_pause_holds_across_a_kill_and_ends_with_resume(
    desktop: VirtualDesktop, record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    recording = record()
    recording.wait_for("recording")
    control.pause(silent)
    recording.wait_for("paused")
    recording.kill()
    before = len(frames(silent))
    recording = record()
    recording.wait_for("paused")
    xterm("unseen", "80x20+100+100")
    time.sleep(1.0)  # long enough for three looks, if it looked
    assert len(frames(silent)) == before
    control.resume(silent)
    recording.wait_for("recording")
    recording.wait_for_frames(1)
    assert recording.stop() == 0
    assert GapReason.PAUSED in {s.reason for s in ledger(silent) if isinstance(s, Gap)}
    assert_contiguous(silent)


def test_nobody_at_the_keyboard_is_told_as_idle(
    desktop: VirtualDesktop, record: Record, silent: Profile
) -> None:
    config.change(silent, "capture.idle_after_s", "1.5")
    recording = record()
    recording.wait_for("idle")

    def recording_again() -> bool:
        desktop.key("shift")
        return recording.status is not None and recording.status.state == "recording"

    eventually(recording_again, "recording once somebody is there")
    recording.wait_for("idle")
    assert recording.stop() == 0
    assert GapReason.IDLE in {s.reason for s in ledger(silent) if isinstance(s, Gap)}


def test_outside_the_hours_of_the_week_nothing_is_recorded_and_the_reason_is_told(
    record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    tomorrow = clock.at(clock.now_ns() + 24 * clock.HOUR)
    config.change(silent, "capture.schedule", f"{tomorrow:%a} 10:00-12:00")
    xterm("unseen", "80x20+100+100")
    recording = record()
    recording.wait_for("outside the hours")
    assert recording.stop() == 0
    assert frames(silent) == []
    assert GapReason.SCHEDULE in {s.reason for s in ledger(silent) if isinstance(s, Gap)}
    assert_contiguous(silent)


def test_a_second_recorder_is_refused_in_one_sentence(record: Record) -> None:
    first = record()
    first.wait_for("recording")
    second = record()
    assert second.process.wait(60) == 3
    assert second.said == "Another recorder already records into this profile.\n"
    assert first.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(record: Record, silent: Profile, number: int) -> None:
    recording = record()
    recording.wait_for("recording")
    recording.process.send_signal(number)
    assert recording.process.wait(60) == 0
    assert recording.said == ""
    last = status.recorder(silent.recorder_heartbeat)
    assert last is not None
    assert last.state == "stopped"
    assert not durable.is_locked(silent.recorder_lock)


def test_without_a_display_it_ends_with_one_sentence(
    silent: Profile, desktop: VirtualDesktop
) -> None:
    env = {key: value for key, value in desktop.env.items() if key != "DISPLAY"}
    command = [sys.executable, "-m", "mirrordesk.capture.recorder", "--profile", str(silent.root)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert done.stderr == f"{backends.NO_DISPLAY}\n"


def test_a_display_that_dies_ends_the_recorder_with_one_sentence(silent: Profile) -> None:
    with VirtualDesktop((640, 480), with_sound=False) as brief:
        recording = Recording(silent, brief)
        recording.wait_for("recording")
    assert recording.process.wait(60) == 4
    assert recording.said.startswith("The display ")
    assert recording.said.count("\n") == 1


def test_what_was_forgotten_is_not_stored_afterwards(
    record: Record, silent: Profile, xterm: OpenTerminal
) -> None:
    tomorrow = clock.now_ns() + 24 * clock.HOUR
    control.remember_forgetting(silent, control.Span(0, tomorrow))
    recording = record()
    xterm("gone", "80x20+100+100")
    recording.wait_for("recording")
    assert recording.stop() == 0
    assert frames(silent) == []


@pytest.fixture
def small_profile(silent: Profile) -> Iterator[Profile]:
    """`silent` with its spool on a disk of 600 KiB."""
    place = str(silent.spool)
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", place]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    silent.quarantine.mkdir()
    yield silent
    subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk_is_told_and_recording_goes_on_when_there_is_space(
    desktop: VirtualDesktop, record: Record, small_profile: Profile, xterm: OpenTerminal
) -> None:
    filler = small_profile.spool / "filler"
    recording = record()
    recording.wait_for_frames(1)
    room = os.statvfs(small_profile.spool)
    filler.write_bytes(bytes(room.f_bavail * room.f_frsize))
    xterm("news", "100x30+100+100", run="seq 1 200; cat")
    recording.wait_for("disk full")
    stored = len(frames(small_profile))
    filler.unlink()
    recording.wait_for("recording")
    recording.wait_for_frames(stored + 1)
    assert recording.stop() == 0
    gaps = {span.reason for span in ledger(small_profile) if isinstance(span, Gap)}
    assert GapReason.DISK_FULL in gaps
    assert_contiguous(small_profile)


def test_the_recorder_imports_no_model_runtime_for_the_screen() -> None:
    program = (
        "import json, sys; import mirrordesk.capture.recorder, mirrordesk.capture.x11.probe, "
        "mirrordesk.capture.screen; print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    heavy = {"torch", "onnxruntime", "lancedb", "whisper", "PySide6", "Xlib", "mss"}
    assert not heavy & set(json.loads(done.stdout))
