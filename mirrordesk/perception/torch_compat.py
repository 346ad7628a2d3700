"""Makes `import torchvision` work beside a torch without CUDA."""

from __future__ import annotations

from typing import Any

_schemas: list[Any] = []  # a Library withdraws its schemas when it is collected


def declare_missing_ops() -> None:
    """Declare torchvision's native operators where its binary cannot load.

    torchvision's wheel is built against CUDA torch; beside a CPU-only torch its operators do not
    load, and the import then fails on registering `nms`. open_clip needs none of these
    operators, only the import to pass, so their bare schemas will do.
    """
    import torch

    if _schemas or hasattr(torch.ops.torchvision, "nms") or torch.cuda.is_available():
        return
    make: Any = torch.library.Library  # untyped in torch
    library = make("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _schemas.append(library)
