"""llama.cpp with one model loaded. Lives in the worker process only."""

from __future__ import annotations

import codecs
import contextlib
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError, WeightsError
from mirrordesk.llm import gguf
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.kv import cache_type
from mirrordesk.llm.native import Model, open_context
from mirrordesk.llm.sampling import Rules
from mirrordesk.llm.tokenizer import Tokenizer


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
        facts = gguf.read(path)
        keys, values = cache_type(settings.type_k), cache_type(settings.type_v)
        facts.shape.check(keys, values)
        if settings.context < 1:
            raise UsageError("The setting `llm.context` must be at least 1 token.")
        self._model = Model(path, settings.gpu_layers)
        self.tokenizer = _tokenizer(self._model, facts)
        context = open_context(
            self._model,
            cells=min(settings.context, facts.context),
            type_k=keys.number,
            type_v=values.number,
            flash_attention=values.quantised,  # a quantised V cache works in no other way
        )
        self.cells = Cells(self._model, context)
        self.loaded = _loaded(facts, settings, self.cells.size)

    def close(self) -> None:
        """Let the memory go."""
        self.cells.close()
        self._model.close()

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
        with contextlib.closing(Rules(self._model, grammar)) as rules:
            read = self._read(prompt, cancelled)
            while read:
                token = rules.take(self.cells.logits())
                yield token
                read = self.cells.read([token], cancelled)

    def _read(self, prompt: Sequence[int], cancelled: threading.Event) -> bool:
        """Bring the cells to `prompt`, reusing what it shares with the last one; False: cancelled.

        The last token is read in any case, as its logits are wanted.
        """
        kept = self.cells.keep(_common(self.cells.tokens, prompt[:-1]))
        return self.cells.read(prompt[kept:], cancelled)


def _tokenizer(model: Model, facts: gguf.ModelFacts) -> Tokenizer:
    from jinja2 import TemplateError

    try:
        return Tokenizer(model, facts.template)
    except TemplateError as error:
        model.close()
        raise WeightsError(f"The chat template in {facts.path} is broken: {error}.") from error


def _loaded(facts: gguf.ModelFacts, settings: LlmSettings, context: int) -> Loaded:
    import llama_cpp

    keys, values = cache_type(settings.type_k), cache_type(settings.type_v)
    has_gpu = bool(llama_cpp.llama_supports_gpu_offload())
    return Loaded(
        name=facts.name,
        context=context,
        type_k=keys.name,
        type_v=values.name,
        device="gpu" if has_gpu and settings.gpu_layers != 0 else "cpu",
        why=_why(has_gpu, settings.gpu_layers),
        kv_bytes=facts.shape.bytes_for(context, keys, values),
    )


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
