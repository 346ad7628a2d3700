"""A real but tiny GGUF: llama architecture, random weights, byte-level BPE, a chat template.

It knows nothing, but llama.cpp loads it, tokenises with it, fills its KV cache and samples from it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
ADDED = ("<role>", "[TOOL]")  # what some files call user-defined though it acts as control
NAME = "Tiny Random"

_MERGES = ["t h", "th e", "Ġ the", "i n", "e r", "Ġ a", "o n", "E 1", "Ġ [", "] [", "N O"]
_LAYERS, _HEADS, _KV_HEADS, _HEAD_DIM, _FEED_FORWARD = 2, 4, 2, 32, 128
_WIDTH = _HEADS * _HEAD_DIM


def make(
    path: Path,
    *,
    context: int = 4096,
    template: str | None = CHATML,
    head_dim: int = _HEAD_DIM,
    seed: int = 0,
    pooling: int | None = None,
    layers: int = _LAYERS,
) -> Path:
    """Write the model to `path` and return it. `head_dim` must be even.

    `layers` is how many the header claims; there are two. `pooling` is how an embedding model says
    that its tokens become one vector (llama.cpp's number).
    """
    from gguf import GGUFWriter, TokenType

    writer = GGUFWriter(str(path), "llama")
    writer.add_name(NAME)
    writer.add_context_length(context)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_rope_dimension_count(head_dim)
    writer.add_layer_norm_rms_eps(1e-5)
    words = [*_byte_letters(), *(merge.replace(" ", "") for merge in _MERGES)]
    tokens = [*words, *SPECIAL, *ADDED]
    kinds = {TokenType.NORMAL: words, TokenType.CONTROL: SPECIAL, TokenType.USER_DEFINED: ADDED}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([kind for kind, group in kinds.items() for _ in group])
    writer.add_token_merges(_MERGES)
    writer.add_bos_token_id(tokens.index("<|endoftext|>"))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    if pooling is not None:
        writer.add_uint32("llama.pooling_type", pooling)
    if template is not None:
        writer.add_chat_template(template)
    _add_tensors(writer, len(tokens), head_dim, np.random.default_rng(seed))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _byte_letters() -> list[str]:
    """GPT-2's printable letter for each of the 256 bytes, in the order of the bytes."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    spare = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


def _add_tensors(writer: object, words: int, head_dim: int, rng: np.random.Generator) -> None:
    shapes = {"token_embd": (words, _WIDTH), "output_norm": (_WIDTH,), "output": (words, _WIDTH)}
    for layer in range(_LAYERS):
        block = {
            "attn_norm": (_WIDTH,),
            "attn_q": (_HEADS * head_dim, _WIDTH),
            "attn_k": (_KV_HEADS * head_dim, _WIDTH),
            "attn_v": (_KV_HEADS * head_dim, _WIDTH),
            "attn_output": (_WIDTH, _HEADS * head_dim),
            "ffn_norm": (_WIDTH,),
            "ffn_gate": (_FEED_FORWARD, _WIDTH),
            "ffn_up": (_FEED_FORWARD, _WIDTH),
            "ffn_down": (_WIDTH, _FEED_FORWARD),
        }
        shapes |= {f"blk.{layer}.{name}": shape for name, shape in block.items()}
    for name, shape in shapes.items():
        is_norm = len(shape) == 1
        values = np.ones(shape) if is_norm else rng.normal(0, 0.5, shape)
        writer.add_tensor(f"{name}.weight", values.astype(np.float32))  # type: ignore[attr-defined]
