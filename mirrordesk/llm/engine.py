"""llama.cpp with one model loaded. Lives in the worker process only."""

from __future__ import annotations

import codecs
import contextlib
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError, WeightsError, WorkerError
from mirrordesk.llm import gguf
from mirrordesk.llm.kv import cache_type
from mirrordesk.llm.tokenizer import Tokenizer

BATCH = 512  # tokens of a prompt between two looks at whether the caller has cancelled


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, where and why there. `context` is in tokens."""

    name: str
    context: int
    type_k: str
    type_v: str
    device: str
    why: str
    kv_bytes: int


@dataclass(frozen=True, slots=True)
class Written:
    """A finished text. `finished` is False where it was cut off by its limit or by cancelling."""

    text: str
    tokens: int
    prompt_tokens: int
    finished: bool
    first_token_s: float
    total_s: float


class Engine:
    """A model in memory. Calls must not overlap.

    Raises WeightsError where the file is no model that llama.cpp can load, UsageError where the
    settings do not fit it.
    """

    def __init__(self, path: Path, settings: LlmSettings) -> None:
        import llama_cpp

        facts = gguf.read(path)
        keys, values = cache_type(settings.type_k), cache_type(settings.type_v)
        facts.shape.check(keys, values)
        if settings.context < 1:
            raise UsageError("The setting `llm.context` must be at least 1 token.")
        self._llama = _load(facts, settings)
        self.tokenizer = Tokenizer(self._llama, facts.template)
        has_gpu = bool(llama_cpp.llama_supports_gpu_offload())
        context = int(self._llama.n_ctx())
        self.loaded = Loaded(
            name=facts.name,
            context=context,
            type_k=keys.name,
            type_v=values.name,
            device="gpu" if has_gpu and settings.gpu_layers != 0 else "cpu",
            why=_why(has_gpu, settings.gpu_layers),
            kv_bytes=facts.shape.bytes_for(context, keys, values),
        )

    def close(self) -> None:
        """Let the memory go."""
        self._llama.close()

    def write(
        self,
        prompt: Sequence[int],
        *,
        grammar: str,
        limit: int,
        emit: Callable[[str], None],
        cancelled: threading.Event,
    ) -> Written:
        """Continue `prompt` under a GBNF grammar, telling each piece of text as it is written.

        Greedy, so that the same evidence gives the same answer. Ends early, with what there is,
        when `cancelled` is set, also while the prompt is being read. Raises UsageError where prompt
        and limit exceed the context.
        """
        if len(prompt) + limit > self.loaded.context:
            raise UsageError(
                f"The question and its evidence take {len(prompt)} tokens and the answer {limit}; "
                f"the model has room for {self.loaded.context} (setting llm.context)."
            )
        began, first = time.perf_counter(), None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        tokens, finished, text = 0, False, ""
        with contextlib.closing(self._sampled(prompt, grammar, cancelled)) as sampled:
            for token in sampled:
                first = first or time.perf_counter()
                finished = self.tokenizer.is_end(token)
                if finished or tokens == limit:
                    break
                tokens += 1
                if piece := decoder.decode(self.tokenizer.bytes_of(token)):
                    text += piece
                    emit(piece)
        return Written(
            text=text,
            tokens=tokens,
            prompt_tokens=len(prompt),
            finished=finished,
            first_token_s=(first or time.perf_counter()) - began,
            total_s=time.perf_counter() - began,
        )

    def _sampled(
        self, prompt: Sequence[int], grammar: str, cancelled: threading.Event
    ) -> Generator[int, None, None]:
        import llama_cpp

        rules = llama_cpp.LlamaGrammar.from_string(grammar, verbose=False)
        with self._aborting(cancelled):
            try:
                if self._read(prompt, cancelled):
                    for token in self._llama.generate(prompt, temp=0.0, grammar=rules):
                        yield token
                        if cancelled.is_set():
                            return
            except RuntimeError as error:  # llama_decode returned …
                self._llama.reset()
                if not cancelled.is_set():
                    raise WorkerError(f"llama.cpp stopped: {error}.") from error

    def _read(self, prompt: Sequence[int], cancelled: threading.Event) -> bool:
        """Bring the cache to `prompt`, reusing what it shares with the last one; False: cancelled.

        `generate` would do it in one go, deaf to `cancelled` wherever there is no abort callback.
        """
        llama = self._llama
        kept = _common(llama.input_ids[: llama.n_tokens].tolist(), prompt[:-1])
        if not llama._ctx.kv_cache_seq_rm(-1, kept, -1):  # a recurrent model cannot go back
            kept = 0
        llama.n_tokens = kept
        if not kept:
            llama.reset()
            llama._ctx.kv_cache_clear()
        for start in range(kept, len(prompt), BATCH):
            if cancelled.is_set():
                return False
            llama.eval(prompt[start : start + BATCH])
        return True

    @contextlib.contextmanager
    def _aborting(self, cancelled: threading.Event) -> Iterator[None]:
        """Have llama.cpp ask between two operations (on the CPU and on Metal) whether to go on."""
        import llama_cpp

        context = self._llama._ctx.ctx
        ask = llama_cpp.ggml_abort_callback(lambda _data: cancelled.is_set())
        llama_cpp.llama_set_abort_callback(context, ask, None)
        try:
            yield
        finally:
            llama_cpp.llama_set_abort_callback(context, llama_cpp.ggml_abort_callback(), None)


def _load(facts: gguf.ModelFacts, settings: LlmSettings) -> Any:
    import llama_cpp
    from jinja2 import TemplateError

    keys, values = cache_type(settings.type_k), cache_type(settings.type_v)
    cores = psutil.cpu_count(logical=False) or 1
    with gguf.complaints() as said:
        try:
            return llama_cpp.Llama(
                str(facts.path),
                n_ctx=min(settings.context, facts.context),
                n_batch=BATCH,
                n_gpu_layers=settings.gpu_layers,
                n_threads=cores,
                n_threads_batch=cores,
                type_k=keys.number,
                type_v=values.number,
                flash_attn=values.quantised,  # a quantised V cache works in no other way
                use_mmap=True,
                verbose=False,
            )
        except ValueError as error:  # llama-cpp-python's word for both: no model, no context
            raise gguf.refusal(facts.path, said or [str(error)]) from error
        except TemplateError as error:
            raise WeightsError(f"The chat template in {facts.path} is broken: {error}.") from error


def _why(has_gpu: bool, layers: int) -> str:
    if not has_gpu:
        return "this build of llama.cpp has no GPU backend"
    if layers == 0:
        return "the setting llm.gpu_layers is 0"
    kept = "all layers" if layers < 0 else f"{layers} layers"
    return f"llama.cpp found a GPU backend; {kept} on it (setting llm.gpu_layers)"


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens both begin with."""
    length = min(len(one), len(other))
    return next((n for n in range(length) if one[n] != other[n]), length)
