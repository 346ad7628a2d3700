"""llama.cpp with one model loaded. Lives in the worker process only."""

from __future__ import annotations

import codecs
import contextlib
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mirrordesk import weights
from mirrordesk.config import LlmSettings
from mirrordesk.errors import KeyTrouble, WeightsError
from mirrordesk.llm import gguf, machine
from mirrordesk.llm.attention import Tap
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.eviction import Kept
from mirrordesk.llm.evidence_cache import EvidenceCache
from mirrordesk.llm.fitting import Fitter, Known
from mirrordesk.llm.lookup import Lookup
from mirrordesk.llm.native import Model, open_context
from mirrordesk.llm.plan import Plan, plan
from mirrordesk.llm.prefill import Cut, Prefill
from mirrordesk.llm.sampling import Rules
from mirrordesk.llm.tokenizer import Tokenizer
from mirrordesk.paths import Profile

MEGABYTE = 10**6


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, where and why there. `context` is in tokens.

    `evicts`: evidence may be longer than that, see `eviction`.
    """

    name: str
    context: int
    type_k: str
    type_v: str
    device: str
    why: str
    kv_bytes: int
    evicts: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """A finished text. `finished` is False where it was cut off by its limit or by cancelling.

    `chosen_by` is what chose the sentences to read, where they were more than there is room for:
    `attention` or `words`, see `eviction`; `ids` are then those of the evidence of which any was
    read.
    """

    text: str
    tokens: int
    prompt_tokens: int
    finished: bool
    first_token_s: float
    total_s: float
    chosen_by: str = ""
    ids: tuple[str, ...] = ()


class Engine:
    """A model in memory. Calls must not overlap.

    Raises WeightsError where the file is no model that llama.cpp can load, UsageError where the
    settings do not fit it.
    """

    def __init__(self, path: Path, settings: LlmSettings, profile: Profile | None = None) -> None:
        facts = gguf.read(path)
        planned = plan(facts, settings, machine.look())
        with contextlib.ExitStack() as failing:  # which lets go of what is open by then
            self._model = Model(path, planned.gpu_layers)
            failing.callback(self._model.close)
            self.tokenizer = _tokenizer(self._model, facts)
            tap = Tap()
            self.cells = open_cells(self._model, planned, tap)
            failing.callback(self.cells.close)
            self.loaded = _loaded(facts, planned, self.cells.size)
            self.cache = _cache(path, settings, self.loaded, profile)
            self._prefill = Prefill(self.cells, self.cache)
            known = Known(profile.heads if profile else None, f"{path} {weights.stamp(str(path))}")
            self._fitter = Fitter(self.cells, tap, self.tokenizer, facts.shape.layers, known)
            failing.pop_all()
        self._kept: Kept | None = None  # what the last prompt was cut down to, if it was

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
        cuts: Sequence[Cut] = (),
    ) -> Written:
        """Continue `prompt` under a GBNF grammar, telling each piece of text as it is written.

        Greedy, so that the same evidence gives the same answer. Ends early, with what there is,
        when `cancelled` is set, also while the prompt is being read. The states of the prompt's
        blocks, up to the last of its `cuts`, are kept, and need not be read when they come again.
        Where prompt and limit exceed the context, sentences of the evidence are left out, see
        `eviction`; raises UsageError where that cannot make it fit.
        """
        began, first = time.perf_counter(), None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        tokens, finished, text = 0, False, ""
        with contextlib.closing(self._sampled(prompt, cuts, limit, grammar, cancelled)) as sampled:
            for token in sampled:
                first = first or time.perf_counter()
                finished = self.tokenizer.is_end(token)
                if finished or tokens == limit:
                    break
                tokens += 1
                if piece := decoder.decode(self.tokenizer.bytes_of(token)):
                    text += piece
                    emit(piece)
        self._prefill.store()
        return Written(
            text=text,
            tokens=tokens,
            prompt_tokens=len(prompt),
            finished=finished,
            first_token_s=(first or time.perf_counter()) - began,
            total_s=time.perf_counter() - began,
            chosen_by=str(self._kept.by) if self._kept else "",
            ids=self._kept.ids if self._kept else (),
        )

    def _sampled(
        self,
        prompt: Sequence[int],
        cuts: Sequence[Cut],
        limit: int,
        grammar: str,
        cancelled: threading.Event,
    ) -> Generator[int, None, None]:
        with contextlib.closing(Rules(self._model, grammar)) as rules:
            if self._read(prompt, cuts, limit, cancelled):
                yield from self._continued(rules, cancelled)

    def _continued(self, rules: Rules, cancelled: threading.Event) -> Generator[int, None, None]:
        """The likeliest tokens, one after the other, until cancelled.

        With each of them a draft of those behind it is read, see `lookup`: as far as they come to
        be the likeliest, their logits are there already, and from the first that is not, they go.
        """
        lookup = Lookup(self.cells.tokens) if self.cells.rewinds else None
        written: list[int] = []
        draft: Sequence[int] = ()
        while not cancelled.is_set():
            token = rules.take(self.cells.logits(back=len(draft)))
            yield token
            written.append(token)
            if draft and draft[0] == token:
                draft = draft[1:]
                continue
            if draft:
                self.cells.keep(len(self.cells.tokens) - len(draft))
            room = self.cells.size - len(self.cells.tokens) - 1
            draft = lookup.draft(written)[:room] if lookup else ()
            if not self.cells.read([token, *draft], cancelled, each=True):
                return

    def _read(
        self, prompt: Sequence[int], cuts: Sequence[Cut], limit: int, cancelled: threading.Event
    ) -> bool:
        """Bring the cells to the prompt, or to what there is room for of it; False: cancelled."""
        if self._kept:
            self.cells.keep(self._kept.exact)
        self._kept = None
        if len(prompt) + limit <= self.cells.size:
            return self._prefill.read(prompt, cuts, cancelled)
        self._kept = self._fitter.fit(prompt, limit, cancelled)
        return self._kept is not None and self._prefill.read(self._kept.tokens, (), cancelled)

    def forget(self) -> None:
        """Let go of what the person has had forgotten, and of what lies in the cells."""
        self._kept = None
        self._prefill.forget()


def open_cells(model: Model, planned: Plan, tap: Tap) -> Cells:
    """Cells of `model` as they were planned, in whose attention `tap` listens.

    Raises WeightsError where llama.cpp makes none.
    """
    context = open_context(
        model,
        cells=planned.context,
        type_k=planned.type_k.number,
        type_v=planned.type_v.number,
        flash_attention=planned.flash_attention,
        observe=tap.callback,
    )
    return Cells(model, context, moves=planned.moves)


def _tokenizer(model: Model, facts: gguf.ModelFacts) -> Tokenizer:
    from jinja2 import TemplateError

    try:
        return Tokenizer(model, facts.template)
    except TemplateError as error:
        raise WeightsError(f"The chat template in {facts.path} is broken: {error}.") from error


def _loaded(facts: gguf.ModelFacts, planned: Plan, context: int) -> Loaded:
    return Loaded(
        name=facts.name,
        context=context,
        type_k=planned.type_k.name,
        type_v=planned.type_v.name,
        device="gpu" if planned.gpu_layers else "cpu",
        why=" ".join(planned.why),
        kv_bytes=planned.kv_bytes,
    )


def _cache(
    path: Path, settings: LlmSettings, loaded: Loaded, profile: Profile | None
) -> EvidenceCache | None:
    """Where the states of evidence are kept; None where the settings want none, or no key is there.

    A state is the same only for the very file, its types, and the version of llama.cpp.
    """
    import llama_cpp

    if settings.cache_memory_mb <= 0:
        return None
    stamp = (str(path), weights.stamp(str(path)), loaded.type_k, loaded.type_v)
    try:
        return EvidenceCache(
            f"{llama_cpp.__version__} {stamp}",
            memory=settings.cache_memory_mb * MEGABYTE,
            disk=settings.cache_disk_mb * MEGABYTE,
            profile=profile,
        )
    except KeyTrouble:
        return None
