"""What a GGUF file says of itself, read by llama.cpp without loading its weights."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mirrordesk.errors import WeightsError, WeightsMissing
from mirrordesk.llm import ggml
from mirrordesk.llm.kv import CacheShape

INFO, ERROR = 2, 4  # ggml's log levels
_BLOCK = re.compile(r"blk\.(\d+)\.")
_PART = re.compile(r"(.+)-00001-of-(\d{5})")


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes of a model's tensors: each layer's, those before the layers and those behind."""

    layers: tuple[int, ...]
    before: int
    behind: int
    tied: bool  # the words going in are the words coming out: one tensor for both

    @property
    def all_layers(self) -> int:
        """The number of layers that stands for all, with what is behind them."""
        return len(self.layers) + 1

    def on_gpu(self, layers: int) -> int:
        """Bytes that go to the GPU with so many layers, as llama.cpp takes them: from the end."""
        if layers == 0:
            return 0
        copied = self.before if self.tied else 0
        return self.behind + copied + sum(self.layers[self.first_on_gpu(layers) :])

    def in_memory(self, layers: int) -> int:
        """Bytes that stay in main memory: the words going in always do."""
        kept = self.before + sum(self.layers[: self.first_on_gpu(layers)])
        return kept if layers else kept + self.behind

    def first_on_gpu(self, layers: int) -> int:
        """Index of the first layer on the GPU; the number of layers where none is."""
        return min(len(self.layers), max(0, self.all_layers - layers))


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model as its file describes it. `context` is what it was trained on, in tokens."""

    path: Path
    name: str
    context: int
    shape: CacheShape
    weights: Weights
    template: str | None


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
            context=int(values[f"{kind}.context_length"]),
            shape=_shape(kind, values),
            weights=weights(path),
            template=values.get("tokenizer.chat_template"),
        )
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise WeightsError(f"{path} is not a language model: it lacks {error}.") from error


def _shape(kind: str, values: dict[str, str]) -> CacheShape:
    heads = int(values.get(f"{kind}.attention.head_count", "0"))  # absent where it varies by layer
    width = int(values[f"{kind}.embedding_length"])
    length = width // heads if heads else 0
    return CacheShape(
        layers=int(values[f"{kind}.block_count"]),
        heads=int(values.get(f"{kind}.attention.head_count_kv", heads)),
        key_length=int(values.get(f"{kind}.attention.key_length", length)),
        value_length=int(values.get(f"{kind}.attention.value_length", length)),
    )


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


def weights(path: Path) -> Weights:
    """What the tensors take, by the header alone; of a split model those of all its files."""
    layers: dict[int, int] = {}
    before = behind = 0
    names = set()
    for name, size in (tensor for part in _parts(path) for tensor in _tensors(part)):
        names.add(name)
        if found := _BLOCK.match(name):
            layers[int(found[1])] = layers.get(int(found[1]), 0) + size
        elif name.startswith("output"):
            behind += size
        else:
            before += size
    return Weights(
        layers=tuple(layers.get(index, 0) for index in range(max(layers, default=-1) + 1)),
        before=before,
        behind=behind,
        tied="output.weight" not in names,
    )


def _parts(path: Path) -> list[Path]:
    found = _PART.fullmatch(path.stem)
    if not found:
        return [path]
    name, count = found[1], int(found[2])
    return [path.with_name(f"{name}-{part:05}-of-{count:05}.gguf") for part in range(1, count + 1)]


def _tensors(path: Path) -> Iterator[tuple[str, int]]:
    """Name and bytes of each tensor of a file."""
    header = ggml.function("gguf_init_from_file")(os.fsencode(path), ggml.GgufParams(True, None))
    if not header:
        raise WeightsError(f"{path} is not a GGUF file that llama.cpp can read.")
    try:
        for index in range(ggml.function("gguf_get_n_tensors")(header)):
            name = ggml.function("gguf_get_tensor_name")(header, index).decode(errors="replace")
            yield name, ggml.function("gguf_get_tensor_size")(header, index)
    finally:
        ggml.function("gguf_free")(header)


def complaints() -> contextlib.AbstractContextManager[list[str]]:
    """Collect what llama.cpp logs as errors meanwhile; it returns no reasons otherwise."""
    return heard(ERROR)


@contextlib.contextmanager
def heard(level: int) -> Iterator[list[str]]:
    """Collect the lines that llama.cpp logs at just this level meanwhile."""
    import llama_cpp
    from llama_cpp._logger import llama_log_callback

    said: list[str] = []

    def collect(of: int, text: bytes, _data: ctypes.c_void_p) -> None:
        if of == level:
            said.append(text.decode(errors="replace").strip())

    callback = llama_cpp.llama_log_callback(collect)  # held here: ctypes keeps no reference
    llama_cpp.llama_log_set(callback, ctypes.c_void_p(0))
    try:
        yield said
    finally:
        llama_cpp.llama_log_set(llama_log_callback, ctypes.c_void_p(0))


def refusal(path: Path, said: list[str]) -> WeightsError:
    """The error for a file that llama.cpp will not take, with the first reason it gave."""
    reason = said[0].rpartition(": ")[2] if said else "it gave no reason"
    return WeightsError(f"llama.cpp cannot load {path}: {reason}.")
