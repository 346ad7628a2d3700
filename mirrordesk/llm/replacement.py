"""Which of many things to let go when their room is full: the cheapest to make again, by the byte.

Greedy-dual-size-frequency (Cherkasova 1998) as RAGCache has it for KV caches (Jin et al. 2024,
arXiv:2404.12457): the priority of a thing is clock + frequency x cost / size. The clock is that of
the last thing let go, so what was once asked for often ages. As a state is of no use without those
before it, only things that nothing builds on are let go.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(slots=True)
class _Thing:
    size: int  # bytes
    cost: float  # seconds
    parent: str
    uses: int = 0
    priority: float = 0.0


class GreedyDual:
    """The names of things in a room of `budget` bytes; it holds no things itself."""

    def __init__(self, budget: int) -> None:
        self.used = 0
        self._budget = budget
        self._clock = 0.0
        self._things: dict[str, _Thing] = {}
        self._children: Counter[str] = Counter()

    def __contains__(self, name: str) -> bool:
        return name in self._things

    def add(self, name: str, *, size: int, cost: float, parent: str = "") -> list[str]:
        """Take a thing in; the names of what is to go for it, its own where it is worth least."""
        self.remove(name)
        self._things[name] = _Thing(size, cost, parent)
        self._children[parent] += 1
        self.used += size
        self.use(name)
        gone = []
        while self.used > self._budget:
            gone.append(self._least())
            self._clock = self._things[gone[-1]].priority
            self.remove(gone[-1])
        return gone

    def use(self, name: str) -> None:
        """It was asked for."""
        thing = self._things[name]
        thing.uses += 1
        thing.priority = self._clock + thing.uses * thing.cost / max(thing.size, 1)

    def remove(self, name: str) -> None:
        """It is gone; nothing where it was not there."""
        if thing := self._things.pop(name, None):
            self._children[thing.parent] -= 1
            self.used -= thing.size

    def _least(self) -> str:
        ends = [name for name in self._things if not self._children[name]]
        return min(ends, key=lambda name: self._things[name].priority)
