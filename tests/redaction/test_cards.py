"""Card numbers are told by Luhn's digit, in every way people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.redaction.cards import passes_luhn
from mirrordesk.redaction.spans import Secret
from mirrordesk.redaction.text import find, without_secrets

DIGITS = st.text("0123456789", min_size=12, max_size=20)


def with_check_digit(digits: str) -> str:
    return next(digits + last for last in "0123456789" if passes_luhn(digits + last))


def in_fours(digits: str, gap: str) -> str:
    return gap.join(digits[at : at + 4] for at in range(0, len(digits), 4))


@settings(deadline=None)
@given(DIGITS, st.sampled_from(["", " ", "-", "  "]))
def test_no_number_that_fails_luhn_is_called_a_card(digits: str, gap: str) -> None:
    text = f"Number {in_fours(digits, gap)} here"
    for span in find(text):
        found = [c for c in text[span.start : span.end] if c.isdigit()]
        assert span.secret is not Secret.CARD or passes_luhn("".join(found))


@settings(deadline=None)
@given(DIGITS)
def test_nothing_within_a_number_that_fails_luhn_is_called_a_card(digits: str) -> None:
    if not passes_luhn(digits):
        assert all(span.secret is not Secret.CARD for span in find(f"Number {digits} here"))


def test_the_number_on_the_back_that_follows_does_not_hide_a_card() -> None:
    assert without_secrets("4111 1111 1111 1111 123") == "[card number] 123"


@settings(deadline=None)
@given(st.text("0123456789", min_size=14, max_size=14), st.sampled_from(["", " ", "-"]))
def test_every_visa_number_is_called_one(middle: str, gap: str) -> None:
    written = in_fours(with_check_digit("4" + middle), gap)
    (span,) = find(f"Pay with {written} now")
    assert (span.start, span.end) == (9, 9 + len(written))


@pytest.mark.parametrize(
    "number",
    [
        "5500-0000-0000-0004",
        "3782 822463 10005",
        "378282246310005",
        "6011 1111 1111 1117",
        "4111 1111 1lll 1111",  # as OCR reads it
        "4lll 1111 1111 1111",
        "45391488 0343 6467",  # and a gap lost
    ],
)
def test_a_card_is_found_as_it_is_written(number: str) -> None:
    assert without_secrets(f"card {number} exp 12/27") == "card [card number] exp 12/27"


def test_an_order_number_of_sixteen_digits_stays() -> None:
    assert find("Order 4111111111111112") == []
