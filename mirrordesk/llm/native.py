"""llama.cpp's handles, opened and closed: a model with its vocabulary, and a context of cells."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import psutil

from mirrordesk.llm import gguf

BATCH = 512  # tokens that are read in one go; between two of them it is asked whether to go on
SEQUENCES = 4  # 0 is the conversation, the others are for moving spans about
_ALL_LAYERS = 0x7FFFFFFF  # llama.cpp takes no more than there are
_PIECE_BYTES = 64  # more than nearly any token has


class Model:
    """The weights of a GGUF file and its vocabulary. Raises WeightsError where it is none."""

    def __init__(self, path: Path, gpu_layers: int) -> None:
        import llama_cpp
        from llama_cpp._logger import set_verbose

        set_verbose(False)
        llama_cpp.llama_backend_init()
        params = llama_cpp.llama_model_default_params()
        params.n_gpu_layers = _ALL_LAYERS if gpu_layers < 0 else gpu_layers
        with gguf.complaints() as said:
            self.handle = llama_cpp.llama_model_load_from_file(str(path).encode(), params)
        if not self.handle:
            raise gguf.refusal(path, said)
        self.path = path
        self.vocab = llama_cpp.llama_model_get_vocab(self.handle)
        self.words = int(llama_cpp.llama_vocab_n_tokens(self.vocab))
        self.bos = int(llama_cpp.llama_vocab_bos(self.vocab))  # -1 where there is none
        self.eos = int(llama_cpp.llama_vocab_eos(self.vocab))

    @property
    def is_recurrent(self) -> bool:
        """Whether it sums up what it has read in states, of which no middle can be taken out."""
        import llama_cpp

        ask = (llama_cpp.llama_model_is_recurrent, llama_cpp.llama_model_is_hybrid)
        return any(bool(question(self.handle)) for question in ask)

    def tokens(self, text: bytes, *, control: bool) -> list[int]:
        """The tokens of UTF-8 `text`, with control words read as such or as plain letters."""
        import llama_cpp

        def cut(room: int) -> tuple[int, Any]:
            found = (llama_cpp.llama_token * room)()
            count = llama_cpp.llama_tokenize(
                self.vocab, text, len(text), found, room, False, control
            )
            return count, found

        count, found = cut(len(text) + 2)
        if count < 0:  # a vocabulary that makes more tokens than there are bytes
            count, found = cut(-count)
        return list(found[:count])

    def piece(self, token: int, *, control: bool) -> bytes:
        """The UTF-8 bytes of a token, of a control word only where it is asked for."""
        import llama_cpp

        def spell(room: int) -> tuple[int, Any]:
            buffer = ctypes.create_string_buffer(room)
            size = llama_cpp.llama_token_to_piece(self.vocab, token, buffer, room, 0, control)
            return size, buffer

        size, buffer = spell(_PIECE_BYTES)
        if size < 0:
            size, buffer = spell(-size)
        return bytes(buffer.raw[:size])

    def close(self) -> None:
        """Let the weights go."""
        import llama_cpp

        if self.handle:
            llama_cpp.llama_model_free(self.handle)
            self.handle = None


def layout(cells: int, type_k: int, type_v: int) -> Any:
    """The parameters of a context that decide how many bytes it takes."""
    import llama_cpp

    params = llama_cpp.llama_context_default_params()
    params.n_ctx = cells
    params.n_batch = params.n_ubatch = BATCH
    params.n_seq_max, params.kv_unified = SEQUENCES, True
    # Of a prompt, only the last token is asked what comes next; of an answer, a token and its draft
    # (`lookup`). With room for a whole batch of them, a vocabulary of 150,000 words takes 296 MB
    # instead of 17.
    params.n_outputs_max = SEQUENCES
    params.type_k, params.type_v = type_k, type_v
    return params


def open_context(
    model: Model,
    *,
    cells: int,
    type_k: int,
    type_v: int,
    flash_attention: bool,
    observe: Any = None,
) -> Any:
    """A context of `model` with one pool of cells for all sequences.

    The types are ggml's numbers. `observe` is a `ggml_backend_sched_eval_callback`, kept alive by
    the caller. Raises WeightsError where llama.cpp makes none.
    """
    import llama_cpp

    params = layout(cells, type_k, type_v)
    params.n_threads = params.n_threads_batch = psutil.cpu_count(logical=False) or 1
    params.flash_attn_type = (
        llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        if flash_attention
        else llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
    )
    params.no_perf = True
    if observe is not None:
        params.cb_eval = observe
    with gguf.complaints() as said:
        context = llama_cpp.llama_init_from_model(model.handle, params)
    if not context:
        raise gguf.refusal(model.path, said)
    return context
