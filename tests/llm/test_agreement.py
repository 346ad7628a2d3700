"""A model for trying things out is believed where quoting bears it out."""

from __future__ import annotations

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
