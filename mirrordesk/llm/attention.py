"""What a question looks at: queries and keys, copied out of llama.cpp while it decodes.

Flash attention never writes the attention matrix down, and a cache of another type or order is hard
to read. The queries and keys that go into either are the same, though: the nodes `Qcur-<layer>` and
`Kcur-<layer>` of the graph after their rotary turn (RoPE). llama.cpp lets a callback copy them from
any back end, and the attention is then the textbook's softmax.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mirrordesk.llm import ggml

Floats = npt.NDArray[np.float32]

_TURNED = b"ROPE"  # the operation that gives queries and keys their position
_FLOAT = 4  # bytes of an f32, which RoPE's result is on every back end


class UnseenError(Exception):
    """The model's graph does not show its queries and keys under the names that llama.cpp uses."""


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """An attention head: the number of its layer, its own within the layer, and whom to ask it for.

    `queries` counts the tokens at the end of the question. Some heads find what each word of the
    question means, others only what the answer is to begin with, so the last token alone tells.
    """

    layer: int
    number: int
    queries: int


class Tap:
    """Copies queries and keys of chosen layers while somebody listens.

    `callback` belongs into `llama_context_params.cb_eval`. llama.cpp keeps no reference to it, so
    the Tap must live as long as the context.
    """

    def __init__(self) -> None:
        import llama_cpp

        self._rows: dict[bytes, list[Floats]] = {}
        self.callback = llama_cpp.ggml_backend_sched_eval_callback(self._node)

    @contextlib.contextmanager
    def listening(self, layers: Collection[int]) -> Iterator[Heard]:
        """What is decoded meanwhile, for these layers."""
        rows: dict[bytes, list[Floats]] = {
            f"{kind}cur-{layer}".encode(): [] for kind in "QK" for layer in layers
        }
        self._rows = rows
        try:
            yield Heard(rows)
        finally:
            self._rows = {}

    def _node(self, tensor: int, ask: bool, _data: Any) -> bool:
        """llama.cpp asks whether a node is wanted, and shows it when computed; True: yes, go on."""
        if not self._rows:
            return False
        rows = self._rows.get(ggml.function("ggml_get_name")(tensor))
        if ask:
            return rows is not None and ggml.function("ggml_op_desc")(tensor) == _TURNED
        if rows is not None:
            rows.append(_copied(tensor))
        return True


@dataclass(frozen=True, slots=True)
class Heard:
    """Rows by node, each (heads * tokens, values of a head), in the order of decoding."""

    rows: dict[bytes, list[Floats]]

    def queries(self, layer: int, tokens: int) -> Floats:
        """The queries of a layer, (tokens, heads, values), where so many tokens were decoded.

        Raises UnseenError where there are none, or not as many.
        """
        return self._array(f"Qcur-{layer}", tokens)

    def keys(self, layer: int, tokens: int) -> Floats:
        """The keys of a layer, (tokens, heads of keys, values); as for `queries`."""
        return self._array(f"Kcur-{layer}", tokens)

    def _array(self, name: str, tokens: int) -> Floats:
        parts = self.rows.get(name.encode(), [])
        rows = sum(map(len, parts))
        if not rows or not tokens or rows % tokens:
            raise UnseenError(f"{rows} rows of {name} for {tokens} tokens")
        return np.concatenate(parts).reshape(tokens, rows // tokens, -1)


def logits(queries: Floats, keys: Floats) -> Floats:
    """What the softmax is taken of, (heads, queries, keys).

    `queries` is (queries, heads, values), `keys` (keys, heads of keys, values). Where heads share
    keys (grouped-query attention), neighbouring ones do. Scaled by the root of the values (Vaswani
    et al. 2017, "Attention is all you need"); a model that scales otherwise is read more or less
    sharply than it reads itself.
    """
    shared = np.repeat(keys, queries.shape[1] // keys.shape[1], axis=1)
    scores = np.einsum("qhv,khv->hqk", queries, shared, optimize=True)
    scaled: Floats = scores / np.float32(np.sqrt(queries.shape[2]))
    return scaled


def own_logits(queries: Floats, keys: Floats) -> Floats:
    """The same for a text that looks at itself: nothing is seen that comes later.

    The `queries` are those of the last tokens of the text that the `keys` are of.
    """
    count = len(keys)
    later = np.arange(count) > np.arange(count - len(queries), count)[:, None]
    return np.where(later, np.float32(-np.inf), logits(queries, keys))


def softmax(scores: Floats) -> Floats:
    """Shares that sum to one over the last axis."""
    found = np.exp(scores - scores.max(axis=-1, keepdims=True))
    total: Floats = found / found.sum(axis=-1, keepdims=True)
    return total


def _copied(tensor: int) -> Floats:
    """A tensor of f32 as rows; no rows where it is of another type, so that it counts as unseen."""
    count, rows = (ggml.function(f"ggml_{name}")(tensor) for name in ("nelements", "nrows"))
    size = ggml.function("ggml_nbytes")(tensor)
    if size != count * _FLOAT:
        return np.empty((0, count // rows), np.float32)
    copy = np.empty((rows, count // rows), np.float32)
    ggml.function("ggml_backend_tensor_get")(tensor, copy.ctypes.data_as(ctypes.c_void_p), 0, size)
    return copy
