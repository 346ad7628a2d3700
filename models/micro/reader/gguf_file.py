"""Reader-micro as a GGUF file: half precision, and smaller ones made by llama.cpp itself."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from mirrordesk.errors import WeightsError
from mirrordesk.llm import gguf
from models.micro import llama_file
from models.micro.reader.model import Model

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "Reader-micro"
DESCRIPTION = "Finds one sentence in a few dozen lines of memory; for trying things out"
QUANTISED = ("q8_0", "q4_0")


def write(model: Model, tokenizer: Tokenizer, path: Path) -> None:
    """Write the model with its tokenizer and chat template, replacing what is at `path`."""
    tensors = ((name, weight.detach().float().numpy()) for name, weight in _weights(model))
    llama_file.write(path, NAME, DESCRIPTION, model.shape, tokenizer, tensors)


def quantise(path: Path, kind: str) -> Path:
    """Have llama.cpp make the smaller file beside `path`; its place. Raises WeightsError."""
    import llama_cpp

    made = path.with_name(f"{path.stem}-{kind}.gguf")
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{kind.upper()}")
    with gguf.complaints() as said:
        failed = llama_cpp.llama_model_quantize(
            str(path).encode(), str(made).encode(), ctypes.byref(params)
        )
    if failed:
        raise WeightsError(f"llama.cpp did not make {made}: {'; '.join(said)}")
    return made


def _weights(model: Model) -> Iterator[tuple[str, Tensor]]:
    """Each weight under llama.cpp's name for it. Without `output` it takes the embedding."""
    yield "token_embd", model.embedding.weight
    yield "output_norm", model.norm.weight
    for number in range(model.shape.layers):
        block = model.block(number)
        for name, weight in (
            ("attn_norm", block.attn_norm.weight),
            ("attn_q", block.attn.q.weight),
            ("attn_k", block.attn.k.weight),
            ("attn_v", block.attn.v.weight),
            ("attn_output", block.attn.output.weight),
            ("ffn_norm", block.ffn_norm.weight),
            ("ffn_gate", block.gate.weight),
            ("ffn_up", block.up.weight),
            ("ffn_down", block.down.weight),
        ):
            yield f"blk.{number}.{name}", weight
