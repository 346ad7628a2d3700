"""Which models suit a machine, and why.

A model fits where it takes at most half of the memory, or fits a GPU's; what is slow without a GPU
is advised only where one was found. Of those that fit, the best is advised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mirrordesk.registry.amounts import gigabytes
from mirrordesk.registry.machine import Machine
from mirrordesk.registry.model import Model, Role, Source
from mirrordesk.registry.pull import LEFT_FREE

SHARE = 0.5  # of the memory that one model may take
_ADVISED = (Source.HUB, Source.URL, Source.PACKAGE)  # not micro models, nor what is registered


@dataclass(frozen=True, slots=True)
class Verdict:
    """What speaks for or against one model on this machine."""

    model: Model
    fits: bool
    why: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The best model for a role that fits, or None, and what was found of every one."""

    role: Role
    best: Model | None
    verdicts: tuple[Verdict, ...]

    @property
    def why(self) -> str:
        """Why that one; empty where none fits."""
        return next((v.why for v in self.verdicts if v.model is self.best), "")

    @property
    def better(self) -> tuple[Verdict, ...]:
        """The better ones that do not fit, and why."""
        names = [verdict.model for verdict in self.verdicts]
        first = names.index(self.best) + 1 if self.best else 0
        return self.verdicts[first:]


def advise(models: Sequence[Model], machine: Machine, here: Sequence[str]) -> list[Advice]:
    """Advice for every role with a choice. `here` names the models that need no disk any more."""
    advice = []
    for role in (role for role in Role if role.setting):
        candidates = [m for m in models if m.role is role and m.source in _ADVISED]
        verdicts = [_judge(model, machine, model.name in here) for model in candidates]
        fitting = [verdict.model for verdict in verdicts if verdict.fits]
        advice.append(Advice(role, fitting[-1] if fitting else None, tuple(verdicts)))
    return advice


def _judge(model: Model, machine: Machine, is_here: bool) -> Verdict:
    needs = f"takes {gigabytes(model.memory)} of memory"
    if not is_here and model.size + LEFT_FREE > machine.disk:
        short = model.size + LEFT_FREE - machine.disk
        return Verdict(model, False, f"{gigabytes(short)} of disk are missing")
    if 0 < model.memory <= machine.gpu_memory:
        return Verdict(model, True, f"{needs}; the GPU has {gigabytes(machine.gpu_memory)}")
    if model.memory > machine.memory * SHARE:
        return Verdict(model, False, f"{needs}; this machine has {gigabytes(machine.memory)}")
    if model.gpu:
        what = "too small a GPU" if machine.gpu_memory else "no GPU was found"
        return Verdict(model, False, f"{needs}, but is slow without a GPU: {what}")
    return Verdict(model, True, f"{needs}; this machine has {gigabytes(machine.memory)}")
