"""What a model of `tiny_gguf` computes, written down in numpy from its weights.

Llama (Touvron et al. 2023): RMSNorm, rotary positions over neighbouring pairs, grouped-query
attention, SwiGLU.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_THETA, _EPSILON = 10_000.0, 1e-5


def attention(path: Path, tokens: list[int], head_dim: int = 32) -> list[Floats]:
    """The attention of each layer, (heads, tokens, tokens), where each row sums to one."""
    from gguf import GGUFReader

    weights = {tensor.name: np.array(tensor.data) for tensor in GGUFReader(path).tensors}
    state = weights["token_embd.weight"][tokens]
    found = []
    for layer in range(sum(name.endswith("attn_q.weight") for name in weights)):
        block = {
            name.split(".")[2]: value
            for name, value in weights.items()
            if name.startswith(f"blk.{layer}.")
        }
        inner = _norm(state)
        queries, keys, values = (
            (inner @ block[f"attn_{kind}"].T).reshape(len(tokens), -1, head_dim) for kind in "qkv"
        )
        shared = queries.shape[1] // keys.shape[1]
        keys, values = (np.repeat(each, shared, axis=1) for each in (_turned(keys), values))
        shares = _softmax(np.einsum("qhv,khv->hqk", _turned(queries), keys) / head_dim**0.5)
        found.append(shares)
        mixed = np.einsum("hqk,khv->qhv", shares, values).reshape(len(tokens), -1)
        state = state + mixed @ block["attn_output"].T
        inner = _norm(state)
        gate = inner @ block["ffn_gate"].T
        up = inner @ block["ffn_up"].T
        state = state + (gate / (1 + np.exp(-gate)) * up) @ block["ffn_down"].T
    return found


def _norm(state: Floats) -> Floats:
    return state / np.sqrt((state**2).mean(axis=1, keepdims=True) + _EPSILON)


def _turned(rows: Floats) -> Floats:
    """(tokens, heads, values) at the positions 0, 1, 2, …"""
    length = rows.shape[2]
    angles = np.outer(np.arange(len(rows)), _THETA ** (-np.arange(0, length, 2) / length))
    pairs = rows[:, :, 0::2] + 1j * rows[:, :, 1::2]
    pairs = pairs * np.exp(1j * angles)[:, None, :]
    return np.stack([pairs.real, pairs.imag], axis=3).reshape(rows.shape)


def _softmax(scores: Floats) -> Floats:
    later = np.triu(np.ones(scores.shape[1:], bool), 1)
    shares = np.exp(np.where(later, -np.inf, scores) - scores.max(axis=2, keepdims=True))
    return shares / shares.sum(axis=2, keepdims=True)
