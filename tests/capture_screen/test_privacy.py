"""What is excluded never shows a pixel; what nobody can name is excluded."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.capture import program
from mirrordesk.capture.privacy import PAINT, Rules, paint
from mirrordesk.capture.seen import seen
from mirrordesk.config import PrivacySettings
from mirrordesk.records import Box, GapReason, Window

SCREEN = Box(0, 0, 16, 12)
QUICK = settings(max_examples=40, deadline=None)
APPS = ("xterm", "KeePassXC", "")


def rules(**settings: tuple[str, ...]) -> Rules:
    return Rules(PrivacySettings(**settings), is_ours=lambda pid: False)


def window(
    app: str = "xterm", title: str = "a shell", *, pid: int | None = 7, box: Box = SCREEN
) -> Window:
    return Window(1, app, title, pid, box)


@st.composite
def stacks(draw: st.DrawFn) -> list[Window]:
    count = draw(st.integers(0, 6))
    return [
        Window(
            handle=number,
            app=draw(st.sampled_from(APPS)),
            title=draw(st.sampled_from(("page", "page - Private Browsing", ""))),
            pid=draw(st.sampled_from((None, 1, 2, 3))),
            box=Box(
                draw(st.integers(-8, 18)),
                draw(st.integers(-8, 14)),
                draw(st.integers(1, 20)),
                draw(st.integers(1, 16)),
            ),
            opaque=draw(st.booleans()),
        )
        for number in range(count)
    ]


def seen_at(stack: list[Window], x: int, y: int) -> list[Window]:
    """The windows whose pixels may show at a point, down to the first opaque one that may be
    trusted to hide the rest."""
    judged = rules().judge(stack)
    shown = []
    for item in reversed(judged):
        box = item.window.box
        if box.x <= x < box.right and box.y <= y < box.bottom:
            shown.append(item)
            if item.reason is None and item.window.opaque:
                break
    return [item.window for item in shown if item.reason is not None]


@QUICK
@given(stacks())
def test_a_pixel_is_painted_exactly_when_an_excluded_window_may_show_there(
    stack: list[Window],
) -> None:
    mask = rules().mask(stack, SCREEN, (SCREEN.h, SCREEN.w))
    for y in range(SCREEN.h):
        for x in range(SCREEN.w):
            assert mask[y, x] == bool(seen_at(stack, x, y))


@QUICK
@given(stacks(), st.integers(0, 80), st.integers(0, 80))
def test_a_monitor_elsewhere_on_the_desktop_gets_its_own_part_of_the_mask(
    stack: list[Window], dx: int, dy: int
) -> None:
    moved = [
        Window(w.handle, w.app, w.title, w.pid, Box(w.box.x + dx, w.box.y + dy, w.box.w, w.box.h))
        for w in stack
    ]
    still = [Window(w.handle, w.app, w.title, w.pid, w.box) for w in stack]
    there = rules().mask(moved, Box(dx, dy, SCREEN.w, SCREEN.h), (SCREEN.h, SCREEN.w))
    assert np.array_equal(there, rules().mask(still, SCREEN, (SCREEN.h, SCREEN.w)))


@QUICK
@given(stacks(), st.sampled_from((1.25, 1.5, 2.0)))
def test_on_a_dense_display_no_excluded_pixel_is_left_out_by_rounding(
    stack: list[Window], scale: float
) -> None:
    shape = (int(SCREEN.h * scale), int(SCREEN.w * scale))
    dense = rules().mask(stack, SCREEN, shape)
    for y in range(shape[0]):
        for x in range(shape[1]):
            if seen_at(stack, int(x * SCREEN.w / shape[1]), int(y * SCREEN.h / shape[0])):
                assert dense[y, x]


@QUICK
@given(stacks(), st.sampled_from((1, 2)), st.integers(0, 40))
def test_a_frame_tells_the_windows_that_may_be_recorded_and_seen_on_it_and_no_other(
    stack: list[Window], scale: int, dx: int
) -> None:
    named = [replace(window, title=f"{window.handle}") for window in stack]
    points = itertools.product(range(SCREEN.w), range(SCREEN.h))
    visible = {w.title for x, y in points for w in top_at(named, x, y)}
    moved = [replace(w, box=w.box.moved(dx, 0)) for w in named]
    shape = (SCREEN.h * scale, SCREEN.w * scale)
    told = seen(rules().judge(moved), SCREEN.moved(dx, 0), shape, always=None)
    assert [window.title for window in told] == sorted(visible)
    frame = Box(0, 0, shape[1], shape[0])
    assert all(window.box.intersection(frame) == window.box for window in told)


def top_at(stack: list[Window], x: int, y: int) -> Iterator[Window]:
    """The windows that may be recorded and show at a point."""
    for judged in reversed(rules().judge(stack)):
        box = judged.window.box
        if box.x <= x < box.right and box.y <= y < box.bottom:
            if judged.reason is not None:
                return
            yield judged.window
            if judged.window.opaque:
                return


def test_the_window_that_names_a_frame_is_told_even_where_it_is_covered() -> None:
    below, above = window(title="below"), window(title="above")
    judged = rules().judge([below, above])
    titles = [w.title for w in seen(judged, SCREEN, (12, 16), always=below)]
    assert titles == ["below", "above"]
    assert [w.title for w in seen(judged, SCREEN, (12, 16), always=None)] == ["above"]


def test_programs_are_excluded_by_a_part_of_their_name_in_any_case() -> None:
    assert rules().excluded(window("KeePassXC-proxy")) is GapReason.EXCLUDED
    assert rules().excluded(window("cli (KeePass2)")) is GapReason.EXCLUDED
    assert rules().excluded(window("xterm")) is None


def test_windows_are_excluded_by_a_part_of_their_title_in_any_case() -> None:
    assert rules().excluded(window("firefox", "Bank — PRIVATE Browsing")) is GapReason.EXCLUDED
    assert rules(excluded_titles=("salary",)).excluded(window(title="Salary 2026.ods"))


def test_a_window_of_no_known_program_is_excluded_as_unidentified() -> None:
    assert rules().excluded(window("", "", pid=None)) is GapReason.UNIDENTIFIED
    assert rules().excluded(window("", "a title is not enough")) is GapReason.UNIDENTIFIED


def test_our_own_windows_are_excluded_even_when_the_list_is_empty() -> None:
    bare = PrivacySettings(excluded_apps=(), excluded_titles=())
    assert Rules(bare).excluded(window("mirrordesk", pid=None)) is GapReason.EXCLUDED
    assert Rules(bare).excluded(window("python3 (MirrorDesk)", pid=None)) is GapReason.EXCLUDED
    own = Rules(bare, own_pids=(os.getpid(),), is_ours=lambda pid: False)
    assert own.excluded(window("python3", pid=os.getpid())) is GapReason.EXCLUDED
    found = Rules(bare, is_ours=lambda pid: pid == 4711)
    assert found.excluded(window("python3", pid=4711)) is GapReason.EXCLUDED


def test_an_empty_word_in_the_list_excludes_nothing() -> None:
    assert rules(excluded_apps=("", " "), excluded_titles=("",)).excluded(window()) is None


def test_a_menu_without_a_title_is_excluded_with_the_private_window_of_its_program() -> None:
    private = window("firefox", "Private Browsing", pid=9)
    menu, other = window("firefox", "", pid=9), window("xterm", "", pid=8)
    reasons = [judged.reason for judged in rules().judge([private, menu, other])]
    assert reasons == [GapReason.EXCLUDED, GapReason.EXCLUDED, None]


def test_painting_leaves_one_flat_colour_and_nothing_else_changes() -> None:
    frame = np.random.default_rng(1).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    before = frame.copy()
    mask = rules().mask([window("keepassxc", box=Box(5, 6, 7, 4))], SCREEN, (12, 16))
    paint(frame, mask)
    assert (frame[6:10, 5:12] == PAINT).all()
    assert np.array_equal(frame[~mask], before[~mask])
    assert mask.sum() == 7 * 4


@pytest.mark.parametrize(
    ("command", "ours"),
    [
        (["/usr/bin/python3", "-m", "mirrordesk.app"], True),
        (["python3.11", "-I", "-m", "mirrordesk"], True),
        (["/venv/bin/python", "/venv/bin/mirrordesk", "run"], True),
        (["python", "/somewhere/mirrordesk/__main__.py"], True),
        (["/opt/MirrorDesk", "--tray"], True),
        (["python3", "-m", "pytest", "-m", "mirrordesk"], False),
        (["mousepad", "mirrordesk"], False),
        (["xterm", "-e", "mirrordesk", "ask"], False),
        (["python3"], False),
        ([], False),
    ],
)
def test_our_processes_are_known_by_how_they_were_started(command: list[str], ours: bool) -> None:
    assert program.runs_mirrordesk(command) is ours


def test_a_process_that_is_gone_has_no_name_and_is_not_ours() -> None:
    assert program.name(2**22 + 1) == ""
    assert not program.is_mirrordesk(2**22 + 1)
