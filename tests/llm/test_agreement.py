"""A model for trying things out is believed where quoting bears it out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mirrordesk.llm.agreement import agreed
from mirrordesk.records import Answer, Citation, Claim, Kind


def answer(engine: str, *moments: str) -> Answer:
    citations = tuple(
        Citation(name, Kind.FRAME, 1, 1, "UTC", "xterm", "Shell", f"line of {name}", media=None)
        for name in moments
    )
    claims = tuple(Claim(f"line of {name}", (name,)) for name in moments)
    return Answer("What is it?", claims, citations, engine, abstained=not moments)


@pytest.mark.parametrize(
    ("read", "found", "engine"),
    [
        (("a",), ("a", "b"), "reader-micro"),
        (("a",), ("b",), "extractive"),
        (("a",), (), "extractive"),
        ((), ("a",), "extractive"),
        ((), (), "extractive"),
    ],
)
def test_it_is_believed_only_where_quoting_points_to_the_same(
    read: tuple[str, ...], found: tuple[str, ...], engine: str
) -> None:
    assert agreed(answer("reader-micro", *read), answer("extractive", *found)).engine == engine


@pytest.mark.parametrize(
    ("said", "engine"),
    [
        ("The budget is 48500 euros", "reader-micro"),
        ("Budget: the budget is 48500 euros.", "reader-micro"),
        ("Aurora: how we release", "extractive"),
        ("…", "extractive"),
    ],
)
def test_the_same_evidence_is_not_enough_where_it_says_something_else(
    said: str, engine: str
) -> None:
    found = answer("extractive", "a")
    found = replace(found, claims=(Claim("The budget is 48500 euros.", ("a",)),))
    read = replace(answer("reader-micro", "a"), claims=(Claim(said, ("a",)),))
    assert agreed(read, found).engine == engine
