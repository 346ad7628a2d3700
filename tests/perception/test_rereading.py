"""Reading costs what has changed: judged by how many pixels are searched and lines are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mirrordesk.perception.base import Pixels
from mirrordesk.perception.finding import Corners
from mirrordesk.perception.known import line_key
from mirrordesk.perception.line_reader import Words
from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.perception.rereading import RereadingOcr
from mirrordesk.records import Box

WIDTH, HEIGHT, STEP = 640, 320, 18
NUMBERS = "one two three four five six seven eight nine ten".split()  # noqa: SIM905


class CountingOcr(RapidOcr):
    """The real OCR; it counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        self.searched, self.read_lines = 0, 0

    def find(self, pixels: Pixels) -> list[Corners]:
        self.searched += pixels.shape[0] * pixels.shape[1]
        return super().find(pixels)

    def recognize(self, pixels: Pixels, corners: Sequence[Corners]) -> list[Words]:
        self.read_lines += len(corners)
        return super().recognize(pixels, corners)


@pytest.fixture(scope="module")
def reader() -> CountingOcr:
    return CountingOcr()


@pytest.fixture
def ocr(reader: CountingOcr) -> RereadingOcr:
    reader.forget()
    return RereadingOcr(reader)


def _line(number: int) -> str:
    return f"row {number} holds {NUMBERS[number % 10]} {NUMBERS[number // 10 % 10]} apples"


