"""What a kind of screen is: how it is drawn, and how people speak of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from models.micro.clip.pen import Pen

Facts = dict[str, str]  # what can be seen: {"ink": "green", "split": "side by side"}


@dataclass(frozen=True, slots=True)
class Words:
    """How a fact is said, before the noun or after it; {} stands for its value.

    `values` holds other words for a value, and those values that are no words by themselves.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def said(self, value: str) -> list[str]:
        """The words for a value."""
        return list(self.values.get(value, (value,)))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of screen. `draw` fills the pen's area and tells what can be seen there.

    `hides` names what is common to all kinds but cannot be seen on this one.
    """

    name: str
    nouns: tuple[str, ...]
    draw: Callable[[Pen], Facts]
    says: Mapping[str, Words]
    hides: tuple[str, ...] = ()
