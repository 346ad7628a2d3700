"""all-MiniLM-L6-v2 in numpy: the text encoder that a question waits for.

Importing a framework for this one small BERT takes several seconds, longer than the answer itself.
So its forward pass stands here, 40 lines of numpy over the published weights; a test holds it equal
to the framework's.

Architecture: BERT (Devlin et al. 2019), 6 layers, 12 heads, width 384; mean pooling over the tokens
(Reimers and Gurevych 2019), then unit length.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mirrordesk import weights
from mirrordesk.config import TextSettings
from mirrordesk.perception.base import TextEncoder, Vectors
from mirrordesk.weights import Weights

Floats = npt.NDArray[np.float32]

WINDOW = 256  # tokens the model was trained for, its two marks included
MOST_WINDOWS = 4  # of a long text; a screen of dense code has about three
BATCH = 16  # windows that go through the layers together
_SQRT_2_OVER_PI = np.float32(np.sqrt(2 / np.pi))


class MiniLm(TextEncoder):
    """Texts longer than a window are the mean of their first `MOST_WINDOWS` windows."""

    name = "all-MiniLM-L6-v2"
    device = "cpu"
    why = "numpy: a question is encoded before a framework would have been imported"
    dimensions = 384

    def __init__(self, found: Weights | None = None) -> None:
        """Load what was found, by default the verified package. Raises WeightsError."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        found = found or weights.text(TextSettings())
        self.identity, folder = found.identity, found.path
        shape = json.loads((folder / "config.json").read_text())
        self._heads: int = shape["num_attention_heads"]
        self._layers: int = shape["num_hidden_layers"]
        self._epsilon: float = shape["layer_norm_eps"]
        self._weights: dict[str, Floats] = load_file(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._start, self._end = self._tokenizer.encode("").ids  # [CLS] and [SEP]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, 384) float32, unit length."""
        from threadpoolctl import threadpool_limits

        # On a busy machine the threads of a product wait for one another, spinning: one thread
        # took 4 s for what two took 20 s for.
        with threadpool_limits(1, "blas"):
            return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        windows = [self._windows(text) for text in texts]
        flat = [window for several in windows for window in several]
        # windows of like length go together, so that little of a batch is padding
        order = sorted(range(len(flat)), key=lambda i: len(flat[i]))
        vectors = np.zeros((len(flat), self.dimensions), np.float32)
        for first in range(0, len(order), BATCH):
            chosen = order[first : first + BATCH]
            vectors[chosen] = self._forward([flat[i] for i in chosen])
        ends = np.cumsum([len(several) for several in windows])
        means = [part.mean(axis=0) for part in np.split(vectors, ends[:-1])] if texts else []
        return _unit(np.array(means, np.float32).reshape(len(texts), self.dimensions))

    def _windows(self, text: str) -> list[list[int]]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        room = WINDOW - 2
        starts = range(0, max(len(ids), 1), room)[:MOST_WINDOWS]
        return [[self._start, *ids[s : s + room], self._end] for s in starts]

    def _forward(self, windows: Sequence[Sequence[int]]) -> Floats:
        """Unit vectors (batch, 384) of token windows of any length."""
        longest = max(map(len, windows))
        ids = np.zeros((len(windows), longest), np.int64)
        real = np.zeros((len(windows), longest), np.float32)
        for row, window in enumerate(windows):
            ids[row, : len(window)], real[row, : len(window)] = window, 1.0
        w = self._weights
        x = w["embeddings.word_embeddings.weight"][ids]
        x = x + w["embeddings.position_embeddings.weight"][:longest]
        x = x + w["embeddings.token_type_embeddings.weight"][0]
        x = self._norm(x, "embeddings.LayerNorm")
        mask = (real[:, None, None, :] - 1.0) * np.float32(1e9)
        for layer in range(self._layers):
            x = self._layer(x, mask, f"encoder.layer.{layer}")
        pooled = (x * real[:, :, None]).sum(axis=1) / real.sum(axis=1, keepdims=True)
        return _unit(pooled)

    def _layer(self, x: Floats, mask: Floats, name: str) -> Floats:
        batch, tokens, width = x.shape
        split = (batch, tokens, self._heads, width // self._heads)
        q, k, v = (
            self._linear(x, f"{name}.attention.self.{part}").reshape(split).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scale = np.float32(1 / np.sqrt(split[3]))
        scores: Floats = q @ k.transpose(0, 1, 3, 2) * scale + mask
        attended = (_softmax(scores) @ v).transpose(0, 2, 1, 3).reshape(x.shape)
        attended = self._linear(attended, f"{name}.attention.output.dense")
        x = self._norm(x + attended, f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._linear(x, f"{name}.intermediate.dense"))
        return self._norm(
            x + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm"
        )

    def _linear(self, x: Floats, name: str) -> Floats:
        w = self._weights
        result: Floats = x @ w[f"{name}.weight"].T + w[f"{name}.bias"]
        return result

    def _norm(self, x: Floats, name: str) -> Floats:
        mean = x.mean(axis=-1, keepdims=True)
        spread = np.sqrt(x.var(axis=-1, keepdims=True) + self._epsilon)
        w = self._weights
        result: Floats = (x - mean) / spread * w[f"{name}.weight"] + w[f"{name}.bias"]
        return result


def _softmax(x: Floats) -> Floats:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    result: Floats = e / e.sum(axis=-1, keepdims=True)
    return result


def _gelu(x: Floats) -> Floats:
    """The tanh form (Hendrycks and Gimpel 2016); it differs from the exact one by under 1e-3."""
    inner: Floats = _SQRT_2_OVER_PI * (x + np.float32(0.044715) * x * x * x)
    return (np.float32(0.5) * x * (np.float32(1.0) + np.tanh(inner))).astype(np.float32, copy=False)


def _unit(vectors: Floats) -> Floats:
    result: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return result
