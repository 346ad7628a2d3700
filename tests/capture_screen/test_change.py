"""A word is news, a line at once; a caret, a clock and a busy mark are not."""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from mirrordesk.capture import tiles
from mirrordesk.capture.base import Pixels
from mirrordesk.capture.change import ChangeDetector

Draw = Callable[[ImageDraw.ImageDraw], None]
FONT = ImageFont.load_default(15)
HEIGHT, WIDTH = 600, 1000


@functools.cache
def written() -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    for number in range(8):
        pen.text((30, 40 + 22 * number), f"line {number} of what was there before", "black", FONT)
    return image


def screen(*drawings: Draw) -> Pixels:
    image = written().copy()
    for draw in drawings:
        draw(ImageDraw.Draw(image))
    return np.array(image)


def text(words: str, x: int = 30, y: int = 300) -> Draw:
    return lambda pen: pen.text((x, y), words, "black", FONT)


def caret(x: int, y: int = 300, width: int = 2) -> Draw:
    return lambda pen: pen.rectangle((x, y, x + width - 1, y + 17), fill="black")


def looks(frames: Iterable[Pixels], step_s: float = 1.0) -> list[int]:
    """The numbers of the frames that are kept."""
    detector, kept = ChangeDetector(), []
    for number, frame in enumerate(frames):
        if detector.compare(frame, 100.0 + number * step_s):
            detector.kept(frame)
            kept.append(number)
    return kept


def test_the_first_frame_is_news_and_a_still_screen_is_not() -> None:
    assert looks([screen()] * 50) == [0]


@pytest.mark.parametrize("size", [8, 10, 12, 13, 14, 16, 20, 32])
@pytest.mark.parametrize("pair", ["01", "15", "16", "18", "19", "38", "56", "71"])
def test_another_digit_is_not_taken_for_a_caret(pair: str, size: int) -> None:
    font = ImageFont.load_default(size)
    former, latter = (
        screen(lambda pen, digit=digit: pen.text((30, 300), f"1,204.{digit}5", "black", font))
        for digit in pair
    )
    assert looks([former, latter, latter]) == [0, 2]


def test_another_size_of_the_screen_is_news() -> None:
    assert looks([screen(), screen()[:-8]]) == [0, 1]


@settings(max_examples=25, deadline=None)
@given(
    st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=40, max_size=90),
    st.integers(0, 200),
    st.integers(250, 570),
)
def test_a_typed_line_is_always_news_at_once(line: str, x: int, y: int) -> None:
    assert looks([screen(), screen(text(line, x, y))]) == [0, 1]


@pytest.mark.parametrize("word", ["No.", "yes", "paella", "Mañana", "17:30"])
@pytest.mark.parametrize("x", [30, 60, 100])
def test_a_typed_word_is_news_within_a_few_looks(word: str, x: int) -> None:
    typed = [screen(text(word[:n], x)) for n in range(len(word) + 1)]
    kept = looks([*typed, *[typed[-1]] * 4])
    assert kept[0] == 0
    assert kept[-1] <= len(typed) + 3
    assert kept[-1] >= len(word)  # and what is kept in the end shows all of it


def test_a_word_is_news_also_while_the_caret_blinks_beside_it() -> None:
    blinking = [screen(text("yes"), *([caret(56)] if n % 2 else [])) for n in range(6)]
    kept = looks([screen(caret(30)), *blinking])
    assert kept[0] == 0
    assert len(kept) == 2


@pytest.mark.parametrize("width", [1, 2, 9])
@pytest.mark.parametrize("x", [30, 62, 63])
@pytest.mark.parametrize("pattern", ["10", "110", "100", "111000"])
def test_a_blinking_caret_is_never_news(pattern: str, x: int, width: int) -> None:
    frames = {"0": screen(), "1": screen(caret(x, 310, width))}
    assert looks(frames[phase] for phase in pattern * 12) == [0]


def test_a_block_caret_that_blinks_on_a_letter_is_never_news() -> None:
    def inverted(frame: Pixels) -> Pixels:
        frame[300:318, 30:39] = 255 - frame[300:318, 30:39]
        return frame

    frames = [inverted(screen(text("hello"))) if n % 2 else screen(text("hello")) for n in range(9)]
    assert looks(frames) == [0]


def test_a_clock_with_seconds_is_never_news() -> None:
    frames = [screen(text(f"12:00:{second:02d}", 900, 5)) for second in range(60)]
    assert looks(frames) == [0]


def test_a_clock_with_seconds_is_no_news_at_a_brisk_pace_either() -> None:
    frames = [screen(text(f"12:00:{n // 2:02d}", 900, 5)) for n in range(60)]
    assert looks(frames, step_s=0.5) == [0]


@pytest.mark.parametrize("x", [900, 921, 930])
def test_a_clock_with_minutes_is_news_once_and_not_when_its_tens_change(x: int) -> None:
    clock = [screen(text(f"09:{minute:02d}", x, 5)) for minute in range(45, 60)]
    clock += [screen(text(f"10:{minute:02d}", x, 5)) for minute in range(25)]
    assert looks([frame for frame in clock for _ in range(12)], step_s=5.0) == [0, 13]


