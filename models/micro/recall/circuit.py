"""The recall model's weights, written down rather than trained.

Two layers, after the induction circuit (Olsson et al. 2022, "In-context learning and induction
heads"). In the first, two heads look back by a fixed number of tokens, by rotary positions alone,
and carry what stood there to where they are: the name before `holds` to the thing behind it, and
the name in the question to the token that the answer follows. In the second, one head compares the
two by their content, without positions, and copies the thing whose name matches. So the model
recalls as well among 16,000 tokens as among 200, as far as its names can be told apart: names that
begin alike have embeddings that are alike, and noise lies on every matrix.

A matrix is (out, in), as llama.cpp has it. Rotary positions turn neighbouring pairs of values; each
pair's turn is set by `rope_freqs`, and half of each head is not turned at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.micro.recall.words import NAMES, THINGS, family

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the model is. `context` is in tokens."""

    words: int
    layers: int = 2
    width: int = 256
    heads: int = 2
    kv_heads: int = 1
    head: int = 64  # values of a head
    feed_forward: int = 64
    context: int = 32_768
    theta: float = 10_000.0
    epsilon: float = 1e-5


@dataclass(frozen=True, slots=True)
class Strengths:
    """What can be chosen about the circuit. The scores are what a softmax is taken of."""

    looking_back: float = 45.0  # score of the token looked back at
    matching: float = 40.0  # score of a name with itself
    being_a_thing: float = 12.0  # by how much things score higher than other tokens
    likeness: float = 0.4  # cosine of the embeddings of two names that begin alike
    copying: float = 3.0  # what is copied, against what was there
    noise: float = 0.05  # of each matrix, against the rest of it


# Where the parts of a token's state lie, before `_Basis` turns them into each other
_OWN = slice(0, 64)  # which token it is
_BEFORE = slice(64, 128)  # which token stood where the name of a fact stands
_ASKED = slice(128, 192)  # which token stood where the name of a question stands
_ALWAYS = 192  # the same for every token
_THING = 193  # whether it is a thing
_REST = slice(194, 256)  # of no meaning
_SIZE = 8.0  # length of `_OWN`, `_BEFORE` and `_ASKED`, and of `_ALWAYS`

FACT_BACK = 2  # tokens from a thing back to its name
QUESTION_BACK = 4  # tokens from where an answer begins back to the name in the question
_TURNED = 32  # values of a head that rotary positions turn; the rest compares content
_STILL = 1e12  # divides the turn of the others


@dataclass(frozen=True, slots=True)
class Weights:
    """The tensors by llama.cpp's names, in single precision."""

    tensors: dict[str, NDArray[np.float32]]


def weights(tokens: Sequence[str], shape: Shape, strengths: Strengths, seed: int = 30) -> Weights:
    """The weights for a vocabulary; `tokens` are its texts in order, blanks as blanks."""
    chance = np.random.default_rng(seed)
    turned = _orthogonal(chance, shape.width)
    tensors = {
        "token_embd": _embedding(chance, tokens, shape, strengths) @ turned.T,
        "rope_freqs": _rope_factors(shape),
        "output_norm": np.ones(shape.width),
    }
    layers = (_looking_back(chance, shape, strengths), _matching(chance, shape, strengths))
    for number, layer in enumerate(layers):
        layer |= _feed_forward(chance, shape)
        for name, matrix in layer.items():
            noisy = matrix + strengths.noise * _noise(chance, matrix)
            out = name in ("attn_output", "ffn_down")
            tensors[f"blk.{number}.{name}"] = turned @ noisy if out else noisy @ turned.T
        for name in ("attn_norm", "ffn_norm"):
            tensors[f"blk.{number}.{name}"] = np.ones(shape.width)
    return Weights({name: tensor.astype(np.float32) for name, tensor in tensors.items()})


def _embedding(
    chance: np.random.Generator, tokens: Sequence[str], shape: Shape, strengths: Strengths
) -> Matrix:
    """(tokens, width), before the basis is turned. Names and things are like their family."""
    made = np.zeros((len(tokens), shape.width))
    made[:, _ALWAYS] = _SIZE
    made[:, _REST] = 4 * _units(chance, len(tokens), _REST.stop - _REST.start)
    made[:, _OWN] = _units(chance, len(tokens), 64)
    kin = {name: _units(chance, 1, 64)[0] for name in sorted(map(family, (*NAMES, *THINGS)))}
    known, things = {f" {word}" for word in (*NAMES, *THINGS)}, {f" {word}" for word in THINGS}
    for number, token in enumerate(tokens):
        if token in known:
            shared = strengths.likeness**0.5 * kin[family(token[1:])]
            made[number, _OWN] = shared + (1 - strengths.likeness) ** 0.5 * made[number, _OWN]
        made[number, _THING] = 4.0 * (token in things)
    own = made[:, _OWN]
    made[:, _OWN] = _SIZE * own / np.linalg.norm(own, axis=1, keepdims=True)
    return made


