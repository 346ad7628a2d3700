"""The forms of what a model notes: what is whole is read whole, what is torn up to there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.llm import forms
from mirrordesk.llm.forms import FACTS, GOAL, PROFILE, SUMMARY, Form, Item

IDS = ("E1", "E2", "E3")
FORMS = (FACTS, GOAL, PROFILE, SUMMARY)


def written(form: Form, items: list[Item]) -> str:
    listed = [{**item.texts, "evidence": list(item.evidence)} for item in items]
    return json.dumps({form.name: listed}, ensure_ascii=False)


@st.composite
def filled(draw: st.DrawFn) -> tuple[Form, list[Item]]:
    form = draw(st.sampled_from(FORMS))
    text = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
    items = [
        Item(
            {f.name: draw(st.sampled_from(f.choices) if f.choices else text) for f in form.fields},
            tuple(draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True))),
        )
        for _ in range(draw(st.integers(0, form.most)))
    ]
    return form, items


@given(filled())
def test_what_was_written_in_a_form_is_read_back(case: tuple[Form, list[Item]]) -> None:
    form, items = case
    parsed = forms.parse(form, written(form, items))
    assert parsed.whole
    assert list(parsed.items) == items


@given(filled(), st.data())
def test_an_output_cut_off_anywhere_keeps_its_whole_items(
    case: tuple[Form, list[Item]], data: st.DataObject
) -> None:
    form, items = case
    text = written(form, items)
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    parsed = forms.parse(form, cut)
    assert not parsed.whole
    assert list(parsed.items) == items[: len(parsed.items)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot help with that.",
        '{"facts": null}',
        '{"facts": ["E1"]}',
        '{"facts": [{"subject": "x"}]}',
        '{"facts": [{"subject": 5, "predicate": "a", "object": "b", "when": "", "evidence": []}]}',
        '{"facts": [{"subject": "x", "predicate": "a", "object": "b", "when": "", "evidence": 1}]}',
        '{"facts": [{"subject": "x", "predicate": "a", "object": "b", "when": "", "evidence": [], '
        '"more": ""}]}',
        '{"facts": ' + "[" * 9000,
        '{"summary": []}',
    ],
)
def test_what_is_not_of_the_form_gives_nothing(text: str) -> None:
    assert forms.parse(FACTS, text) == forms.Parsed((), whole=False)


def test_a_topic_that_is_not_asked_for_gives_nothing() -> None:
    text = '{"profile": [{"topic": "password", "text": "hunter2", "evidence": ["E1"]}]}'
    assert forms.parse(PROFILE, text).items == ()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_llama_cpp_takes_the_grammar_of_each_form(form: Form) -> None:
    import llama_cpp

    grammar = llama_cpp.LlamaGrammar.from_string(forms.gbnf(form, IDS), verbose=False)
    assert grammar


def test_a_grammar_without_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="evidence"):
        forms.gbnf(FACTS, ())
