"""Lines come in the order in which a person reads them."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.perception.reading import in_reading_order
from mirrordesk.records import Box, TextLine


def _line(text: str, x: int, y: int, w: int = 300, h: int = 16) -> TextLine:
    return TextLine(text, Box(x, y, w, h), 0.9)


def _column(name: str, x: int, y: int, pitch: int, count: int) -> list[TextLine]:
    return [_line(f"{name}{n}", x, y + n * pitch) for n in range(count)]


def _texts(lines: list[TextLine]) -> list[str]:
    return [line.text for line in lines]


def test_windows_side_by_side_are_read_one_after_the_other() -> None:
    left, right = _column("a", 10, 100, 20, 12), _column("b", 500, 93, 23, 10)
    mixed = sorted(left + right, key=lambda line: line.box.y)
    assert _texts(in_reading_order(mixed)) == _texts(left + right)


def test_a_title_across_both_columns_is_read_first() -> None:
    title = _line("title", 10, 20, 800)
    left, right = _column("a", 10, 100, 20, 6), _column("b", 500, 93, 23, 5)
    assert _texts(in_reading_order([*right, title, *left])) == _texts([title, *left, *right])


def test_a_table_is_read_row_by_row() -> None:
    names, sums = _column("name", 10, 100, 24, 6), _column("sum", 500, 101, 24, 6)
    rows = [cell for row in zip(names, sums, strict=True) for cell in row]
    assert _texts(in_reading_order(names + sums)) == _texts(rows)


def test_parts_of_one_row_are_read_from_left_to_right() -> None:
    lines = [_line("right", 400, 100), _line("left", 10, 103), _line("below", 10, 130)]
    assert _texts(in_reading_order(lines)) == ["left", "right", "below"]


def test_dense_lines_whose_boxes_overlap_stay_in_order() -> None:
    dense = [_line(str(n), 10, 10 + 12 * n, h=18) for n in range(40)]
    assert in_reading_order(dense[::-1]) == dense


_boxes = st.builds(
    Box,
    st.integers(0, 2000),
    st.integers(0, 1200),
    st.integers(1, 900),
    st.integers(4, 60),
)
_lines = st.lists(st.builds(TextLine, st.text(max_size=3), _boxes, st.just(0.9)), max_size=60)


@given(_lines)
def test_no_line_is_lost_or_doubled(lines: list[TextLine]) -> None:
    ordered = in_reading_order(lines)
    assert sorted(map(repr, ordered)) == sorted(map(repr, lines))


@given(_lines, st.randoms(use_true_random=False))
def test_the_line_above_all_others_is_first_wherever_it_was_found(
    lines: list[TextLine], random: Random
) -> None:
    top = TextLine("first", Box(0, -500, 3000, 20), 0.9)
    shuffled = [top, *lines]
    random.shuffle(shuffled)
    assert in_reading_order(shuffled)[0] == top


def test_a_screen_full_of_text_is_ordered() -> None:
    lines = [_line(f"{c}/{n}", 200 * c, 10 * n, 150, 9) for c in range(10) for n in range(200)]
    assert len(in_reading_order(lines)) == 2000
