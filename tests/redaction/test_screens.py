"""Lines with boxes: what belongs together is searched together, and painted where it stands."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from mirrordesk.records import Box, TextLine
from mirrordesk.redaction.paint import PAINT, painted
from mirrordesk.redaction.policy import Policy
from mirrordesk.redaction.screen import Redacted, box_of, redacted
from mirrordesk.redaction.spans import Secret, Span
from tests.redaction.samples import drawn

HEIGHT = 16
KEY = "xox" + "p-s6gcZ9i0ZuxQLcVp6srnj4CvEC7rYw"


def line(text: str, x: int, y: int) -> TextLine:
    return TextLine(text, Box(x, y, 8 * len(text), HEIGHT), 0.95)


def texts(kept: Redacted) -> list[str]:
    return [each.text for each in kept.lines]


def test_a_value_right_of_its_label_is_found() -> None:
    kept = redacted([line("Password", 20, 40), line("hunter2x", 300, 41), line("Next", 20, 90)])
    assert texts(kept) == ["Password", "[password]", "Next"]
    (box,) = kept.boxes
    assert box.x <= 300
    assert box.right >= 300 + 8 * 8


def test_a_value_below_its_label_is_found_and_the_button_below_it_stays() -> None:
    lines = [line("API key", 20, 40), line(drawn(24), 20, 60), line("Copy", 20, 82)]
    assert texts(redacted(lines)) == ["API key", "[key]", "Copy"]


def test_every_value_in_a_column_of_passwords_is_found() -> None:
    table = [line("User", 20, 40), line("Password", 200, 40)]
    for row, (user, word) in enumerate(
        [("ada", "hunter2x"), ("bob", "s3cr-et7"), ("cy", "x9y8z7w")]
    ):
        table += [line(user, 20, 70 + 30 * row), line(word, 200, 70 + 30 * row)]
    kept = texts(redacted(table))
    assert kept.count("[password]") == 3
    assert "ada" in kept


def test_a_card_torn_into_four_boxes_is_found() -> None:
    groups = [line(g, 20 + 60 * n, 40) for n, g in enumerate(["4111", "1111", "1111", "1111"])]
    assert texts(redacted(groups)) == ["[card number]"] * 4


def test_a_key_that_goes_on_in_the_next_line_is_found_as_a_whole() -> None:
    key = "ghp" + "_" + drawn(36)
    lines = [line(f"export TOKEN={key[:24]}", 20, 40), line(key[24:], 20, 60)]
    assert texts(redacted(lines)) == ["export TOKEN=[key]", "[key]"]


def test_a_hash_above_a_name_is_not_taken_for_a_key_that_goes_on() -> None:
    lines = [
        line(f"git checkout {'3f2a9c1e8b' * 4}", 20, 40),
        line("aws_region = eu-west-1", 20, 60),
    ]
    assert redacted(lines).boxes == ()


def test_a_code_below_the_sentence_that_announces_it_is_found() -> None:
    lines = [line("Your GitHub verification code:", 20, 40), line("482913", 20, 60)]
    assert texts(redacted(lines)) == ["Your GitHub verification code:", "[code]"]


def test_a_value_known_from_its_label_goes_wherever_else_it_stands() -> None:
    lines = [line("password: Tr0ub4dor&3", 20, 40), line("echo Tr0ub4dor&3 | sudo -S", 600, 400)]
    kept = redacted(lines)
    assert texts(kept) == ["password: [password]", "echo [password] | sudo -S"]
    assert len(kept.boxes) == 2


def test_names_and_mails_go_only_where_the_person_asks() -> None:
    lines = [line("Jane  Kovacs <jane@x-corp.io> and jane's dog", 20, 40)]
    assert redacted(lines).boxes == ()
    kept = redacted(lines, Policy(names=("Jane Kovacs",), mails=True))
    assert texts(kept) == ["[name] <[mail address]> and jane's dog"]


def test_nothing_is_looked_for_where_the_person_wants_all_kept() -> None:
    assert redacted([line(KEY, 20, 40)], Policy(secrets=False)).boxes == ()


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40))
def test_the_box_of_a_part_covers_it_in_letters_of_one_width(
    before: int, inside: int, after: int
) -> None:
    whole = line("a" * before + "b" * inside + "c" * after, 100, 50)
    box = box_of(whole, Span(before, before + inside, Secret.KEY))
    assert box.x <= 100 + 8 * before
    assert box.right >= 100 + 8 * (before + inside)
    assert box.y < 50
    assert box.bottom > 50 + HEIGHT


def test_the_paint_covers_a_key_in_letters_of_many_widths() -> None:
    font = ImageFont.truetype("DejaVuSans.ttf", 15)
    before, after = "illicit little lilies, iiii WWWW: ", " and MMMM more words follow it"
    left, right = 20 + font.getlength(before), 20 + font.getlength(before + KEY)
    whole = font.getlength(before + KEY + after)
    picture = Image.new("RGB", (1200, 60), "white")
    ImageDraw.Draw(picture).text((20, 20), before + KEY + after, "black", font)
    seen = TextLine(before + KEY + after, Box(18, 18, int(whole) + 4, 22), 0.95)
    kept = painted(np.asarray(picture), redacted([seen]).boxes)
    assert (kept[18:40, int(left) : int(right)] == PAINT).all()
    assert (kept[:, 18:40] == np.asarray(picture)[:, 18:40]).all()  # the line's beginning stays


def test_a_box_at_the_edge_of_a_frame_is_painted() -> None:
    pixels = np.full((40, 60, 3), 255, np.uint8)
    kept = painted(pixels, [Box(-10, -10, 30, 30), Box(50, 30, 30, 30)])
    assert (kept[:20, :20] == PAINT).all()
    assert (kept[30:, 50:] == PAINT).all()
    assert (pixels == 255).all()
