"""GGUF files of any architecture that llama.cpp knows, with weights of nothing, made by itself."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from pathlib import Path

from mirrordesk.llm import ggml, gguf

SHAPE = {
    "vocab_size": 4000,
    "context_length": 8192,
    "embedding_length": 256,
    "block_count": 3,
    "feed_forward_length": 512,
}
HEADS = {"head_count": 8, "head_count_kv": 2, "key_length": 64, "value_length": 64}


def make(path: Path, kind: str, sizes: Mapping[str, int]) -> Path:
    """Write a model of that architecture and return its path. Its vocabulary is empty."""
    import llama_cpp

    header = ggml.function("gguf_init_empty")()
    for key, text in {"general.architecture": kind, "tokenizer.ggml.model": "none"}.items():
        ggml.function("gguf_set_val_str")(header, key.encode(), text.encode())
    for key, size in {**SHAPE, **sizes}.items():
        ggml.function("gguf_set_val_u32")(header, f"{kind}.{key}".encode(), size)
    epsilon = f"{kind}.attention.layer_norm_rms_epsilon".encode()
    ggml.function("gguf_set_val_f32")(header, epsilon, 1e-5)
    with gguf.complaints() as said:
        params = llama_cpp.llama_model_default_params()
        model = ggml.model_from(header, lambda _tensor, _data: None, params)
    assert model, said
    save = llama_cpp.llama_cpp._lib.llama_model_save_to_file
    save.argtypes, save.restype = (ctypes.c_void_p, ctypes.c_char_p), None
    save(model, str(path).encode())
    llama_cpp.llama_model_free(model)
    ggml.function("gguf_free")(header)
    return path


def heads(**sizes: int) -> dict[str, int]:
    """The metadata of attention heads, with what is told otherwise."""
    return {f"attention.{key}": size for key, size in {**HEADS, **sizes}.items()}
