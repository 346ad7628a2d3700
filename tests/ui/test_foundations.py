"""What everything in the window stands on: imports, colours, background work, pictures, words."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPoint
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from mirrordesk import words
from mirrordesk.errors import StoreError
from mirrordesk.records import Box, Forgotten
from mirrordesk.ui import icons
from mirrordesk.ui.background import Background
from mirrordesk.ui.pictures import Pictures, Wanted, cut_around
from mirrordesk.ui.style import DARK, LIGHT, Tokens
from tests.ui.pictures import draw_screen

DEADLINE_MS = 20_000

IMPORT_ALL = """
import importlib, pkgutil, sys, mirrordesk.ui
for module in pkgutil.walk_packages(mirrordesk.ui.__path__, "mirrordesk.ui."):
    importlib.import_module(module.name)
heavy = {"torch", "llama_cpp", "whisper", "open_clip", "onnxruntime", "lancedb", "transformers"}
print(sorted(heavy & set(sys.modules)))
"""


def test_the_window_imports_no_model_runtime_and_no_tables() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.stdout.strip() == "[]"


def test_qt_counts_its_references_to_none() -> None:
    # A build of Qt for Python that forgets one on every call ends the process after some minutes.
    point = QPoint()
    before = sys.getrefcount(None)
    for _ in range(500):
        point.setX(1)
    assert abs(sys.getrefcount(None) - before) < 100


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_colour_reads_on_every_ground(tokens: Tokens) -> None:
    grounds = (tokens.ground, tokens.rail, tokens.card, tokens.sunken)
    texts = (tokens.ink, tokens.ink_soft, tokens.accent, tokens.good, tokens.warn, tokens.bad)
    pairs = [*itertools.product(texts, grounds), (tokens.on_accent, tokens.accent)]
    pairs += [(tokens.accent, tokens.accent_wash), (tokens.ink, tokens.hover)]
    too_faint = [pair for pair in pairs if _contrast(*pair) < 4.5]
    assert too_faint == []
    assert all(_contrast(block, tokens.card) >= 2 for block in tokens.episodes)


def test_results_and_steps_reach_the_main_thread_in_order(qtbot: QtBot) -> None:
    background = Background()
    seen: list[object] = []
    background.stream(lambda step: [step(n) for n in range(5)] and "end", seen.append, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 6, timeout=DEADLINE_MS)
    assert seen == [0, 1, 2, 3, 4, "end"]
    background.close()


def test_a_known_failure_is_its_own_sentence(qtbot: QtBot) -> None:
    background = Background()

    def work() -> None:
        raise StoreError("The tables cannot be opened.")

    with qtbot.waitSignal(background.failed, timeout=DEADLINE_MS) as told:
        background.run(work, lambda _: None)
    assert told.args == ["The tables cannot be opened."]
    background.close()


def test_a_bug_keeps_its_traceback_and_is_told(qtbot: QtBot) -> None:
    background = Background()
    with capture_exceptions() as caught:
        with qtbot.waitSignal(background.failed, timeout=DEADLINE_MS) as told:
            background.run(lambda: 1 / 0, lambda _: None)
        assert told.args == ["Something unexpected went wrong (ZeroDivisionError); see the log."]
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
    background.close()


def test_nothing_comes_back_from_a_dropped_job(qtbot: QtBot) -> None:
    background = Background(threads=1)
    seen: list[str] = []
    background.run(lambda: "dropped", seen.append).drop()
    background.run(lambda: "kept", seen.append)
    qtbot.waitUntil(lambda: "kept" in seen, timeout=DEADLINE_MS)
    assert seen == ["kept"]
    background.close()


sides = st.integers(64, 4000)


@given(sides, sides, st.data(), st.integers(16, 600), st.integers(16, 400))
def test_a_cut_lies_within_the_frame_and_shows_what_is_cited(
    width: int, height: int, data: st.DataObject, out_w: int, out_h: int
) -> None:
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    w, h = data.draw(st.integers(1, width - x)), data.draw(st.integers(1, height - y))
    cut = cut_around(Box(x, y, w, h), (width, height), (out_w, out_h))
    assert cut.x >= 0
    assert cut.y >= 0
    assert cut.right <= width
    assert cut.bottom <= height
    assert cut.intersection(Box(x, y, w, h)) is not None


def test_pictures_come_later_and_what_is_no_picture_is_known_as_such(
    qtbot: QtBot, tmp_path: Path
) -> None:
    draw_screen(tmp_path / "a.webp", "Mail", "Hello", ["One line"])
    (tmp_path / "b.webp").write_text("not a picture")
    background, owner = Background(), QObject()
    pictures = Pictures(background, owner)
    good, bad = Wanted(tmp_path / "a.webp", (400, 400)), Wanted(tmp_path / "b.webp", (400, 400))
    assert pictures.get(good) is None
    assert pictures.get(bad) is None
    qtbot.waitUntil(lambda: pictures.get(good) is not None, timeout=DEADLINE_MS)
    qtbot.waitUntil(lambda: pictures.unreadable(bad), timeout=DEADLINE_MS)
    picture = pictures.get(good)
    assert picture is not None
    assert (picture.image.width(), picture.part.w) == (400, 1600)
    pictures.clear()
    assert pictures.get(good) is None
    background.close()


def test_every_icon_draws_something(qtbot: QtBot) -> None:
    from PySide6.QtGui import QColor

    for name in icons.SHAPES:
        image = icons.pixmap(name, QColor("#000000"), 24).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), name


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 18), "Today"),
        (date(2026, 11, 17), "Yesterday"),
        (date(2026, 11, 13), "Friday"),
        (date(2026, 11, 11), "11 November"),
        (date(2025, 11, 18), "18 November 2025"),
    ],
)
def test_days_are_named_as_people_name_them(day: date, said: str) -> None:
    assert words.day_name(day, date(2026, 11, 18)) == said


def test_what_was_forgotten_is_told_in_one_sentence() -> None:
    assert words.forgotten(Forgotten(0, 0, 0)) == "There was nothing to forget in that time."
    assert words.forgotten(Forgotten(1, 0, 0)) == "Forgotten for good: 1 moment."
    told = "Forgotten for good: 2 moments, 1 picture or recording and 3 captures that were waiting."
    assert words.forgotten(Forgotten(2, 1, 3)) == told
