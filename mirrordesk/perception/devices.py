"""Where torch models run: CUDA, Apple's GPU, or the processor."""

from __future__ import annotations

import importlib.util
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from mirrordesk import weights

NVIDIA = Path("/dev/nvidia0")

# What goes through a model at once. A GPU idles with less; a processor gains nothing from more, and
# what waits behind a batch waits longer. (Eight windows of speech take two cores less than half the
# work of one by one.)
PICTURES = {"cuda": 64, "mps": 32, "cpu": 8}
WINDOWS = {"cuda": 16, "mps": 8, "cpu": 8}


@dataclass(frozen=True, slots=True)
class Device:
    """A torch device and why it was chosen."""

    name: str
    why: str

    @property
    def half(self) -> bool:
        """Whether half precision is the faster one there."""
        return self.name == "cuda"

    @property
    def pictures(self) -> int:
        """How many pictures go through a model together there."""
        return PICTURES[self.name]

    @property
    def windows(self) -> int:
        """How many windows of speech are best decoded together there."""
        return WINDOWS[self.name]


CPU = Device("cpu", "it was asked for")


def choose() -> Device:
    """The best device there is. Imports torch."""
    import torch

    if torch.cuda.is_available():
        return Device("cuda", f"CUDA sees {torch.cuda.get_device_name(0)}")
    if torch.backends.mps.is_available():
        return Device("mps", "Metal is available")
    return Device("cpu", "neither CUDA nor Metal is available")


def foresee() -> Device:
    """What `choose` is going to find, told by torch's build and the drivers without importing it.

    The import takes seconds, and more than a person waits for who only wants to know.
    """
    package = weights.package_folder("torch")
    if package is None:
        return Device("cpu", "torch is not installed")
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return Device("mps", "Metal is there on this Mac")
    if _built_for_cuda(package) and NVIDIA.exists():
        return Device("cuda", "torch is built for CUDA and an NVIDIA GPU is there")
    if NVIDIA.exists():
        return Device("cpu", "an NVIDIA GPU is there, but this torch is built without CUDA")
    return Device("cpu", "no GPU was found")


def _built_for_cuda(package: Path) -> bool:
    """From torch's `version.py`, which imports nothing of torch."""
    spec = importlib.util.spec_from_file_location("torch_version", package / "version.py")
    if spec is None or spec.loader is None:
        return False
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return bool(getattr(module, "cuda", None))
