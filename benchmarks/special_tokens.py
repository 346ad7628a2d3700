"""A model that knows nothing but whose vocabulary holds the control words of many families.

Half of them are called control words in its file, half user-defined, as real files do with their
role marks. It serves to see into which tokens a prompt is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.attacks import CHAT_TOKENS

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_WIDTH, _FEED_FORWARD = 32, 64
CONTEXT = 512


def write(path: Path) -> Path:
    """Write the model to `path` and return it."""
    from gguf import GGUFWriter, TokenType

    letters = _byte_letters()
    tokens = [*letters, *CHAT_TOKENS]
    special = [(TokenType.CONTROL, TokenType.USER_DEFINED)[n % 2] for n in range(len(CHAT_TOKENS))]
    writer = GGUFWriter(str(path), "llama")
    writer.add_name("Special Tokens")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_FEED_FORWARD)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_rope_dimension_count(_WIDTH)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.NORMAL] * len(letters) + special)
    writer.add_token_merges(["t h", "i n"])
    writer.add_bos_token_id(tokens.index("<s>"))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_chat_template(TEMPLATE)
    for name, shape in _shapes(len(tokens)).items():
        writer.add_tensor(f"{name}.weight", np.ones(shape, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _shapes(words: int) -> dict[str, Sequence[int]]:
    wide = (_WIDTH, _WIDTH)
    layer = {
        "attn_norm": (_WIDTH,), "ffn_norm": (_WIDTH,),
        "attn_q": wide, "attn_k": wide, "attn_v": wide, "attn_output": wide,
        "ffn_gate": (_FEED_FORWARD, _WIDTH), "ffn_up": (_FEED_FORWARD, _WIDTH),
        "ffn_down": (_WIDTH, _FEED_FORWARD),
    }  # fmt: skip
    around = {"token_embd": (words, _WIDTH), "output_norm": (_WIDTH,), "output": (words, _WIDTH)}
    return {**around, **{f"blk.0.{name}": shape for name, shape in layer.items()}}


def _byte_letters() -> list[str]:
    """GPT-2's printable letter for each of the 256 bytes, in the order of the bytes."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    spare = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]
