"""Keys and tokens: whoever issued them, whatever OCR has made of them."""

from __future__ import annotations

import pytest

from mirrordesk.redaction import chance
from mirrordesk.redaction.text import find, without_secrets
from tests.redaction.samples import MAKERS, drawn

TIMES = 40
RUN = 8  # letters and digits in a row that may not be left


def survives(key: str, text: str) -> bool:
    left, folded = chance.folded(text), chance.folded(key)
    return any(folded[at : at + RUN] in left for at in range(4, len(folded) - RUN + 1))


@pytest.mark.parametrize("vendor", MAKERS)
def test_a_key_of_any_vendor_is_found_in_a_sentence(vendor: str) -> None:
    keys = [MAKERS[vendor]() for _ in range(TIMES)]
    kept = [without_secrets(f"here is the new one {key}. Thanks, Linus") for key in keys]
    missed = sum(survives(key, text) for key, text in zip(keys, kept, strict=True))
    # one that by chance reads like a name is known by its label alone
    assert missed <= (1 if vendor in ("vendor never heard of", "nothing before it") else 0)
    assert all(text.endswith("Thanks, Linus") for text in kept)


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        ("sk_1ive_64w3xzTm2cn5TwH0nNcZ54tq", "[key]"),  # l as 1, O as 0
        ("sk live_64w3xzTm2cn5TwHOnNcZ54tq", "[key]"),  # a sign lost
        ("sk_live_64w3xzTm2cn 5TwHOnNcZ54tq now", "[key] now"),  # a space put in
        ("x0xp-s6gcZ9i0ZuxQLcVp6srnj4CvEC7rYw", "[key]"),
        ("AKlAI0SF0DNN7EXAMPLE", "[key]"),
        ("ghp16C7e42F292c6912E7710c838347Ae178B4a", "[key]"),
    ],
)
def test_a_key_that_ocr_has_damaged_is_found(seen: str, kept: str) -> None:
    assert without_secrets(seen) == kept


def test_what_follows_a_key_stays() -> None:
    text = without_secrets("token=xoxp-s6gcZ9i0ZuxQLcVp6srnj4CvEC7rYw. My direct line is open")
    assert text.endswith(". My direct line is open") or text.endswith(" My direct line is open")


def test_a_masked_key_is_left_as_it_is() -> None:
    assert find("sk-...a1b2 created 12 May") == []


def test_a_secret_for_an_authenticator_in_fours_is_found() -> None:
    assert without_secrets("setup key: JBSW Y3DP EHPK 3PXP") == "setup key: [key]"


def test_chance_is_told_from_names() -> None:
    assert sum(chance.is_random(drawn(24), 20) for _ in range(1000)) >= 960
    for name in (
        "getElementsByClassNameAndId2",
        "test_that_a_stored_moment_is_found_again_2",
        "QAbstractItemViewPrivate",
        "3f2a9c1e8b7d6f5a4c3b2a1908f7e6d5c4b3a291",
        "2024-10-11T14:32:05.123456",
        "MIRRORDESK_MODELS_DIRECTORY_2",
    ):
        assert not chance.is_random(name, 20), name
