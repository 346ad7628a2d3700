"""A model of the llama architecture as a GGUF file in half precision, with its tokenizer."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from models.micro.reader import bpe

if TYPE_CHECKING:
    from gguf import GGUFWriter
    from tokenizers import Tokenizer


class Shape(Protocol):
    """How large a model is. `context` is in tokens, `theta` the base of its rotary positions."""

    @property
    def words(self) -> int: ...
    @property
    def layers(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def heads(self) -> int: ...
    @property
    def kv_heads(self) -> int: ...
    @property
    def head(self) -> int: ...  # values of a head
    @property
    def feed_forward(self) -> int: ...
    @property
    def context(self) -> int: ...
    @property
    def theta(self) -> float: ...
    @property
    def epsilon(self) -> float: ...


def write(
    path: Path,
    name: str,
    description: str,
    shape: Shape,
    tokenizer: Tokenizer,
    tensors: Iterable[tuple[str, npt.NDArray[Any]]],
) -> None:
    """Write a model, replacing what is at `path`. `tensors` are under llama.cpp's names."""
    from gguf import GGUFWriter

    writer = GGUFWriter(str(path), "llama")
    writer.add_name(name)
    writer.add_description(description)
    _describe(writer, shape)
    _add_vocabulary(writer, tokenizer)
    for label, values in tensors:
        writer.add_tensor(
            f"{label}.weight", values.astype(np.float16) if values.ndim > 1 else values
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: GGUFWriter, shape: Shape) -> None:
    from gguf import LlamaFileType

    writer.add_license("apache-2.0")
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    writer.add_vocab_size(shape.words)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    if shape.head * shape.heads != shape.width:  # else llama.cpp takes that for granted
        writer.add_key_length(shape.head)
        writer.add_value_length(shape.head)
    writer.add_rope_dimension_count(shape.head)
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