@pytest.mark.parametrize("reply", ["42", "No, on Friday"])
def test_what_is_written_a_minute_after_a_change_of_its_place_is_no_clock(reply: str) -> None:
    """First something is cleared away there, then a minute later somebody answers."""
    empty, said = screen(), screen(text(reply))
    frames = [said] * 3 + [empty] * 60 + [said] * 4
    assert looks(frames) == [0, 4, 64]


def test_a_turning_mark_that_looks_the_same_now_and_then_is_news_once_at_most() -> None:
    def mark(phase: int) -> Draw:
        return lambda pen: pen.arc((500, 300, 524, 324), 30 * phase, 30 * phase + 100, "black", 3)

    phases = [screen(mark(phase)) for phase in range(12)]
    chance = random.Random(2)
    assert len(looks([phases[chance.randrange(12)] for _ in range(300)], step_s=5.0)) <= 2


def test_a_counter_that_somebody_steps_is_kept_with_its_last_value() -> None:
    steps = [screen(text(f"{n}", 500, 300)) for n in range(10, 19)]
    kept = looks([*steps, *[steps[-1]] * 10])
    assert kept[-1] >= len(steps) - 1


def test_a_stroke_is_taken_for_a_caret_at_first_and_kept_in_the_end() -> None:
    stroke = screen(caret(200, 300))
    assert looks([screen(), *[stroke] * 8], step_s=5.0) == [0]
    assert len(looks([screen(), *[stroke] * 30], step_s=5.0)) == 2


def test_a_caret_that_only_goes_elsewhere_is_not_news() -> None:
    assert looks([screen(caret(200)), screen(caret(209)), *[screen(caret(209))] * 5]) == [0]


def test_a_word_is_news_beside_a_clock_with_seconds() -> None:
    frames = [
        screen(text(f"12:00:{n:02d}", 900, 5), *([text("yes")] if n > 10 else []))
        for n in range(20)
    ]
    assert len(looks(frames)) == 2


def test_what_takes_the_place_of_a_known_clock_is_news_again() -> None:
    ticking = [screen(text(f"12:{n // 5:02d}", 920, 5)) for n in range(5 * 8)]
    written = [screen(text("Meet Ana", 920, 5))] * 15
    kept = looks([*ticking, *written], step_s=4.0)
    assert kept[-1] >= len(ticking)
    assert len(kept) <= 7


def test_news_that_could_not_be_stored_stays_news() -> None:
    detector, new = ChangeDetector(), screen(text("a line of quite some length " * 2))
    detector.compare(screen(), 0.0)
    detector.kept(screen())
    assert detector.compare(new, 1.0)
    assert detector.compare(new, 2.0)
    detector.kept(new)
    assert detector.compare(new, 3.0) is None


def test_a_change_tells_where_it_is() -> None:
    detector = ChangeDetector()
    detector.compare(screen(), 0.0)
    detector.kept(screen())
    change = detector.compare(screen(text("a line of quite some length " * 2, 128, 330)), 1.0)
    assert change is not None
    assert {(box.y, box.h) for box in change.boxes} == {(320, 64)}
    assert min(box.x for box in change.boxes) == 128


edits = st.fixed_dictionaries(
    {
        "words": st.sampled_from(("ok", "42", "Yes.", "See you at six", "Total 1,204.50 EUR")),
        "size": st.integers(8, 40),
        "x": st.integers(0, 640),
        "y": st.integers(60, 540),
        "ground": st.sampled_from((0, 30, 128, 225, 255)),
        "contrast": st.sampled_from((20, 40, 90, 220)),
    }
)


@settings(max_examples=40, deadline=None)
@given(
    edit=edits,
    step_s=st.floats(1.0, 5.0),
    before=st.integers(1, 9),
    shown=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_an_edit_of_a_text_line_is_always_kept_within_two_looks(
    edit: dict[str, Any], step_s: float, before: int, shown: list[bool]
) -> None:
    """Whatever its size and contrast, and though a caret blinks and a clock runs meanwhile."""
    ground = edit["ground"]
    ink = ground + edit["contrast"] if ground < 128 else ground - edit["contrast"]
    font = ImageFont.load_default(edit["size"])
    frames = []
    for look in range(before + 2):
        image = Image.new("L", (WIDTH, HEIGHT), ground)
        pen = ImageDraw.Draw(image)
        pen.text((WIDTH - 90, 10), f"12:00:{look:02d}", 255 - ground, FONT)
        if shown[look]:
            pen.rectangle((WIDTH - 80, 560, WIDTH - 79, 577), 255 - ground)
        if look >= before:
            pen.text((edit["x"], edit["y"]), edit["words"], ink, font)
        frames.append(np.array(image.convert("RGB")))
    assert looks(frames, step_s)[1:] in ([before], [before + 1])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, HEIGHT - 1), st.integers(0, WIDTH - 1), st.integers(0, 2))
def test_a_single_pixel_is_found_in_its_tile(y: int, x: int, colour: int) -> None:
    before, after = screen(), screen()
    after[y, x, colour] ^= 0x80
    grid = tiles.differing(before, after)
    assert grid[y // tiles.SIDE, x // tiles.SIDE]
    assert grid.sum() == 1
