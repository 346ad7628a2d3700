"""The form of an answer, read back without trust."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.llm import grammar

IDS = ("E1", "E2", "E12")


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("NO MEMORY", []),
        ("", []),
        ("- It was blue. [E1]", [("It was blue.", ("E1",))]),
        ("- It was blue.[E1][E2]", [("It was blue.", ("E1", "E2"))]),
        ("- A. [E1]\n- B. [E12]", [("A.", ("E1",)), ("B.", ("E12",))]),
        ("- Twice. [E2][E2]", [("Twice.", ("E2",))]),
        ("- Invented. [E99]", [("Invented.", ())]),
        ("- Half invented. [E99][E1]", [("Half invented.", ("E1",))]),
        ("It was blue.", []),
        ("- No source.", []),
        ("- Tricky [E1] inside. [E2]", []),
        ("none\nAnswer:\nNO MEMORY", []),
        (
            "E1: relevant because it is blue\nE9: relevant because - so\nAnswer:\n- Blue. [E1]",
            [("Blue.", ("E1",))],
        ),
        ("E1: relevant because it was cut off", []),
    ],
)
def test_claims_come_back_with_the_sources_that_exist(
    text: str, claims: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert grammar.parse(text, IDS) == claims


def test_an_answer_cut_off_anywhere_keeps_its_whole_claims() -> None:
    first, second = "- The tea was green. [E1]", "- The coffee was black. [E2][E12]"
    text = f"{first}\n{second}"
    for end in range(len(first), len(text) + 1):
        claims = grammar.parse(text[:end], IDS)
        assert claims[0] == ("The tea was green.", ("E1",))
        shown = text[:end].count("]")
        wanted = [("The coffee was black.", ("E2", "E12")[: shown - 1])] if shown > 1 else []
        assert claims[1:] == wanted


@given(text=st.text(st.sampled_from("- [E12]9\nNO MEMORYabc.")), ids=st.sets(st.sampled_from(IDS)))
def test_no_text_yields_a_source_that_was_not_shown(text: str, ids: set[str]) -> None:
    for claim, sources in grammar.parse(text, ids):
        assert claim.strip() == claim != ""
        assert set(sources) <= ids
        assert len(set(sources)) == len(sources)


def test_a_grammar_without_evidence_makes_no_sense() -> None:
    with pytest.raises(ValueError):
        grammar.gbnf([])
