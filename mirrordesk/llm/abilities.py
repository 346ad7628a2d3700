"""Which types of KV cache the devices here can do, found out by doing it with a made-up model.

Builds of llama.cpp differ in this, and so do drivers. What a device cannot do llama.cpp hands to
the processor, which is right but slow, and tells nobody. So a model of one layer, with heads like
the real one's and random weights, reads a few tokens with such a cache, moves some keys and reads
on. It takes about 20 ms and is remembered for the life of the process.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mirrordesk.llm import ggml, gguf
from mirrordesk.llm.kv import CacheShape, CacheType, cache_type

_PLAIN = cache_type("f16")
_ALIKE = 0.9  # cosine of the logits; 4-bit types keep above 0.98, a broken kernel is near 0
_WORDS, _WIDTH, _CELLS, _TOKENS = 32, 64, 256, 12
_SPLITS = re.compile(r"splits = (\d+)")

Logits = npt.NDArray[np.float32]  # (words of the vocabulary,)


@dataclass(frozen=True, slots=True)
class Heads:
    """Heads to try: so many queries to each that is kept, of so many values."""

    queries: int
    length: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. `splits`: between how many devices in turn llama.cpp hands the work."""

    splits: int
    logits: Logits


def able(shape: CacheShape, keys: CacheType, values: CacheType, *, gpu: bool) -> bool:
    """Whether the devices do a cache of these types as well as one of f16.

    Where keys and values are of different lengths (MLA), or nothing is kept in heads, llama.cpp's
    word is taken when the context is made.
    """
    if not shape.heads or shape.key_length != shape.value_length:
        return True
    heads = Heads(max(1, shape.queries // shape.heads), shape.key_length)
    found = _tried(heads, keys, values, gpu, shape.turns(keys))
    if found is None or not np.isfinite(found.logits).all():
        return False
    plain = _tried(heads, _PLAIN, _PLAIN, gpu, shape.turns(keys))
    if plain is None:
        return True
    return found.splits <= plain.splits and _cosine(found.logits, plain.logits) >= _ALIKE


def _cosine(one: Logits, other: Logits) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


@functools.cache
def _tried(
    heads: Heads, keys: CacheType, values: CacheType, gpu: bool, moved: bool
) -> Trial | None:
    with (
        _model(heads, gpu) as model,
        gguf.heard(gguf.INFO) as said,
        _context(model, keys, values) as context,
    ):
        logits = _read(context, moved) if context else None
    if logits is None:
        return None
    return Trial(max(int(found) for line in said for found in _SPLITS.findall(line)), logits)


@contextlib.contextmanager
def _model(heads: Heads, gpu: bool) -> Iterator[Any]:
    import llama_cpp

    params = llama_cpp.llama_model_default_params()
    params.n_gpu_layers = 2 if gpu else 0  # its one layer and what is behind it
    random = np.random.default_rng(0)

    def fill(tensor: int, _data: ctypes.c_void_p) -> None:
        size = ggml.function("ggml_nbytes")(tensor)
        is_attention = b"ffn" not in ggml.function("ggml_get_name")(tensor)  # nothing else counts
        values = random.normal(0, 0.3 * is_attention, size // 4).astype(np.float32)
        ggml.function("ggml_backend_tensor_set")(tensor, values.ctypes.data, 0, size)

    header = _header(heads)
    with gguf.complaints():
        model = ggml.model_from(header, fill, params)
    try:
        yield model
    finally:
        llama_cpp.llama_model_free(model)
        ggml.function("gguf_free")(header)


def _header(heads: Heads) -> Any:
    header = ggml.function("gguf_init_empty")()
    texts = {"general.architecture": "llama", "tokenizer.ggml.model": "none"}
    sizes = {
        "vocab_size": _WORDS,
        "context_length": _CELLS,
        "embedding_length": _WIDTH,
        "block_count": 1,
        "feed_forward_length": _WIDTH,
        "attention.head_count": heads.queries,
        "attention.head_count_kv": 1,
        "attention.key_length": heads.length,
        "attention.value_length": heads.length,
    }
    for key, text in texts.items():
        ggml.function("gguf_set_val_str")(header, key.encode(), text.encode())
    for key, size in sizes.items():
        ggml.function("gguf_set_val_u32")(header, f"llama.{key}".encode(), size)
    epsilon = b"llama.attention.layer_norm_rms_epsilon"
    ggml.function("gguf_set_val_f32")(header, epsilon, 1e-5)
    return header


@contextlib.contextmanager
def _context(model: Any, keys: CacheType, values: CacheType) -> Iterator[Any]:
    import llama_cpp

    params = llama_cpp.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch = _CELLS, _TOKENS, _TOKENS
    params.n_threads = params.n_threads_batch = 1
    params.type_k, params.type_v = keys.number, values.number
    context = llama_cpp.llama_init_from_model(model, params)
    try:
        yield context
    finally:
        if context:
            llama_cpp.llama_free(context)


def _read(context: Any, moved: bool) -> Logits | None:
    """Read, take two tokens out, move the keys behind them, read one more: the logits of that."""
    import llama_cpp

    def decoded(count: int) -> bool:
        tokens = (llama_cpp.llama_token * count)(*range(1, count + 1))
        batch = llama_cpp.llama_batch_get_one(tokens, count)
        return bool(llama_cpp.llama_decode(context, batch) == 0)

    memory = llama_cpp.llama_get_memory(context)
    if not decoded(_TOKENS):
        return None
    if moved:
        llama_cpp.llama_memory_seq_rm(memory, 0, 4, 6)
        llama_cpp.llama_memory_seq_add(memory, 0, 6, -1, -2)
    if not decoded(1):
        return None
    found = llama_cpp.llama_get_logits_ith(context, -1)
    return np.ctypeslib.as_array(found, shape=(_WORDS,)).copy()
