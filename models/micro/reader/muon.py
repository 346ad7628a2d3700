"""Muon (Jordan et al. 2024): momentum made orthogonal, for the matrices between the layers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

_STEPS = 5
_A, _B, _C = 3.4445, -4.7750, 2.0315  # Jordan's quintic, steep at zero


class Muon(torch.optim.Optimizer):
    """Muon with Nesterov momentum in single precision; torch's own works in bfloat16, which is
    slow on most CPUs. The size of a step is that of AdamW at the same rate."""

    def __init__(self, weights: Iterable[nn.Parameter], lr: float, momentum: float = 0.95) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # it knows none
        """Move all matrices; those of one shape together."""
        assert closure is None
        for group in self.param_groups:
            alike: dict[torch.Size, list[nn.Parameter]] = defaultdict(list)
            for weight in group["params"]:
                alike[weight.shape].append(weight)
            for shape, weights in alike.items():
                turned = orthogonal(
                    torch.stack([self._push(w, group["momentum"]) for w in weights])
                )
                size = 0.2 * max(shape) ** 0.5 * group["lr"]
                for weight, change in zip(weights, turned, strict=True):
                    weight.add_(change, alpha=-size)

    def _push(self, weight: nn.Parameter, momentum: float) -> Tensor:
        assert weight.grad is not None
        state = self.state[weight]
        moving = state.setdefault("moving", torch.zeros_like(weight))
        moving.lerp_(weight.grad, 1 - momentum)
        return weight.grad.lerp(moving, momentum)


def orthogonal(x: Tensor) -> Tensor:
    """(n, rows, columns): about the nearest orthogonal matrices, by Newton and Schulz."""
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(_STEPS):
        square = x @ x.mT
        x = _A * x + (_B * square + _C * square @ square) @ x
    return x.mT if tall else x
