"""What a GGUF file says of itself, read by llama.cpp without loading its weights."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirrordesk.errors import WeightsError, WeightsMissing
from mirrordesk.llm import header
from mirrordesk.llm.header import Weights
from mirrordesk.llm.kv import CacheShape

INFO, ERROR = 2, 4  # ggml's log levels

_listening: list[tuple[int, list[str]]] = []  # who collects what llama.cpp says, and at which level


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model as its file describes it. `context` is what it was trained on, in tokens."""

    path: Path
    name: str
    context: int
    shape: CacheShape
    weights: Weights
    template: str | None


def keep_quiet() -> None:
    """Have ggml end without calling a debugger, which would write what is in memory into a log."""
    os.environ["GGML_NO_BACKTRACE"] = "1"


def read(path: Path) -> ModelFacts:
    """The facts of the file at `path`. Raises WeightsMissing, or WeightsError for no good GGUF."""
    if not path.is_file():
        raise WeightsMissing(f"There is no model file at {path} (setting llm.model).")
    values = _metadata(path)
    kind = values.get("general.architecture", "")
    try:
        return ModelFacts(
            path=path,
            name=values.get("general.name", "").strip() or path.stem,
            context=_some(values, f"{kind}.context_length"),
            shape=_shape(path, kind, values),
            weights=header.weights(path),
            template=values.get("tokenizer.chat_template"),
        )
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise WeightsError(f"{path} is not a language model: it lacks {error}.") from error


def _some(values: dict[str, str], key: str) -> int:
    """A number that must not be 0."""
    if (number := int(values[key])) < 1:
        raise ValueError(key)
    return number


def _shape(path: Path, kind: str, values: dict[str, str]) -> CacheShape:
    queries = _heads(path, f"{kind}.attention.head_count", values, 0)
    heads = _heads(path, f"{kind}.attention.head_count_kv", values, queries)
    length = int(values[f"{kind}.embedding_length"]) // queries if queries else 0
    return CacheShape(
        layers=int(values[f"{kind}.block_count"]),
        heads=heads,
        key_length=int(values.get(f"{kind}.attention.key_length", length)),
        value_length=int(values.get(f"{kind}.attention.value_length", length)),
        queries=queries,
    )


def _heads(path: Path, key: str, values: dict[str, str], otherwise: int) -> int:
    """A number of heads, or the greatest of an array that has one for each layer."""
    if key in values:
        return int(values[key])
    return max(header.numbers(path, key), default=otherwise)


def _metadata(path: Path) -> dict[str, str]:
    import llama_cpp

    params = llama_cpp.llama_model_default_params()
    params.vocab_only = True
    with complaints() as said:
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), params)
    if not model:
        raise refusal(path, said)
    try:
        count = llama_cpp.llama_model_meta_count(model)
        by_index = (
            llama_cpp.llama_model_meta_key_by_index,
            llama_cpp.llama_model_meta_val_str_by_index,
        )
        return dict([_text(call, model, index) for call in by_index] for index in range(count))
    finally:
        llama_cpp.llama_model_free(model)


def _text(call: object, model: object, index: int) -> str:
    """A text of unknown length: asked for twice, first to learn the length."""
    length = call(model, index, None, 0)  # type: ignore[operator]
    buffer = ctypes.create_string_buffer(length + 1)
    call(model, index, buffer, length + 1)  # type: ignore[operator]
    return buffer.value.decode(errors="replace")


def complaints() -> contextlib.AbstractContextManager[list[str]]:
    """Collect what llama.cpp logs as errors meanwhile; it returns no reasons otherwise."""
    return heard(ERROR)


@contextlib.contextmanager
def heard(level: int) -> Iterator[list[str]]:
    """Collect the lines that llama.cpp logs at just this level meanwhile. May be nested."""
    import llama_cpp
    from llama_cpp._logger import llama_log_callback

    said: list[str] = []
    _listening.append((level, said))
    llama_cpp.llama_log_set(_collector(), ctypes.c_void_p(0))
    try:
        yield said
    finally:
        _listening[:] = [listener for listener in _listening if listener[1] is not said]
        if not _listening:
            llama_cpp.llama_log_set(llama_log_callback, ctypes.c_void_p(0))


@functools.cache  # held for good: ctypes keeps no reference
def _collector() -> Any:
    import llama_cpp

    def collect(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
        for wanted, said in list(_listening):
            if level == wanted:
                said.append(text.decode(errors="replace").strip())

    return llama_cpp.llama_log_callback(collect)


def refusal(path: Path, said: list[str]) -> WeightsError:
    """The error for a file that llama.cpp will not take, with the first reason it gave."""
    reason = said[0].rpartition(": ")[2] if said else "it gave no reason"
    return WeightsError(f"llama.cpp cannot load {path}: {reason}.")