def _terminal(first: int, count: int = 14, title: str = "shell") -> Pixels:
    """A terminal below a title, with a scroll bar, that shows the lines from `first` on."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#f4f4f4")
    draw = ImageDraw.Draw(picture)
    draw.text((12, 8), title, "#222222", ImageFont.truetype("DejaVuSans.ttf", 14))
    draw.rectangle((0, 40, WIDTH, HEIGHT), fill="#1e1e22")
    draw.rectangle((WIDTH - 10, 44 + first * 4, WIDTH - 2, 90 + first * 4), fill="#888888")
    font = ImageFont.truetype("DejaVuSansMono.ttf", 13)
    for row in range(count):
        draw.text((12, 48 + row * STEP), _line(first + row), "#d2d2d2", font)
    return np.asarray(picture)


def _texts(ocr: RereadingOcr, picture: Pixels) -> list[str]:
    return [line.text for line in ocr.read(picture)]


def _rows(first: int, count: int = 14) -> list[str]:
    return [_line(first + row) for row in range(count)]


def test_the_same_frame_again_costs_nothing(ocr: RereadingOcr, reader: CountingOcr) -> None:
    before = ocr.read(_terminal(0))
    reader.forget()
    assert ocr.read(_terminal(0)) == before
    assert (reader.searched, reader.read_lines) == (0, 0)


def test_a_typed_line_is_searched_and_read_alone(ocr: RereadingOcr, reader: CountingOcr) -> None:
    ocr.read(_terminal(0, count=9))
    reader.forget()
    assert _texts(ocr, _terminal(0, count=10)) == ["shell", *_rows(0, 10)]
    assert reader.read_lines <= 2
    assert reader.searched < WIDTH * HEIGHT / 3


def test_scrolling_reads_only_what_came_into_view(ocr: RereadingOcr, reader: CountingOcr) -> None:
    ocr.read(_terminal(0))
    reader.forget()
    assert _texts(ocr, _terminal(3)) == ["shell", *_rows(3)]
    assert reader.read_lines <= 5
    assert reader.searched < 0.6 * WIDTH * HEIGHT


def test_scrolling_back_reads_nothing(ocr: RereadingOcr, reader: CountingOcr) -> None:
    for first in (0, 3):
        ocr.read(_terminal(first))
    reader.forget()
    assert _texts(ocr, _terminal(0)) == ["shell", *_rows(0)]
    assert reader.read_lines == 0


def test_switching_back_to_a_window_costs_nothing(ocr: RereadingOcr, reader: CountingOcr) -> None:
    terminal, other = _terminal(0), np.rot90(_terminal(40), 2).copy()
    before = ocr.read(terminal)
    ocr.read(other)
    reader.forget()
    assert ocr.read(terminal) == before
    assert reader.searched == 0


def test_a_patch_that_looks_as_it_did_before_is_not_searched_again(
    ocr: RereadingOcr, reader: CountingOcr
) -> None:
    for count, title in ((6, "asleep"), (7, "in front"), (8, "asleep")):
        ocr.read(_terminal(0, count, title))
    typed, reader.searched = reader.searched, 0
    ocr.read(_terminal(0, 9, "asleep"))  # the line alone
    line_alone, reader.searched = reader.searched, 0
    assert _texts(ocr, _terminal(0, 10, "in front")) == ["in front", *_rows(0, 10)]
    assert reader.searched <= line_alone * 1.5 < typed


def _framed(colour: str, title: str = "shell", ground: str = "#f4f4f4") -> Pixels:
    """The terminal within a border, below a bar of titles."""
    picture = Image.new("RGB", (WIDTH + 20, HEIGHT + 20), "#000000")
    picture.paste(Image.fromarray(_terminal(0, title=title)), (10, 10))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((4, 4, WIDTH + 15, HEIGHT + 15), outline=colour, width=2)
    draw.rectangle((WIDTH // 2, 12, WIDTH, 30), fill=ground)
    return np.asarray(picture)


def test_a_border_that_changes_around_everything_costs_nothing(
    ocr: RereadingOcr, reader: CountingOcr
) -> None:
    before = ocr.read(_framed("#808080"))
    reader.forget()
    assert ocr.read(_framed("#3366cc", ground="#99bbee")) == before
    assert (reader.searched, reader.read_lines) == (0, 0)


def test_a_border_and_a_title_that_change_cost_the_title(
    ocr: RereadingOcr, reader: CountingOcr
) -> None:
    ocr.read(_framed("#808080"))
    reader.forget()
    assert _texts(ocr, _framed("#3366cc", "shell, in front")) == ["shell, in front", *_rows(0)]
    assert reader.read_lines <= 1
    assert reader.searched < WIDTH * HEIGHT / 4


def _dense(texts: Sequence[str], step: int) -> Pixels:
    """Lines of text that stand close together, `step` rows apart."""
    picture = Image.new("RGB", (300, 120), "white")
    font = ImageFont.truetype("DejaVuSansMono.ttf", 14)
    for row, text in enumerate(texts):
        ImageDraw.Draw(picture).text((8, 8 + row * step), text, "black", font)
    return np.asarray(picture)


@pytest.mark.parametrize("height", [18, 20, 24])
def test_a_line_is_known_whatever_stands_close_above_and_below(height: int) -> None:
    alone, among = _dense(["", "the same"], 17), _dense(["jumpy _g", "the same", "Hall |"], 17)
    box = Box(4, 35 - height // 2, 200, height)
    assert line_key(alone, box) == line_key(among, box)


@pytest.mark.parametrize("other", ["the same_", "The same", "the säme", "the sama", "the same,"])
def test_a_line_that_differs_in_any_mark_is_another(other: str) -> None:
    box = Box(4, 24, 200, 20)
    assert line_key(_dense(["", "the same"], 17), box) != line_key(_dense(["", other], 17), box)


def test_a_line_beside_a_border_is_known_among_other_lines() -> None:
    alone, among = _dense(["", "the same"], 17), _dense(["jumpy _g", "the same", "Hall |"], 17)
    box = Box(4, 24, 200, 20)
    keys = set()
    for picture in (alone.copy(), among.copy()):
        picture[:, 5] = 0
        keys.add(line_key(picture, box))
    assert len(keys) == 1


@pytest.mark.parametrize("text", ["|", "-", ""])
def test_empty_ground_and_rules_are_not_all_one_line(text: str) -> None:
    box = Box(4, 24, 60, 20)
    ruled = _dense(["", ""], 17).copy()
    ruled[:, 30] = 0
    assert line_key(_dense(["", text], 17), box) != line_key(ruled, box)


def test_what_is_gone_from_the_screen_is_not_in_its_text(ocr: RereadingOcr) -> None:
    ocr.read(_terminal(0))
    assert _texts(ocr, _terminal(0, count=4)) == ["shell", *_rows(0, 4)]


def test_a_word_behind_another_makes_one_line_with_it(ocr: RereadingOcr) -> None:
    ocr.read(_terminal(0, title="bash in"))
    assert _texts(ocr, _terminal(0, title="bash in heron"))[0] == "bash in heron"


def test_a_word_typed_behind_a_line_leaves_the_lines_around_it_unread(
    ocr: RereadingOcr, reader: CountingOcr
) -> None:
    before = Image.fromarray(_terminal(0, count=9))
    ocr.read(np.asarray(before))
    after, font = before.copy(), ImageFont.truetype("DejaVuSansMono.ttf", 13)
    end = 12 + font.getlength(_line(4) + " ")
    ImageDraw.Draw(after).text((end, 48 + 4 * STEP), "and pears", "#d2d2d2", font)
    reader.forget()
    rows = [*_rows(0, 4), _line(4) + " and pears", *_rows(5, 4)]
    assert _texts(ocr, np.asarray(after)) == ["shell", *rows]
    assert reader.read_lines == 1


def test_a_line_that_stands_above_what_scrolls_stays(ocr: RereadingOcr) -> None:
    for first in (0, 1, 2, 3):
        picture = _terminal(first).copy()
        picture[:44] = _terminal(0, title="a warning above the text")[:44]
        picture[30:44] = 0xF4
        picture[12:44] = np.roll(picture, 20, axis=0)[12:44]  # close above the first row
        texts = _texts(ocr, picture)
        assert texts == ["a warning above the text", *_rows(first)]


def test_a_frame_of_another_size_is_read_anew(ocr: RereadingOcr) -> None:
    ocr.read(_terminal(0))
    assert _texts(ocr, np.ascontiguousarray(_terminal(5)[:200])) == ["shell", *_rows(5, 8)]
