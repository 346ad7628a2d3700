"""What this machine offers a model: memory, a GPU's memory, free disk."""

from __future__ import annotations

import contextlib
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from mirrordesk.registry import places

_PATIENCE_S = 10  # nvidia-smi wakes a sleeping GPU


@dataclass(frozen=True, slots=True)
class Machine:
    """Bytes each; `gpu_memory` is 0 where no GPU was found."""

    memory: int
    gpu_memory: int
    disk: int


def look() -> Machine:
    """This machine, its disk being the one that models are pulled to."""
    memory = psutil.virtual_memory().total
    return Machine(memory, _gpu_memory(memory), shutil.disk_usage(_existing(places.pulled())).free)


def _gpu_memory(memory: int) -> int:
    if (platform.system(), platform.machine()) == ("Darwin", "arm64"):
        return memory  # processor and GPU share it
    command = shutil.which("nvidia-smi")
    if command is None:
        return 0
    query = [command, "--query-gpu=memory.total", "--format=csv,noheader,nounits"]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(query, capture_output=True, text=True, timeout=_PATIENCE_S)
        sizes = [int(line) for line in done.stdout.split() if line.isdigit()]
        return max(sizes, default=0) * 2**20  # it counts in MiB
    return 0


def _existing(path: Path) -> Path:
    """The nearest folder above `path` that is there."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
