"""What one key does: seal and open, hash terms, turn vectors."""

from __future__ import annotations

import io
import os
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.seal import container
from mirrordesk.seal.broken import Broken
from mirrordesk.seal.seal import Seal, key_of

SEAL = Seal(bytes(range(32)))
OTHER = Seal(bytes(32))


@given(st.binary(max_size=300), st.binary(max_size=30))
def test_what_was_sealed_opens_again_and_looks_different_each_time(
    data: bytes, about: bytes
) -> None:
    sealed = SEAL.seal(data, about)
    assert SEAL.open(sealed, about) == data
    assert SEAL.seal(data, about) != sealed
    assert key_of(sealed) == SEAL.id
    assert len(data) < 4 or data not in sealed


def test_a_changed_byte_anywhere_is_noticed() -> None:
    sealed = SEAL.seal(b"The budget is 48500 euros", b"moments/text/1")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Broken):
            SEAL.open(bytes(changed), b"moments/text/1")


@pytest.mark.parametrize("length", [0, 1, 16, 17, 32, 40])
def test_what_was_cut_off_is_noticed(length: int) -> None:
    with pytest.raises(Broken):
        SEAL.open(SEAL.seal(b"The budget", b"")[:length], b"")


def test_another_key_and_another_place_do_not_open_it() -> None:
    sealed = SEAL.seal(b"The budget", b"here")
    with pytest.raises(Broken, match="another key"):
        OTHER.open(sealed, b"here")
    with pytest.raises(Broken, match="not what was sealed"):
        SEAL.open(sealed, b"there")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_term_becomes_one_token_that_only_the_key_makes(term: str) -> None:
    hashed = SEAL.term(term)
    assert re.fullmatch("[a-z2-7]{13}", hashed)
    assert hashed == Seal(SEAL.key).term(term)
    assert len({hashed, OTHER.term(term), SEAL.mark(term)}) == 3


def test_different_terms_become_different_tokens() -> None:
    assert len({SEAL.term(f"term{number}") for number in range(100_000)}) == 100_000


@pytest.mark.parametrize("numbers", [1, 2, 3, 8, 384])
def test_a_turn_keeps_lengths_and_angles_and_comes_back(numbers: int) -> None:
    vectors = np.random.default_rng(numbers).standard_normal((20, numbers)).astype(np.float32)
    turned = SEAL.turned(vectors)
    assert np.allclose(turned @ turned.T, vectors @ vectors.T, rtol=1e-4, atol=1e-4)
    assert np.allclose(SEAL.turned_back(turned), vectors, atol=1e-6)
    assert turned.dtype == np.float32


def test_a_turn_leaves_nothing_where_it_was() -> None:
    vectors = np.eye(384, dtype=np.float32)
    assert np.abs(SEAL.turned(vectors)).max() < 0.5
    assert np.abs(SEAL.turned(vectors) - OTHER.turned(vectors)).max() > 0.1


def test_the_same_key_turns_alike_wherever_it_is_made() -> None:
    unit = np.eye(3, dtype=np.float32)
    assert np.allclose(SEAL.turned(unit), Seal(SEAL.key).turned(unit))
    assert np.allclose(SEAL.turned(unit)[0], [-0.2766, 0.2526, 0.9272], atol=1e-4)


def packed(data: bytes, name: str = "1_2_a.webp") -> bytes:
    return container.pack(SEAL, data, name)


def reader(raw: bytes, name: str = "1_2_a.webp") -> io.BufferedReader:
    return io.BufferedReader(container.Reader(io.BytesIO(raw), name, lambda _key: SEAL))


SIZES = [0, 1, container.CHUNK - 1, container.CHUNK, container.CHUNK + 1, 3 * container.CHUNK]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_reads_back_whole(size: int) -> None:
    data = os.urandom(size)
    assert reader(packed(data)).read() == data
    assert len(packed(data)) <= size + 32 + 28 * (size // container.CHUNK + 1)


DATA = np.random.default_rng(1).bytes(200_000)
RAW = packed(DATA)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(DATA)), st.integers(0, 90_000))
def test_a_file_is_read_from_anywhere(start: int, length: int) -> None:
    file = reader(RAW)
    assert file.seek(start) == start
    assert file.read(length) == DATA[start : start + length]
    assert file.tell() == min(start + length, len(DATA))
    assert file.seek(-5, io.SEEK_END) == len(DATA) - 5
    assert file.read() == DATA[-5:]


def test_reading_a_piece_opens_only_its_chunk() -> None:
    broken = bytearray(RAW)
    broken[-1] ^= 1
    file = reader(bytes(broken))
    assert file.read(1000) == DATA[:1000]
    file.seek(container.CHUNK * 3)
    with pytest.raises(Broken):
        file.read(10)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(packed(b"some pixels")) * 8 - 1))
def test_a_changed_bit_anywhere_in_a_file_is_noticed(bit: int) -> None:
    raw = bytearray(packed(b"some pixels"))
    raw[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(Broken):
        reader(bytes(raw)).read()


def test_a_file_under_another_name_or_with_chunks_of_another_does_not_open() -> None:
    with pytest.raises(Broken):
        reader(RAW, "1_2_b.webp")
    twin = packed(DATA)
    middle = 32 + container.CHUNK + 28
    with pytest.raises(Broken):
        reader(RAW[:middle] + twin[middle:]).read()
    with pytest.raises(Broken):
        reader(RAW[:middle]).read()
