"""The attention that is read out of a real llama.cpp, against a model computed by hand."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from mirrordesk.llm.attention import Head, Tap, UnseenError, logits
from mirrordesk.llm.gaze import QUERIES, Gaze
from tests.llm import tiny_forward
from tests.llm.open_cells import F16, Q8_0, opened

ALL_HEADS = [Head(layer, number, QUERIES) for layer in (0, 1) for number in range(4)]
NEVER = threading.Event()
TEXT = [int(token) for token in np.random.default_rng(1).integers(10, 250, 700)]
QUESTION = TEXT[-40:]


def gazed(model: Path, parts: list[list[int]], *, flash: bool = False, kind: int = F16) -> Gaze:
    """A gaze from the question at what was read in these parts."""
    tap = Tap()
    gaze = Gaze(tap, ALL_HEADS)
    with opened(model, tap, flash=flash, kind=kind) as cells:
        for part in parts:
            assert gaze.read(cells, part, NEVER)
        assert gaze.ask(cells, QUESTION, NEVER)
    return gaze


def by_hand(model: Path, evidence: list[int]) -> tiny_forward.Floats:
    """What each token of the evidence gets of the question, as `Gaze.mass` tells it."""
    layers = tiny_forward.attention(model, evidence + QUESTION)
    return np.mean(
        [layer[:, -QUERIES:, : len(evidence)].mean(axis=1) for layer in layers], axis=(0, 1)
    )


def test_the_attention_read_is_the_attention_computed_from_the_weights(model: Path) -> None:
    evidence = TEXT[:100]
    mass = gazed(model, [evidence]).mass()
    np.testing.assert_allclose(mass, by_hand(model, evidence), atol=1e-3)


def test_the_last_token_can_be_asked_alone(model: Path) -> None:
    tap, evidence = Tap(), TEXT[:100]
    gaze = Gaze(tap, [Head(1, 2, 1), Head(0, 3, 1)])
    with opened(model, tap) as cells:
        gaze.read(cells, evidence, NEVER)
        gaze.ask(cells, QUESTION, NEVER)
    layers = tiny_forward.attention(model, evidence + QUESTION)
    np.testing.assert_allclose(gaze.by_head()[0], layers[0][3, -1, :100], atol=2e-3)
    np.testing.assert_allclose(gaze.by_head()[1], layers[1][2, -1, :100], atol=2e-3)


def test_reading_in_parts_and_in_batches_tells_the_same(model: Path) -> None:
    evidence = TEXT[:600]  # more than one batch
    whole = gazed(model, [evidence]).mass()
    parts = gazed(model, [evidence[:50], evidence[50:51], evidence[51:]]).mass()
    np.testing.assert_allclose(parts, whole, atol=1e-3)


def test_flash_attention_and_quantised_cells_tell_nearly_the_same(model: Path) -> None:
    evidence = TEXT[:200]
    plain = gazed(model, [evidence]).mass()
    np.testing.assert_allclose(gazed(model, [evidence], flash=True).mass(), plain, atol=1e-3)
    quantised = gazed(model, [evidence], flash=True, kind=Q8_0).mass()
    assert np.corrcoef(quantised, plain)[0, 1] > 0.98


def test_what_is_forgotten_leaves_its_share_to_the_rest(model: Path) -> None:
    gaze = gazed(model, [TEXT[:100]])
    before = gaze.mass()
    kept = np.arange(100) % 3 != 0
    gaze.forget(kept)
    after = gaze.mass()
    assert len(after) == kept.sum()
    assert (after >= before[kept] - 1e-6).all()


def test_nobody_listening_means_that_nothing_is_copied(model: Path) -> None:
    tap = Tap()
    with opened(model, tap) as cells:
        with tap.listening([1]) as heard:
            cells.read(TEXT[:10], NEVER)
        cells.read(TEXT[10:20], NEVER)
    assert heard.queries(1, 10).shape == (10, 4, 32)
    assert heard.keys(1, 10).shape == (10, 2, 32)
    with pytest.raises(UnseenError):
        heard.queries(0, 10)  # a layer that nobody asked for


def test_a_layer_that_the_model_has_not_is_unseen(model: Path) -> None:
    tap = Tap()
    with opened(model, tap) as cells, pytest.raises(UnseenError):
        Gaze(tap, [Head(7, 0, 1)]).read(cells, TEXT[:10], NEVER)


def test_a_reading_that_is_cancelled_copies_no_attention(model: Path) -> None:
    tap, cancelled = Tap(), threading.Event()
    cancelled.set()
    with opened(model, tap) as cells:
        assert not Gaze(tap, ALL_HEADS).read(cells, TEXT[:10], cancelled)


def test_neighbouring_heads_share_their_keys() -> None:
    rng = np.random.default_rng(0)
    queries = rng.normal(size=(3, 4, 8)).astype(np.float32)
    keys = rng.normal(size=(5, 2, 8)).astype(np.float32)
    found = logits(queries, keys)
    for head, group in enumerate([0, 0, 1, 1]):
        wanted = queries[:, head] @ keys[:, group].T / np.sqrt(8)
        np.testing.assert_allclose(found[head], wanted, rtol=1e-5)
