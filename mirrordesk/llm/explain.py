"""The sentences of a plan: what was chosen, why, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

from mirrordesk.config import LlmSettings
from mirrordesk.llm.demand import Demand, Room
from mirrordesk.llm.gguf import ModelFacts
from mirrordesk.llm.machine import Machine

AUTO = "auto"


def reasons(
    demand: Demand, facts: ModelFacts, settings: LlmSettings, machine: Machine, room: Room
) -> Iterator[str]:
    """One sentence each about the bytes, the context, the types and the device."""
    yield (
        f"W{_parts(demand)[1:]}: {megabytes(demand.total)} of the "
        f"{megabytes(machine.free_bytes)} that are free"
        + (f", and {megabytes(machine.gpu_free_bytes)} on the GPU." if machine.gpus else ".")
    )
    yield _context(demand.layout.context, facts, settings)
    yield _types(demand, settings)
    yield _device(demand, facts, settings, machine, room)


def too_large(
    demand: Demand, facts: ModelFacts, settings: LlmSettings, machine: Machine, room: Room
) -> str:
    """That even the smallest layout does not fit, with the numbers and the ways out."""
    short = []
    if not room.holds_in_memory(demand):
        needed = demand.total if room.shared else demand.memory
        short.append(
            f"{megabytes(needed)} of memory, of which {megabytes(room.memory)} may be taken "
            f"({megabytes(machine.free_bytes)} are free)"
        )
    if demand.gpu > room.gpu:
        short.append(
            f"{megabytes(demand.gpu)} on the GPU, where {megabytes(room.gpu)} may be taken"
        )
    return (
        f"{facts.name} needs {' and '.join(short)}, with {demand.layout.context:,} tokens of "
        f"context ({_parts(demand)}): {_ways_out(demand, settings, room)}."
    )


def unable(facts: ModelFacts, settings: LlmSettings) -> str:
    """That llama.cpp makes no cache of the types that were asked for."""
    return (
        f"llama.cpp can keep no cache for {facts.name} with keys as {settings.type_k} and values "
        f"as {settings.type_v} here; set llm.type_k and llm.type_v to {AUTO}."
    )


def megabytes(size: int) -> str:
    """Bytes as people read them; rounded up, for what is needed must not look as if it fitted."""
    return f"{-(-size // 10**6):,} MB"


def _parts(demand: Demand) -> str:
    return (
        f"weights {megabytes(demand.weights)}, KV cache {megabytes(demand.kv)}, "
        f"scratch memory {megabytes(demand.compute)}"
    )


def _context(context: int, facts: ModelFacts, settings: LlmSettings) -> str:
    told = f"{context:,} tokens of context"
    if context == settings.context:
        return f"{told}, as the setting llm.context says."
    if context == facts.context:
        return f"{told}: the model was trained on no more."
    return f"{told}: more does not fit."


def _types(demand: Demand, settings: LlmSettings) -> str:
    keys, values = demand.layout.keys, demand.layout.values
    told = f"Keys are kept as {keys.name} and values as {values.name}"
    if AUTO not in (settings.type_k, settings.type_v):
        return f"{told}, as the settings llm.type_k and llm.type_v say."
    if settings.type_k == settings.type_v and not keys.quantised:
        return f"{told}: this model or device can do nothing smaller."
    fixed = [name for name in ("type_k", "type_v") if getattr(settings, name) != AUTO]
    return f"{told}, the finest that fit{f' beside the setting llm.{fixed[0]}' if fixed else ''}."


def _device(
    demand: Demand, facts: ModelFacts, settings: LlmSettings, machine: Machine, room: Room
) -> str:
    layers = demand.layout.gpu_layers
    if not machine.gpus:
        return f"On the processor: {machine.device}."
    if settings.gpu_layers == 0:
        return "On the processor, as the setting llm.gpu_layers says."
    if layers == 0:
        return f"On the processor: no layer fits the {megabytes(room.gpu)} of {machine.device}."
    count = "All" if layers < 0 else f"{layers} of {facts.weights.all_layers}"
    why = ", as the setting llm.gpu_layers says" if settings.gpu_layers > 0 else ""
    less = "; more do not fit" if layers > 0 and not why else ""
    return f"{count} layers on {machine.device}{why}{less}."


def _ways_out(demand: Demand, settings: LlmSettings, room: Room) -> str:
    ways = ["close other programs", "choose a smaller model (`mirrordesk models recommend`)"]
    if AUTO not in (settings.type_k, settings.type_v):
        ways.insert(1, "set llm.type_k and llm.type_v to auto")
    if settings.gpu_layers > 0 and demand.gpu > room.gpu:
        ways.insert(1, "set llm.gpu_layers to -1, for as many as fit")
    return ", or ".join(ways)
