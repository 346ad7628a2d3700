"""What a model may take here: free memory, and the devices that llama.cpp was built for."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from mirrordesk.llm import ggml

_GPU, _INTEGRATED = 1, 2  # ggml_backend_dev_type; 0 is the processor, 3 an accelerator beside it
_CGROUPS, _OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
_COUNTS = "memory.stat"
_NO_GPU = "this build of llama.cpp has no GPU back end"


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics device under llama.cpp's name for it, such as `CUDA0`. Memory in bytes."""

    name: str
    description: str
    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Machine:
    """Memory in bytes. `shared`: the GPUs have none of their own but take from the same."""

    free_bytes: int
    total_bytes: int
    gpus: tuple[Gpu, ...] = ()
    shared: bool = False

    @property
    def gpu_free_bytes(self) -> int:
        """What all GPUs have left."""
        return sum(gpu.free_bytes for gpu in self.gpus)

    @property
    def device(self) -> str:
        """The devices in words."""
        return ", ".join(f"{gpu.name} ({gpu.description})" for gpu in self.gpus) or _NO_GPU


def look() -> Machine:
    """This machine as it is now. On a build with a GPU back end the first look opens that."""
    memory = psutil.virtual_memory()
    limits = list(_limits(_CGROUPS, _OWN_GROUPS)) if platform.system() == "Linux" else []
    found = list(_gpus())
    gpus = tuple(gpu for kind, gpu in found if kind == _GPU)
    integrated = tuple(gpu for kind, gpu in found if kind == _INTEGRATED)
    return Machine(
        free_bytes=max(0, min([memory.available, *(free for _most, free in limits)])),
        total_bytes=min([memory.total, *(most for most, _free in limits)]),
        gpus=gpus or integrated[:1],  # llama.cpp takes an integrated one only where no other is
        shared=bool(found) and (not gpus or platform.system() == "Darwin"),
    )


def _gpus() -> Iterator[tuple[int, Gpu]]:
    for index in range(ggml.function("ggml_backend_dev_count")()):
        device = ggml.function("ggml_backend_dev_get")(index)
        kind = ggml.function("ggml_backend_dev_type")(device)
        if kind not in (_GPU, _INTEGRATED):
            continue
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        ggml.function("ggml_backend_dev_memory")(device, free, total)
        name, description = (
            ggml.function(f"ggml_backend_dev_{asked}")(device).decode(errors="replace")
            for asked in ("name", "description")
        )
        yield kind, Gpu(name, description, free.value, total.value)


def _limits(root: Path, own: Path) -> Iterator[tuple[int, int]]:
    """Limit and free bytes of each control group that this process is in, where it has a limit.

    A container may show its own group as the root, so folders that are not there are passed over.
    Pages of files that nobody has used of late count as free: the kernel takes them back first.
    """
    for line in own.read_text(encoding="utf-8").splitlines() if own.exists() else ():
        _number, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top = root / controllers
        names = ("memory.max", "memory.current", "inactive_file")
        if controllers:
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        group = top / path.strip("/")
        for folder in (group, *group.parents):
            if folder.is_relative_to(top) and (found := _limit(folder, *names)):
                yield found


def _limit(folder: Path, most: str, used: str, idle: str) -> tuple[int, int] | None:
    try:
        texts = [(folder / name).read_text(encoding="utf-8") for name in (most, used, _COUNTS)]
    except OSError:
        return None  # no such group here, or the root, which has no limit
    limit, taken, *counts = "".join(texts).splitlines()
    reclaimable = next((int(line.split()[1]) for line in counts if line.startswith(f"{idle} ")), 0)
    return (int(limit), int(limit) - int(taken) + reclaimable) if limit.isdecimal() else None
