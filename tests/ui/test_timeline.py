"""The timeline: what is under the playhead, and how a day is laid out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from mirrordesk import clock
from mirrordesk.paths import Profile
from mirrordesk.records import Day, Episode, Gap, GapReason, Kind, Moment, Speaker, Spoken, Summary
from mirrordesk.ui import lanes
from mirrordesk.ui.daymodel import MOST_LANES, DayModel
from mirrordesk.ui.scale import TimeScale
from mirrordesk.ui.scrubber import Scrubber
from mirrordesk.ui.style import Theme
from mirrordesk.ui.window import TIMELINE, MainWindow
from tests.ui.fakes import FakeDesk

DEADLINE_MS = 30_000
DAY = clock.day_span(date(2026, 3, 3), "UTC")


def open_timeline(qtbot: QtBot, window: MainWindow) -> DayModel:
    window.show_page(TIMELINE)
    qtbot.waitUntil(lambda: window.timeline.model is not None, timeout=DEADLINE_MS)
    assert window.timeline.model is not None
    return window.timeline.model


def test_a_click_on_the_day_shows_the_frame_of_that_time(qtbot: QtBot, window: MainWindow) -> None:
    model = open_timeline(qtbot, window)
    scrubber = window.timeline.scrubber
    wanted = model.frames[len(model.frames) // 2]
    x = round(scrubber.scale.x(wanted.start_ns)) + 1
    qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(x, 60))
    assert window.timeline.moment == wanted
    assert window.timeline.preview.app.text() == wanted.app
    expected = "\n".join(
        line.text for line in window.timeline._context.desk.moment(wanted.id).lines
    )
    qtbot.waitUntil(
        lambda: window.timeline.preview.text.toPlainText() == expected, timeout=DEADLINE_MS
    )


def test_a_day_that_is_over_is_told_in_a_line_and_on_request_in_a_few(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    model = open_timeline(qtbot, window)
    in_short = window.timeline.in_short
    assert not in_short.isVisible()  # today is not over
    desk.summary = Summary("Falcon plan, Inbox", ("09:00 Inbox: <b>Ana</b> asks.", "10:00 Falcon"))
    desk.week = Summary("Falcon plan", ("Monday Falcon plan",))
    window.timeline.reload()
    qtbot.waitUntil(lambda: window.timeline.model is not model, timeout=DEADLINE_MS)
    assert in_short.isVisible()
    assert in_short.headline.text() == "Falcon plan, Inbox"
    qtbot.mouseClick(in_short.toggle, Qt.MouseButton.LeftButton)
    shown = [one.text() for one in in_short.findChildren(QLabel) if one.isVisible()]
    assert {"09:00", "Inbox: <b>Ana</b> asks.", "10:00", "Falcon", "Monday"} <= set(shown)
    assert any(text.startswith("The week of ") for text in shown)
    qtbot.mouseClick(in_short.toggle, Qt.MouseButton.LeftButton)
    assert not any(
        one.text() == "Monday" for one in in_short.findChildren(QLabel) if one.isVisible()
    )


def test_a_day_that_is_not_over_tells_of_its_week(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    desk.week = Summary("Falcon plan", ("Monday Falcon plan",))
    open_timeline(qtbot, window)
    headline = window.timeline.in_short.headline
    assert headline.text() == "This week so far: Falcon plan"


def test_the_arrow_keys_go_frame_by_frame(qtbot: QtBot, window: MainWindow) -> None:
    model = open_timeline(qtbot, window)
    window.timeline.select(10)
    qtbot.keyClick(window.timeline.scrubber, Qt.Key.Key_Right)
    assert window.timeline.moment == model.frames[11]
    qtbot.keyClick(window.timeline.scrubber, Qt.Key.Key_Left)
    qtbot.keyClick(window.timeline.scrubber, Qt.Key.Key_Left)
    assert window.timeline.moment == model.frames[9]


def test_a_thumbnail_moves_the_playhead_to_its_frame(qtbot: QtBot, window: MainWindow) -> None:
    model = open_timeline(qtbot, window)
    window.timeline.select(12)
    index, place = next(iter(window.timeline.strip.visible()))
    qtbot.mouseClick(window.timeline.strip, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert window.timeline.moment == model.frames[index]
    assert window.timeline.scrubber.playhead_ns == model.frames[index].start_ns


def test_the_viewer_leads_back_to_the_time_on_the_timeline(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    cited = desk.answers[""].citations[0]
    window.viewer.open([cited], 0)
    window.viewer._locate()
    assert window.pages.currentIndex() == TIMELINE
    qtbot.waitUntil(lambda: window.timeline.moment is not None, timeout=DEADLINE_MS)
    assert window.timeline.moment is not None
    assert window.timeline.moment.id == cited.id


def test_what_is_new_does_not_lead_away_from_a_time_that_is_being_loaded(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    cited = desk.answers[""].citations[0]
    window.timeline.locate(cited.zone, cited.start_ns)
    window.timeline.reload()
    qtbot.waitUntil(lambda: window.timeline.moment is not None, timeout=DEADLINE_MS)
    assert window.timeline.moment is not None
    assert window.timeline.moment.id == cited.id


def test_a_gap_tells_its_reason(qtbot: QtBot, profile: Profile, window: MainWindow) -> None:
    model = open_timeline(qtbot, window)
    start = model.day.start_ns
    gap = Gap(start, start + clock.HOUR, GapReason.PAUSED)
    gapped = DayModel(replace(model.day, gaps=(gap,), watches=()))
    scrubber = window.timeline.scrubber
    scrubber.show_day(gapped, keep_view=False)
    scrubber._set_scale(scrubber.scale.view(start, start + 2 * clock.HOUR))
    x = scrubber.scale.x(start + clock.MINUTE)
    assert "Recording was paused" in scrubber.tip_at(x, lanes.AXIS + 200)


def test_a_day_with_ten_thousand_moments_is_drawn_and_scrubbed(
    qtbot: QtBot, window: MainWindow, desk: FakeDesk
) -> None:
    desk.moments = desk._make_moments(10_000)
    model = open_timeline(qtbot, window)
    assert len(model.frames) > 8000
    scrubber = window.timeline.scrubber
    for x in range(lanes.GUTTER, scrubber.width(), 40):
        qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(x, 60))
        scrubber.grab()
    assert window.timeline.moment == model.frames[model.frame_at(scrubber.playhead_ns or 0) or 0]


def test_a_day_without_anything_says_so(qtbot: QtBot, window: MainWindow, desk: FakeDesk) -> None:
    desk.moments = [replace(desk.moments[0], start_ns=0, end_ns=0)]
    open_timeline(qtbot, window)
    assert window.timeline._empty.text() == "Nothing was recorded on this day."


def _moments(starts: list[int], apps: list[str]) -> tuple[Moment, ...]:
    return tuple(
        Moment(f"m{n}", Kind.FRAME, DAY[0] + at, DAY[0] + at, "UTC", "eDP-1", app)
        for n, (at, app) in enumerate(zip(starts, apps, strict=False))
    )


times = st.lists(st.integers(0, DAY[1] - DAY[0] - 1), min_size=1, max_size=60)


@settings(deadline=None)
@given(times, st.data())
def test_every_frame_lies_in_a_block_of_its_lane_and_blocks_do_not_overlap(
    starts: list[int], data: st.DataObject
) -> None:
    names = [data.draw(st.sampled_from("abcdefghij")) for _ in starts]
    model = DayModel(Day("2026-03-03", "UTC", *DAY, _moments(starts, names), (), (), ()))
    assert len(model.lanes) <= MOST_LANES
    assert sum(block.moments for lane in model.lanes for block in lane.blocks) == len(starts)
    for lane in model.lanes:
        edges = [edge for block in lane.blocks for edge in (block.start_ns, block.end_ns)]
        assert edges == sorted(edges)


@settings(deadline=None)
@given(times, st.integers(0, DAY[1] - DAY[0]))
def test_the_frame_at_a_time_is_the_last_begun(starts: list[int], at: int) -> None:
    model = DayModel(Day("2026-03-03", "UTC", *DAY, _moments(starts, ["a"] * 60), (), (), ()))
    index = model.frame_at(DAY[0] + at)
    assert index is not None
    before = [start for start in starts if start <= at] or [min(starts)]
    assert model.frames[index].start_ns == DAY[0] + max(before)


scales = st.builds(
    lambda a, b: TimeScale(*DAY, 100, 900, *DAY).view(DAY[0] + min(a, b), DAY[0] + max(a, b)),
    st.integers(0, DAY[1] - DAY[0]),
    st.integers(0, DAY[1] - DAY[0]),
)


@given(scales, st.floats(0.1, 10), st.floats(100, 1000))
def test_zooming_stays_within_the_day_and_the_time_under_the_pointer_stays_put(
    scale: TimeScale, factor: float, x: float
) -> None:
    zoomed = scale.zoomed(factor, x)
    assert DAY[0] <= zoomed.start_ns < zoomed.end_ns <= DAY[1]
    at_an_edge = zoomed.start_ns == DAY[0] or zoomed.end_ns == DAY[1]
    a_pixel = (zoomed.end_ns - zoomed.start_ns) / zoomed.width
    assert at_an_edge or abs(zoomed.ns(x) - scale.ns(x)) <= a_pixel


@given(scales)
def test_the_marks_of_the_axis_are_in_view_and_have_room(scale: TimeScale) -> None:
    places = [scale.x(ns) for ns, _ in scale.marks("UTC")]
    assert all(99 <= place <= 1001 for place in places)
    assert all(b - a >= 60 for a, b in itertools.pairwise(places))


def test_a_call_tells_over_the_row_of_speech_who_spoke_for_how_long(
    qtbot: QtBot, qapp: QApplication
) -> None:
    start = DAY[0] + 9 * clock.HOUR
    turns = (("microphone", 0, 65), ("loopback", 70, 250))
    heard = tuple(
        Moment(
            f"{number:032x}",
            Kind.SPEECH,
            start + begin * clock.SECOND,
            start + end * clock.SECOND,
            "UTC",
            source,
        )
        for number, (source, begin, end) in enumerate(turns)
    )
    sides = zip(Speaker, heard, strict=True)
    spoken = tuple(Spoken(who, m.start_ns, m.end_ns) for who, m in sides)
    ids = tuple(m.id for m in heard)
    call = Episode("call", start, heard[-1].end_ns, "UTC", "Weekly sync", (), ids, spoken=spoken)
    model = DayModel(Day("2026-03-03", "UTC", *DAY, heard, (call,), (), ()))
    scrubber = Scrubber(Theme(qapp, "light"))
    qtbot.addWidget(scrubber)
    scrubber.resize(800, scrubber.sizeHint().height())
    scrubber.show_day(model, keep_view=False)
    y = lanes.AXIS + lanes.ROW * (lanes.speech_row(model) + 0.5)
    tip = scrubber.tip_at(scrubber.scale.x(start + clock.MINUTE), y)
    assert tip.splitlines() == [
        "Weekly sync",
        "Call, 09:00:00 to 09:04:10",
        "You spoke 1:05 min, the others 3:00 min",
    ]
    assert scrubber.tip_at(scrubber.scale.x(start + clock.MINUTE), lanes.AXIS + 2) == ""
    assert not scrubber.grab().isNull()
