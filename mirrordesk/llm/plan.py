"""What is loaded and how, chosen before anything is: what fits the free memory, and why.

More context is preferred, up to `llm.context`; then finer types; then more layers on the GPU. Keys
are never coarser than values: outliers sit in the channels of the keys, and an error in a key turns
the attention itself (KIVI, arXiv:2402.02750; KVQuant, arXiv:2401.18079).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError
from mirrordesk.llm import explain, forecast
from mirrordesk.llm.abilities import able
from mirrordesk.llm.demand import Demand, demand, gpu_share, gpu_weights, memory_weights, room
from mirrordesk.llm.explain import AUTO
from mirrordesk.llm.forecast import Ask, Layout
from mirrordesk.llm.gguf import ModelFacts
from mirrordesk.llm.kv import CacheType, cache_type
from mirrordesk.llm.machine import Machine

STEP = 256  # tokens: llama.cpp rounds a context up to whole multiples
_TRIES = 16  # contexts that are tried, at most
LEAST_EVIDENCE = 624  # tokens of rules, question and evidence below which answers are worth little
# From fine to coarse. 8 bits lose nothing that could be measured, so that nothing finer is worth
# its memory; half precision stands last, for where no quantised type works at all.
_BY_PREFERENCE = ("q8_0", "q5_1", "q4_0", "f16")
_LADDER = (
    ("q8_0", "q8_0"),
    ("q8_0", "q5_1"),
    ("q8_0", "q4_0"),
    ("q5_1", "q4_0"),
    ("q4_0", "q4_0"),
    ("f16", "f16"),
)

Pair = tuple[CacheType, CacheType]
Able = Callable[[CacheType, CacheType], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to load. Bytes are llama.cpp's own forecast; `gpu_bytes` of them lie on the GPUs.

    `moves`: keys can be moved to other positions; else a span may come back where it was alone.
    """

    context: int  # cells
    type_k: CacheType
    type_v: CacheType
    gpu_layers: int  # -1: all
    flash_attention: bool
    moves: bool
    weights_bytes: int
    kv_bytes: int
    compute_bytes: int
    gpu_bytes: int
    why: tuple[str, ...]  # sentences

    @property
    def total_bytes(self) -> int:
        """Everything together."""
        return self.weights_bytes + self.kv_bytes + self.compute_bytes


def plan(facts: ModelFacts, settings: LlmSettings, machine: Machine) -> Plan:
    """The best plan that fits. Raises UsageError, with the numbers, where none does."""
    gpu = bool(machine.gpus) and settings.gpu_layers != 0
    with forecast.asking(facts.path) as ask:
        return choose(facts, settings, machine, ask, functools.partial(able, facts.shape, gpu=gpu))


def choose(facts: ModelFacts, settings: LlmSettings, machine: Machine, ask: Ask, can: Able) -> Plan:
    """As `plan`, by the forecasts that `ask` gives and with the types that `can` says yes to."""
    search = _Search(facts, settings, machine, functools.cache(ask), can)
    found = search.best()
    given = (facts, settings, machine, room(machine))
    if found is None:
        smallest = search.smallest()
        raise UsageError(
            explain.too_large(smallest, *given) if smallest else explain.unable(facts, settings)
        )
    return Plan(
        context=found.layout.context,
        type_k=found.layout.keys,
        type_v=found.layout.values,
        gpu_layers=found.layout.gpu_layers,
        flash_attention=found.flash_attention,
        moves=facts.shape.turns(found.layout.keys),
        weights_bytes=found.weights,
        kv_bytes=found.kv,
        compute_bytes=found.compute,
        gpu_bytes=found.gpu,
        why=tuple(explain.reasons(found, *given)),
    )


class _Search:
    """Looks for the best layout: the first that fits, in the order of preference."""

    def __init__(
        self, facts: ModelFacts, settings: LlmSettings, machine: Machine, ask: Ask, can: Able
    ) -> None:
        self._facts, self._settings, self._machine = facts, settings, machine
        self._ask, self._can = ask, functools.cache(can)
        self._room = room(machine)
        self._most = _most_context(facts, settings)
        self._least = min(self._most, settings.answer_tokens + LEAST_EVIDENCE)
        self._pairs = tuple(_pairs(settings))
        if len(self._pairs) == 1:
            facts.shape.check(*self._pairs[0])

    def best(self) -> Demand | None:
        """The layout to take, or None where nothing fits."""
        fitting = (self._finest(context) for context in self._contexts())
        return next((found for found in fitting if found), None)

    def smallest(self) -> Demand | None:
        """What would take the least memory, or None where llama.cpp makes no such cache."""
        layers = self._layers()
        wanted = (layers[0], layers[-1])
        demands = (self._demand(self._least, pair, n) for pair in self._pairs for n in wanted)
        return min((found for found in demands if found), key=lambda d: d.total, default=None)

    def _contexts(self) -> Iterator[int]:
        """Contexts to try, the longest first.

        One after the other rather than by halves: llama.cpp packs its scratch memory now better,
        now worse, so that a longer context may take less.
        """
        step = STEP * math.ceil(self._most / (STEP * _TRIES))
        yield self._most
        yield from range((self._most - 1) // step * step, self._least, -step)
        if self._least < self._most:
            yield self._least

    def _finest(self, context: int) -> Demand | None:
        placed = (self._placed(context, pair) for pair in self._pairs)
        return next((found for found in placed if found), None)

    def _placed(self, context: int, pair: Pair) -> Demand | None:
        """With as many layers on the GPU as fit there."""
        kv = 0
        for layers in self._layers():
            cells = int(kv * gpu_share(self._facts, layers))
            if gpu_weights(self._facts, layers) + cells > self._room.gpu:
                continue  # not worth asking for its scratch memory
            if memory_weights(self._facts, layers) + kv - cells > self._room.memory:
                return None  # and fewer on the GPU would need more still
            found = self._demand(context, pair, layers)
            if found is None or self._room.holds(found):
                return found
            kv = found.kv
        return None

    def _demand(self, context: int, pair: Pair, layers: int) -> Demand | None:
        layout = Layout(context, *pair, layers)
        told = self._ask(layout) if self._can(*pair) else None
        return demand(self._facts, layout, told, self._machine.gpus) if told else None

    def _layers(self) -> tuple[int, ...]:
        """Numbers of layers to try on the GPU, the most first."""
        wanted, every = self._settings.gpu_layers, self._facts.weights.all_layers
        if not self._machine.gpus or wanted == 0:
            return (0,)
        if wanted > 0:
            return (wanted if wanted < every else -1,)
        return (-1, 0) if self._room.shared else (-1, *range(every - 1, -1, -1))


def _most_context(facts: ModelFacts, settings: LlmSettings) -> int:
    if settings.context < 0:
        raise UsageError("The setting `llm.context` is a number of tokens; 0: as many as fit.")
    return min(settings.context or facts.context, facts.context)


def _pairs(settings: LlmSettings) -> Iterator[Pair]:
    """Types of keys and values to try, the finest first; what a person chose is kept."""
    keys, values = settings.type_k.strip().lower(), settings.type_v.strip().lower()
    if AUTO in (keys, values) and keys != values:
        fixed = cache_type(values if keys == AUTO else keys)
        others = (cache_type(name) for name in _BY_PREFERENCE)
        for other in others:
            k, v = (other, fixed) if keys == AUTO else (fixed, other)
            if k.bytes_per_value >= v.bytes_per_value:
                yield k, v
        return
    wanted = _LADDER if keys == AUTO else ((keys, values),)
    yield from ((cache_type(k), cache_type(v)) for k, v in wanted)
