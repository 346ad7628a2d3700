"""Rules by address, mode, monitor and hour, down to the pixel."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk import config
from mirrordesk.capture.privacy import PAINT, ProfileRules, Rules, mask_of, paint
from mirrordesk.config import PrivacySettings
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.errors import UsageError
from mirrordesk.paths import Profile
from mirrordesk.records import Box, GapReason, Window
from tests.capture_screen.conftest import Recording, eventually, frames
from tests.capture_screen.test_recorder import count

SCREEN = Box(0, 0, 16, 12)
MONDAY = datetime(2026, 11, 23)
RULES = (
    "url=mail.example.com",
    "app=slack monitor=monitor-2",
    "title=payroll hours=Mon-Fri 09:00-17:00",
)
URLS = (None, "mail.example.com/1", "elsewhere.org")


def rules() -> Rules:
    return Rules(PrivacySettings(rules=RULES), is_ours=lambda pid: False)


@st.composite
def stacks(draw: st.DrawFn) -> list[Window]:
    """Up to six windows, the bottom one first; their handles are their colours."""
    return [
        Window(
            handle=number,
            app=draw(st.sampled_from(("chromium", "firefox", "slack", "xterm", ""))),
            title=draw(st.sampled_from(("page - Chromium", "a — Mozilla Firefox", "Payroll", ""))),
            pid=draw(st.sampled_from((1, 2, 3))),
            box=Box(
                draw(st.integers(-4, 15)), draw(st.integers(-4, 11)),
                draw(st.integers(1, 20)), draw(st.integers(1, 16)),
            ),
            url=draw(st.sampled_from(URLS)),
            private=draw(st.sampled_from((None, True, False))),
        )
        for number in range(1, draw(st.integers(1, 6)) + 1)
    ]  # fmt: skip


def may_be_seen(window: Window, monitor: str, at: datetime) -> bool:
    """The same rules, told once more in the plainest way."""
    if not window.app:
        return False
    if window.title and window.app in ("chromium", "firefox"):
        if window.url is None or window.url.startswith("mail.example.com"):
            return False
        is_ordinary_firefox = window.app == "firefox" and window.title.endswith("Mozilla Firefox")
        if window.private or (window.private is None and not is_ordinary_firefox):
            return False
    elif window.url == URLS[1] or window.private:
        return False
    at_work = at.weekday() < 5 and 9 <= at.hour < 17
    if "Payroll" in window.title and at_work:
        return False
    return not (window.app == "slack" and monitor == "monitor-2")


@settings(max_examples=150, deadline=None)
@given(stacks(), st.sampled_from(("monitor-1", "monitor-2")), st.integers(0, 7 * 24 - 1))
def test_no_pixel_of_a_window_that_must_not_be_seen_is_kept_and_every_other_one_is(
    stack: list[Window], monitor: str, hour: int
) -> None:
    at = MONDAY + timedelta(hours=hour)
    frame = np.zeros((SCREEN.h, SCREEN.w, 3), np.uint8)
    for window in stack:
        box = window.box
        rows = slice(max(box.y, 0), max(box.bottom, 0))
        frame[rows, max(box.x, 0) : max(box.right, 0)] = window.handle
    judged = rules().judge(stack, monitor, at)
    paint(frame, mask_of(judged, SCREEN, (SCREEN.h, SCREEN.w)))
    kept = {int(value) for value in np.unique(frame)} - {0, PAINT[0]}
    hidden = {w.handle for w in stack if not may_be_seen(w, monitor, at)}
    assert not kept & hidden
    processes = {w.pid for w in stack if w.handle in hidden}
    menus = {w.handle for w in stack if not w.title and w.pid in processes}
    refused = {j.window.handle for j in judged if j.reason is not None}
    assert refused == hidden | menus


def test_a_monitor_may_be_left_out_as_a_whole_and_for_some_hours() -> None:
    evenings = Rules(PrivacySettings(rules=("monitor=monitor-2 hours=18:00-08:00",)))
    evening, noon = MONDAY + timedelta(hours=20), MONDAY + timedelta(hours=12)
    assert evenings.excludes_monitor("monitor-2", evening)
    assert not evenings.excludes_monitor("monitor-2", noon)
    assert not evenings.excludes_monitor("monitor-1", evening)


def test_a_change_of_the_settings_is_in_force_at_the_next_look(profile: Profile) -> None:
    window = Window(1, "slack", "general", None, SCREEN)
    followed = ProfileRules(profile)
    assert followed.judge([window])[0].reason is None
    config.change_list(profile, "privacy.rules", ["app=slack"])
    assert followed.judge([window])[0].reason is GapReason.EXCLUDED
    config.change_list(profile, "privacy.rules", ["monitor=monitor-1"])
    assert followed.excludes_monitor("monitor-1")
    profile.config.unlink()
    assert followed.judge([window])[0].reason is None


def test_settings_that_cannot_be_read_any_more_stop_the_looking(profile: Profile) -> None:
    followed = ProfileRules(profile)
    profile.config.write_text("[privacy]\nrules = ['slack']\n")
    with pytest.raises(UsageError, match="`slack`"):
        followed.judge([])


RED = (255, 0, 10)


@pytest.mark.desktop
def test_a_rule_that_is_added_while_recording_hides_the_window_at_once(
    desktop: VirtualDesktop,
    record: Callable[..., Recording],
    silent: Profile,
    xterm: Callable[..., subprocess.Popen[bytes]],
) -> None:
    xterm("diary", "40x10+20+20", "-bg", "#ff000a", "-fg", "#ff000a")
    xterm("beside", "40x10+600+300")
    desktop.focus("beside")
    recording = record()
    recording.wait_for_frames(1)
    assert count(frames(silent)[0], RED) > 10_000
    config.change_list(silent, "privacy.rules", ["title=diary"])
    before = len(frames(silent))
    desktop.type_text("something new\nand more\n", delay_ms=5)
    eventually(lambda: len(frames(silent)) > before, "the next frame")
    eventually(lambda: count(frames(silent)[-1], RED) == 0, "the painting")
    desktop.place("beside", Box(500, 350, 420, 200))
    last = len(frames(silent))
    eventually(lambda: len(frames(silent)) > last, "another frame")
    assert recording.stop() == 0
    assert count(frames(silent)[-1], RED) == 0
