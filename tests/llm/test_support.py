"""A claim stands only where its evidence has its numbers, its names and half of its words."""

from __future__ import annotations

import pytest

from mirrordesk.llm.prompt import Evidence
from mirrordesk.llm.support import names, numbers, supported

AFTERNOON = 1_795_270_980_000_000_000  # Sat 2026-11-21 14:23 UTC
MAIL = Evidence(
    "E1",
    AFTERNOON,
    "UTC",
    "thunderbird",
    "Re: Budget - Priya Raman",
    "The quarterly budget is 48,500 euros. We meet on Tuesday at 15:30 in room B-12. "
    "Ana will bring 3 laptops and the PDF of version 2.4.1.",
)


@pytest.mark.parametrize(
    "claim",
    [
        "The quarterly budget is 48,500 euros.",
        "The budget is 48500 euros.",
        "Priya Raman wrote that the budget is 48,500 euros.",
        "They meet on Tuesday at 15:30 in room B-12.",
        "Ana will bring three laptops.",
        "Ana brings version 2.4.1 as a PDF.",
        "On Saturday the budget was 48,500 euros.",
        "On 2026-11-21 at 14:23 the budget was 48,500 euros.",
        "On November 21 at 2:23 PM the mail said that the budget is 48,500 euros.",
        "According to the mail, the meeting about the budget is on Tuesday in room B-12.",
        "The meetings about the budgets are on Tuesday.",
    ],
)
def test_what_the_evidence_says_stands(claim: str) -> None:
    assert supported(claim, [MAIL])


@pytest.mark.parametrize(
    "claim",
    [
        "The quarterly budget is 45,800 euros.",
        "The quarterly budget is 500 euros.",
        "The budget is 48,500.75 euros.",
        "They meet on Wednesday at 15:30 in room B-12.",
        "They meet on Tuesday at 5:30 in room B-12.",
        "They meet on Tuesday at 15:45 in room B-12.",
        "Ana will bring four laptops.",
        "Ana brings version 2.4 as a PDF.",
        "Ana brings version 4.1 as a PDF.",
        "Bob will bring 3 laptops.",
        "Ana Schmidt will bring 3 laptops.",
        "On Monday the quarterly budget was 48,500 euros.",
        "The quarterly budget was 48,500 euros at 2:23 AM.",
        "Ana enjoys sailing boats around sunny islands every summer.",
        "It is.",
        "",
    ],
)
def test_what_it_does_not_say_falls(claim: str) -> None:
    assert not supported(claim, [MAIL])


def test_evidence_counts_together() -> None:
    other = Evidence("E2", AFTERNOON, "UTC", "", "", "Ana is ill.")
    assert supported("Ana is ill and the budget is 48,500 euros.", [MAIL, other])
    assert not supported("Ana is ill and the budget is 48,500 euros.", [other])


def test_nothing_is_supported_by_no_evidence() -> None:
    assert not supported("The budget is 48,500 euros.", [])


def test_numbers_are_told_apart() -> None:
    assert numbers("At 15:30 two of 48,500 were v2.4.1") == ["15:30", "48500", "2.4.1", "2"]


def test_names_are_told_from_words_that_only_open_a_sentence() -> None:
    assert names("Yesterday the GmbH paid Ana for iOS work") == ["GmbH", "Ana", "iOS"]
    assert names("Ana paid") == ["Ana"]
    assert names("The meeting is on Tuesday") == ["Tuesday"]
    assert names("") == []
