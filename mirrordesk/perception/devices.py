"""Where torch models run: CUDA, Apple's GPU, or the processor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """A torch device and why it was chosen."""

    name: str
    why: str

    @property
    def half(self) -> bool:
        """Whether half precision is the faster one there."""
        return self.name == "cuda"


def choose() -> Device:
    """The best device there is. Imports torch."""
    import torch

    if torch.cuda.is_available():
        return Device("cuda", f"CUDA sees {torch.cuda.get_device_name(0)}")
    if torch.backends.mps.is_available():
        return Device("mps", "Metal is available")
    return Device("cpu", "neither CUDA nor Metal is available")
