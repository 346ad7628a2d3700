"""What a model and its context will take, asked of llama.cpp itself, which loads nothing for it.

With `no_alloc` llama.cpp reads the header, lays the graph of a whole batch out and sums its buffers
up as it would for a real context, but allocates none of them. It tells the sums in its log only.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirrordesk.llm import gguf, native
from mirrordesk.llm.kv import CacheType

_ALL_LAYERS = 0x7FFFFFFF  # llama.cpp takes no more than there are
_MEBIBYTE = 1 << 20
_BUFFER = re.compile(r"(\S+) (?:compute|output) buffer size = +([\d.]+) MiB")
_FLASH = re.compile(r"(?:Flash Attention|flash_attn +=) enabled")
_CACHE = re.compile(r": size = +([\d.]+) MiB")


@dataclass(frozen=True, slots=True)
class Layout:
    """A context to ask about, in tokens. `gpu_layers` -1: all."""

    context: int
    keys: CacheType
    values: CacheType
    gpu_layers: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Bytes, to the hundredth of a mebibyte that llama.cpp tells.

    `kv` is the whole cache wherever it lies; `compute` the scratch memory of each device, with what
    is handed back, under llama.cpp's name for it. `flash_attention`: whether it would be used.
    """

    kv: int
    compute: dict[str, int]
    flash_attention: bool


Ask = Callable[[Layout], Forecast | None]


@contextlib.contextmanager
def asking(path: Path) -> Iterator[Ask]:
    """A function that tells the forecast of a layout, or None where llama.cpp makes no such cache.

    It raises WeightsError where the file is no model. The last model asked about is kept until the
    end, since reading a header takes longer than anything else here.
    """
    held: dict[int, Any] = {}

    def ask(layout: Layout) -> Forecast | None:
        if layout.gpu_layers not in held:
            _free(held)
            held[layout.gpu_layers] = _open(path, layout.gpu_layers)
        return _forecast(held[layout.gpu_layers], layout)

    try:
        yield ask
    finally:
        _free(held)


def _open(path: Path, gpu_layers: int) -> Any:
    import llama_cpp

    params = llama_cpp.llama_model_default_params()
    params.n_gpu_layers = _ALL_LAYERS if gpu_layers < 0 else gpu_layers
    params.no_alloc = True
    params.load_mode = llama_cpp.LLAMA_LOAD_MODE_NONE  # there is nothing to map
    with gguf.complaints() as said:
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), params)
    if not model:
        raise gguf.refusal(path, said)
    return model


def _free(held: dict[int, Any]) -> None:
    import llama_cpp

    while held:
        llama_cpp.llama_model_free(held.popitem()[1])


def _forecast(model: Any, layout: Layout) -> Forecast | None:
    import llama_cpp

    params = native.layout(layout.context, layout.keys.number, layout.values.number)
    params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_AUTO
    with gguf.heard(gguf.INFO) as said:
        context = llama_cpp.llama_init_from_model(model, params)
        if not context:
            return None
        llama_cpp.llama_free(context)
    return told(said)


def told(lines: list[str]) -> Forecast:
    """The sums in what llama.cpp logged while it made a context."""
    compute: dict[str, int] = {}
    for device, size in (found.groups() for line in lines if (found := _BUFFER.search(line))):
        compute[device] = compute.get(device, 0) + _bytes(size)
    caches = (found[1] for line in lines if (found := _CACHE.search(line)))
    return Forecast(
        kv=sum(_bytes(size) for size in caches),
        compute=compute,
        flash_attention=any(_FLASH.search(line) for line in lines),
    )


def _bytes(mebibytes: str) -> int:
    return round(float(mebibytes) * _MEBIBYTE)
