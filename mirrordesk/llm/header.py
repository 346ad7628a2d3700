"""What the header of a GGUF file lists: its tensors with their sizes, and arrays of numbers."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirrordesk.errors import WeightsError
from mirrordesk.llm import ggml

_BLOCK = re.compile(r"blk\.(\d+)\.")
_PART = re.compile(r"(.+)-00001-of-(\d{5})")
_ARRAY = 9  # gguf_type
_WHOLE = {4: ctypes.c_uint32, 5: ctypes.c_int32}  # gguf_type of the items


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


def weights(path: Path) -> Weights:
    """What the tensors take; of a model that is split over several files, those of all of them."""
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


def numbers(path: Path, key: str) -> tuple[int, ...]:
    """The array of whole numbers under `key`, such as one for each layer; empty: there is none."""
    with _opened(path) as header:
        index = ggml.function("gguf_find_key")(header, key.encode())
        if index < 0 or ggml.function("gguf_get_kv_type")(header, index) != _ARRAY:
            return ()
        kind = _WHOLE.get(ggml.function("gguf_get_arr_type")(header, index))
        if kind is None:
            return ()
        count = ggml.function("gguf_get_arr_n")(header, index)
        data = ggml.function("gguf_get_arr_data")(header, index)
        return tuple(ctypes.cast(data, ctypes.POINTER(kind))[:count])


def _parts(path: Path) -> list[Path]:
    found = _PART.fullmatch(path.stem)
    if not found:
        return [path]
    name, count = found[1], int(found[2])
    return [path.with_name(f"{name}-{part:05}-of-{count:05}.gguf") for part in range(1, count + 1)]


def _tensors(path: Path) -> Iterator[tuple[str, int]]:
    """Name and bytes of each tensor of a file."""
    with _opened(path) as header:
        for index in range(ggml.function("gguf_get_n_tensors")(header)):
            name = ggml.function("gguf_get_tensor_name")(header, index).decode(errors="replace")
            yield name, ggml.function("gguf_get_tensor_size")(header, index)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    header = ggml.function("gguf_init_from_file")(os.fsencode(path), ggml.GgufParams(True, None))
    if not header:
        raise WeightsError(f"{path} is not a GGUF file that llama.cpp can read.")
    try:
        yield header
    finally:
        ggml.function("gguf_free")(header)
