"""Text vectors by llama.cpp: any embedding model in a GGUF file."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from mirrordesk.errors import WeightsError, WeightsMissing
from mirrordesk.perception.base import TextEncoder, Vectors
from mirrordesk.weights import Weights, package_folder

MOST_TOKENS = 2048  # of a text; a model trained on more would fill the memory with its cache
MARKS = 2  # tokens that the tokenizer may put around a text
ALL_LAYERS = -1  # to the GPU, where llama.cpp is built for one


class GgufText(TextEncoder):
    """An embedding GGUF, pooled as its file asks for; one that asks for nothing is averaged."""

    def __init__(self, found: Weights) -> None:
        """Raises WeightsMissing without llama.cpp, WeightsError where the file is no such model."""
        if package_folder("llama_cpp") is None:
            raise WeightsMissing(
                f"The text model {found.name} needs llama.cpp; `pip install llama-cpp-python` "
                "brings it."
            )
        import llama_cpp

        self.name, self.identity, self.query_prefix = found.name, found.identity, found.query_prefix
        self.device = "gpu" if llama_cpp.llama_supports_gpu_offload() else "cpu"
        self.why = f"llama.cpp is built for the {self.device.upper()}"
        self._context = min(_trained_on(found), MOST_TOKENS)
        self._llama = _load(found, self._context)
        if self._llama.pooling_type() == llama_cpp.LLAMA_POOLING_TYPE_RANK:
            raise WeightsError(f"{found.path} ranks texts and makes no vectors of them.")
        self.dimensions = int(self._llama.n_embd())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32, unit length; a text beyond the model's context is cut."""
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            # without pooling there is one vector a token
            made = np.asarray(self._llama.embed(self._cut(text)), np.float32)
            row[:] = np.atleast_2d(made).mean(axis=0)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(lengths, 1e-12)
        return unit

    def _cut(self, text: str) -> str:
        """What fits in the context together with the tokenizer's marks; never nothing at all."""
        data = text.encode(errors="replace") or b" "  # a lone surrogate is no text
        room = self._context - MARKS
        tokens = self._llama.tokenize(data, add_bos=False, special=False)
        kept: bytes = data if len(tokens) <= room else self._llama.detokenize(tokens[:room])
        return kept.decode(errors="ignore")


def _load(found: Weights, context: int) -> Any:
    """A `llama_cpp.Llama` that takes texts of up to `context` tokens, each as a whole."""
    import llama_cpp

    try:
        return llama_cpp.Llama(
            str(found.path),
            embedding=True,
            n_gpu_layers=ALL_LAYERS,
            n_ctx=context,
            n_batch=context,
            n_ubatch=context,
            # on a busy machine threads wait for one another, spinning: leave it some processors
            n_threads_batch=max((os.cpu_count() or 1) // 2, 1),
            verbose=False,
        )
    except ValueError as error:
        raise WeightsError(f"llama.cpp cannot load the text model {found.path}.") from error


def _trained_on(found: Weights) -> int:
    """The longest text that the model was trained on, in tokens, as its file says."""
    import llama_cpp
    from llama_cpp._logger import set_verbose

    set_verbose(False)  # it would list the whole file
    params = llama_cpp.llama_model_default_params()
    params.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(str(found.path).encode(), params)
    if not model:
        raise WeightsError(f"llama.cpp cannot load the text model {found.path}.")
    try:
        kind = _said(model, "general.architecture")
        return int(_said(model, f"{kind}.context_length"))
    except ValueError as error:
        raise WeightsError(f"{found.path} does not say how long a text may be.") from error
    finally:
        llama_cpp.llama_model_free(model)


def _said(model: Any, key: str) -> str:
    """What the file says under `key`; empty where it says nothing."""
    import llama_cpp

    value = ctypes.create_string_buffer(64)
    llama_cpp.llama_model_meta_val_str(model, key.encode(), value, len(value))
    return value.value.decode()