def _turns() -> Matrix:
    """Radians a token for each turned pair. Their cosines add up at no distance but 0: at most to
    0.68 of all within 32,768 tokens."""
    return np.geomspace(2.5, 0.3, _TURNED // 2)


def _rope_factors(shape: Shape) -> Matrix:
    """What llama.cpp is to divide the turn of each pair by."""
    turns = shape.theta ** (-np.arange(0, shape.head, 2) / shape.head)
    return np.concatenate((turns[: _TURNED // 2] / _turns(), turns[_TURNED // 2 :] * _STILL))


def _looking_back(
    chance: np.random.Generator, shape: Shape, strengths: Strengths
) -> dict[str, Matrix]:
    """Layer 0: heads 0 and 1 share keys and values, and differ in how far they look back."""
    layer = _diffuse(chance, shape)
    always = _SIZE / _mean_size(_SIZE**2 + _SIZE**2 + 16, shape)  # behind the norm
    length = (strengths.looking_back * shape.head**0.5 / (_TURNED / 2)) ** 0.5 / always
    for head, back in enumerate((FACT_BACK, QUESTION_BACK)):
        query, angles = _head(head, shape), -_turns() * back
        layer["attn_q"][query] = 0.0
        layer["attn_q"][query, _ALWAYS][:_TURNED] = (
            length * np.stack((np.cos(angles), np.sin(angles)), axis=1).ravel()
        )
    layer["attn_k"][_head(0, shape)] = 0.0
    layer["attn_k"][_head(0, shape), _ALWAYS][:_TURNED:2] = length
    basis = _orthogonal(chance, shape.head)
    layer["attn_v"][_head(0, shape)] = 0.0
    layer["attn_v"][_head(0, shape), _OWN] = basis
    back_to_size = _mean_size(2 * _SIZE**2 + 16, shape)
    for head, place in enumerate((_BEFORE, _ASKED)):
        layer["attn_output"][:, _head(head, shape)] = 0.0
        layer["attn_output"][place, _head(head, shape)] = back_to_size * basis.T
    return layer


def _matching(chance: np.random.Generator, shape: Shape, strengths: Strengths) -> dict[str, Matrix]:
    """Layer 1: head 0 compares names in the values of a head that are not turned."""
    layer = _diffuse(chance, shape)
    size = _mean_size(4 * _SIZE**2 + 16, shape)
    still = shape.head - _TURNED
    basis = _orthogonal(chance, still)
    seen = _orthogonal(chance, 64)[: still - 1] * (64 / (still - 1)) ** 0.5
    compared, marked = basis[:, : still - 1], basis[:, still - 1]
    each = (strengths.matching * shape.head**0.5) ** 0.5 * size / _SIZE
    bonus = strengths.being_a_thing * shape.head**0.5 * size**2 / (4.0 * _SIZE)
    query, key, value = np.zeros((3, shape.head, shape.width))
    query[_TURNED:, _ASKED] = each * compared @ seen
    key[_TURNED:, _BEFORE] = each * compared @ seen
    query[_TURNED:, _ALWAYS] = bonus**0.5 * marked
    key[_TURNED:, _THING] = bonus**0.5 * marked
    turned = _orthogonal(chance, shape.head)
    value[:, _OWN] = turned
    layer["attn_q"][_head(0, shape)] = query
    layer["attn_k"][_head(0, shape)] = key
    layer["attn_v"][_head(0, shape)] = value
    layer["attn_output"][:, _head(0, shape)] = 0.0
    layer["attn_output"][_OWN, _head(0, shape)] = strengths.copying * size * turned.T
    return layer


def _diffuse(chance: np.random.Generator, shape: Shape) -> dict[str, Matrix]:
    """A layer whose heads look here and there, and add a little of what they find."""
    asking, known = shape.heads * shape.head, shape.kv_heads * shape.head
    return {
        "attn_q": chance.normal(0, shape.width**-0.5, (asking, shape.width)),
        "attn_k": chance.normal(0, shape.width**-0.5, (known, shape.width)),
        "attn_v": chance.normal(0, shape.width**-0.5, (known, shape.width)),
        "attn_output": chance.normal(0, shape.width**-0.5, (shape.width, asking)),
    }


def _feed_forward(chance: np.random.Generator, shape: Shape) -> dict[str, Matrix]:
    """It adds a little that means nothing."""
    inner = (shape.feed_forward, shape.width)
    return {
        "ffn_gate": chance.normal(0, shape.width**-0.5, inner),
        "ffn_up": chance.normal(0, shape.width**-0.5, inner),
        "ffn_down": chance.normal(0, shape.width**-0.5, inner[::-1]),
    }


def _head(number: int, shape: Shape) -> slice:
    return slice(number * shape.head, (number + 1) * shape.head)


def _mean_size(squares: float, shape: Shape) -> float:
    """What the norm divides a token's state by, whose squares add up to `squares`."""
    return float((squares / shape.width) ** 0.5)


def _noise(chance: np.random.Generator, matrix: Matrix) -> Matrix:
    """Noise of the root mean square of `matrix`."""
    return chance.normal(0, np.sqrt(np.mean(matrix**2)), matrix.shape)


def _units(chance: np.random.Generator, count: int, width: int) -> Matrix:
    """(count, width): random vectors of length 1."""
    made = chance.normal(size=(count, width))
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def _orthogonal(chance: np.random.Generator, width: int) -> Matrix:
    return np.linalg.qr(chance.normal(size=(width, width)))[0]
