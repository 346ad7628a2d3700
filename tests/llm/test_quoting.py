"""What a model that may do no more than quote can write."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from mirrordesk.config import LlmSettings
from mirrordesk.llm import grammar, quoting
from mirrordesk.llm.engine import Engine
from mirrordesk.llm.prompt import Evidence

WORDS = st.text(st.sampled_from("ab. !?-[]\"\\'é漢\u200b\u202e\t\n{}|E1"), max_size=60)


@pytest.fixture(scope="module")
def engine(model: Path) -> Iterator[Engine]:
    """Random weights: they choose anything that their grammar lets them."""
    engine = Engine(model, LlmSettings(context=1024, type_k="f16", type_v="f16"))
    yield engine
    engine.close()


def evidence(*texts: str) -> list[Evidence]:
    return [Evidence(f"E{n}", 0, "UTC", "mail", "", text) for n, text in enumerate(texts, start=1)]


def written(engine: Engine, shown: Sequence[Evidence]) -> str:
    return engine.write(
        engine.tokenizer.prompt("Keep to the rules.", "What was it?"),
        grammar=quoting.gbnf(shown),
        limit=300,
        emit=lambda _piece: None,
        cancelled=threading.Event(),
    ).text


@example(["1E\u200b", "", "1111?\t1", "- [E1]"])
@given(texts=st.lists(WORDS, max_size=4))
@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_was_recorded_every_claim_is_a_piece_of_what_it_cites(
    engine: Engine, texts: list[str]
) -> None:
    shown = evidence(*texts)
    known = {item.id: " ".join(_bare(item.text).split()) for item in shown}
    for claim, cited in grammar.parse(written(engine, shown), known):
        (name,) = cited
        assert _bare(claim) in known[name]


def _bare(text: str) -> str:
    for unseen in "\u200b\u202e":
        text = text.replace(unseen, "")
    return text.replace("[", "(").replace("]", ")")


def test_sentences_are_quoted_one_by_one_and_code_as_it_stands() -> None:
    rules = quoting.gbnf(evidence('It is late. We go home.\nif x[0]: print("go")'))
    assert '("It is late." | "We go home." | "if x(0): print(\\"go\\")") " [E1]"' in rules


def test_what_is_longer_than_a_claim_is_quoted_in_pieces(engine: Engine) -> None:
    shown = evidence("so " * 300)
    (claim, _cited), *_ = grammar.parse(written(engine, shown), ["E1"]) or [("so", ())]
    assert len(claim) <= grammar.LONGEST
    assert set(claim.split()) == {"so"}


@pytest.mark.parametrize("texts", [(), ("",), ("\u200b\n ",)])
def test_without_a_sentence_all_that_is_left_is_to_abstain(
    engine: Engine, texts: tuple[str, ...]
) -> None:
    assert written(engine, evidence(*texts)) == grammar.NO_MEMORY
