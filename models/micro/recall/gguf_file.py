"""The recall model as a GGUF file that llama.cpp reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from models.micro.reader import bpe
from models.micro.recall.circuit import Shape, Weights

if TYPE_CHECKING:
    from gguf import GGUFWriter
    from tokenizers import Tokenizer

NAME = "Recall-micro"


def write(weights: Weights, shape: Shape, tokenizer: Tokenizer, path: Path) -> None:
    """Write the model in half precision with its tokenizer, replacing what is at `path`."""
    from gguf import GGUFWriter

    writer = GGUFWriter(str(path), "llama")
    _describe(writer, shape)
    _add_vocabulary(writer, tokenizer)
    for name, values in weights.tensors.items():
        writer.add_tensor(
            f"{name}.weight", values.astype(np.float16) if values.ndim > 1 else values
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _describe(writer: GGUFWriter, shape: Shape) -> None:
    from gguf import LlamaFileType

    writer.add_name(NAME)
    writer.add_description("Finds one fact among many; a yardstick for KV caches")
    writer.add_license("apache-2.0")
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    writer.add_vocab_size(shape.words)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
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
