"""What a layout takes and where, and what there is room for. All sizes in bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirrordesk.llm.forecast import Forecast, Layout
from mirrordesk.llm.gguf import ModelFacts
from mirrordesk.llm.machine import Gpu, Machine

_MEMORY_SPARE = 1 << 30  # at most so much, or a twentieth of all, is left to the other programs
_MEMORY_SHARE = 20
_GPU_SPARE = 1 << 29  # left of each GPU to the driver and to what draws the screen


@dataclass(frozen=True, slots=True)
class Demand:
    """What a layout takes by purpose; `gpu` of it lies on the GPUs, the rest in main memory."""

    layout: Layout
    weights: int
    kv: int
    compute: int
    gpu: int
    flash_attention: bool

    @property
    def total(self) -> int:
        """Everything together."""
        return self.weights + self.kv + self.compute

    @property
    def memory(self) -> int:
        """The part that lies in main memory."""
        return self.total - self.gpu


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be taken. `shared`: what the GPUs take is taken from the main memory."""

    memory: int
    gpu: int
    shared: bool

    def holds(self, demand: Demand) -> bool:
        """Whether all of it finds its place."""
        return demand.gpu <= self.gpu and self.holds_in_memory(demand)

    def holds_in_memory(self, demand: Demand) -> bool:
        """Whether what lies in main memory finds its place there."""
        return (demand.total if self.shared else demand.memory) <= self.memory


def room(machine: Machine) -> Room:
    """What is free less a little for everybody else, so that nothing has to be swapped out."""
    spare = min(_MEMORY_SPARE, machine.total_bytes // _MEMORY_SHARE)
    return Room(
        memory=max(0, machine.free_bytes - spare),
        gpu=sum(max(0, gpu.free_bytes - _GPU_SPARE) for gpu in machine.gpus),
        shared=machine.shared,
    )


def gpu_weights(facts: ModelFacts, layers: int) -> int:
    """Bytes of the weights that go to the GPU with so many layers; -1: all."""
    return facts.weights.on_gpu(_counted(facts, layers))


def memory_weights(facts: ModelFacts, layers: int) -> int:
    """Bytes of the weights that stay in main memory then."""
    return facts.weights.in_memory(_counted(facts, layers))


def gpu_share(facts: ModelFacts, layers: int) -> float:
    """The share of the KV cache that goes with them: each layer's lies where the layer does."""
    blocks = len(facts.weights.layers)
    kept = facts.weights.first_on_gpu(_counted(facts, layers))
    return (blocks - kept) / blocks if blocks and layers else 0.0


def demand(facts: ModelFacts, layout: Layout, told: Forecast, gpus: Sequence[Gpu]) -> Demand:
    """The forecast and the weights, summed up by place."""
    names = {gpu.name for gpu in gpus}
    layers = layout.gpu_layers if names else 0
    on_gpu = gpu_weights(facts, layers)
    # a device may have several kinds of buffer, `MTL0_Private`; `CUDA_Host` is main memory
    scratch = sum(size for kind, size in told.compute.items() if kind.split("_")[0] in names)
    return Demand(
        layout=layout,
        weights=on_gpu + memory_weights(facts, layers),
        kv=told.kv,
        compute=sum(told.compute.values()),
        gpu=on_gpu + int(told.kv * gpu_share(facts, layers)) + scratch,
        flash_attention=told.flash_attention,
    )


def _counted(facts: ModelFacts, layers: int) -> int:
    return facts.weights.all_layers if layers < 0 else layers
