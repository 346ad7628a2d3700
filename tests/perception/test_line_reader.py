"""What is too unsure to be text is left out."""

from __future__ import annotations

import pytest

from mirrordesk.perception.line_reader import Words, text_lines
from mirrordesk.records import Box


@pytest.mark.parametrize(
    ("text", "confidence", "kept"),
    [
        ("the printer", 0.55, True),
        ("the printer", 0.45, False),
        ("\u00d7", 0.69, False),  # the button that closes a window
        ("7", 0.97, True),
        ("  \u56de ", 0.6, False),
        ("   ", 1.0, False),
    ],
)
def test_short_words_must_be_surer_than_long_ones(text: str, confidence: float, kept: bool) -> None:
    lines = text_lines([Box(0, 0, 40, 20)], [Words(text, confidence)])
    assert [line.text for line in lines] == ([text] if kept else [])
