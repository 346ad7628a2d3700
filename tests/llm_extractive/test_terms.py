"""One tokenizer for index, recall and answer."""

from __future__ import annotations

import string
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.terms import LONGEST, content_terms, terms

_ALPHABET = string.ascii_letters + string.digits + "._-/@'’,:#+&=éß東京はナ한ไपै\u202f"
WORDS = st.lists(st.text(_ALPHABET, min_size=1, max_size=14), min_size=1, max_size=12)


@given(WORDS, st.data())
def test_the_terms_of_a_run_of_words_are_among_the_terms_of_the_text(
    words: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    text = terms(" ".join(words))
    assert set(terms(" ".join(words[first:last]))) <= set(text)
    assert set(content_terms(" ".join(words[first:last]))) <= set(text)


@given(st.text(max_size=80))
def test_any_text_gives_the_same_short_words_every_time(text: str) -> None:
    found = terms(text)
    assert found == terms(text)
    assert all(0 < len(term) <= LONGEST and not any(map(str.isspace, term)) for term in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Running the Budgets", ["run", "the", "budget"]),
        ("getUserName", ["getusernam", "get", "user", "name"]),
        ("max_retries", ["max_retries", "max", "retri"]),
        ("ana@mail.example", ["ana@mail.example", "ana", "mail", "exampl"]),
        ("/etc/fstab", ["etc/fstab", "etc", "fstab"]),
        ("e-mail", ["e-mail", "e", "mail", "email"]),
        ("2024-05-12", ["2024-05-12", "2024", "05", "12"]),
        ("Falcon’s", ["falcon"]),
        ("東京都", ["東京", "京都"]),
        ("京", ["京"]),
        ("C++", ["c++"]),
        ("ｆｕｌｌ", ["full"]),
        ("", []),
        ("!?…", []),
    ],
)
def test_a_text_is_cut_into_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize("number", ["48,500", "48.500", "48'500", "48\u202f500", "48500"])
def test_a_grouped_number_is_found_however_its_thousands_are_marked(number: str) -> None:
    assert "48500" in terms(f"Budget: {number} EUR")


def test_a_list_of_small_numbers_is_no_grouped_number() -> None:
    assert terms("1,2,3") == ["1", "2", "3"]


def test_a_question_keeps_only_what_it_is_about() -> None:
    question = "What was the budget for Project Falcon?"
    assert content_terms(question) == ["budget", "project", "falcon"]
    assert content_terms("What did I do there?") == []


def test_a_name_in_capitals_is_no_stop_word() -> None:
    assert content_terms("Who works in IT?") == ["work", "it"]
    assert content_terms("WHO WORKS IN IT?") == ["work"]


def test_many_threads_may_stem_at_once() -> None:
    words = [f"{a}{b}{c}ings" for a in "abcdef" for b in "aeiou" for c in "klmnpr"]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(terms, words * 4))
    assert found == [terms(word) for word in words * 4]
