"""Reader-micro as a GGUF file: half precision, and smaller ones made by llama.cpp itself."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from mirrordesk.errors import WeightsError
from mirrordesk.llm import gguf
from models.micro.reader import bpe
from models.micro.reader.model import Model, Shape

if TYPE_CHECKING:
    from gguf import GGUFWriter
    from tokenizers import Tokenizer

NAME = "Reader-micro"
QUANTISED = ("q8_0", "q4_0")


def write(model: Model, tokenizer: Tokenizer, path: Path) -> None:
    """Write the model with its tokenizer and chat template, replacing what is at `path`."""
    from gguf import GGUFWriter

    writer = GGUFWriter(str(path), "llama")
    _describe(writer, model.shape)
    _add_vocabulary(writer, tokenizer)
    for name, weight in _weights(model):
        values = weight.detach().float().numpy()
        writer.add_tensor(
            f"{name}.weight", values.astype(np.float16) if values.ndim > 1 else values
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


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


def _describe(writer: GGUFWriter, shape: Shape) -> None:
    from gguf import LlamaFileType

    writer.add_name(NAME)
    writer.add_description(
        "Finds one sentence in a few dozen lines of memory; for trying things out"
    )
    writer.add_license("apache-2.0")
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    writer.add_vocab_size(shape.words)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.head_dim)
    writer.add_rope_freq_base(shape.theta)
    writer.add_layer_norm_rms_eps(shape.epsilon)


def _add_vocabulary(writer: GGUFWriter, tokenizer: Tokenizer) -> None:
    from gguf import TokenType

    numbers = tokenizer.get_vocab()
    words = sorted(numbers, key=lambda word: numbers[word])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(bpe.PRE_TOKENIZER)
    writer.add_token_list(words)
    writer.add_token_types(
        [TokenType.CONTROL if word in bpe.SPECIAL else TokenType.NORMAL for word in words]
    )
    writer.add_token_merges([" ".join(merge) for merge in bpe.merges_of(tokenizer)])
    writer.add_bos_token_id(numbers[bpe.SPECIAL[0]])
    writer.add_eos_token_id(numbers[bpe.SPECIAL[0]])
    writer.add_add_bos_token(False)
    writer.add_chat_template(bpe.TEMPLATE)


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
