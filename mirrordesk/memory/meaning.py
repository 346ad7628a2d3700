"""What a question means: its vector in the space that serves a channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirrordesk.errors import WeightsError
from mirrordesk.memory.spaces import Spaces
from mirrordesk.memory.table import Table
from mirrordesk.records import Channel
from mirrordesk.registry import manifest

Numbers = npt.NDArray[np.float32]  # (d,), unit length
# (channel, identity of a model, question) -> its vector. Raises WeightsError without that model.
Embed = Callable[[Channel, str, str], Numbers]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question among the vectors that can be compared with it."""

    numbers: list[float]
    vectors: Table

    def similar(self, limit: int, where: str | None = None) -> dict[str, float]:
        """Cosine similarity by moment, of those that are nearest and pass the filter."""
        return self.vectors.nearest(self.numbers, limit, where)


def understand(
    spaces: Spaces, channel: Channel, model: str | None, question: str, embed: Embed
) -> Meaning | None:
    """The question as `model`, which serves the channel, understands it.

    None where nothing has a vector yet. Raises WeightsError where the model is no longer here.
    """
    vectors = spaces.table(channel, model) if model else None
    if model is None or vectors is None:
        return None
    numbers = np.asarray(embed(channel, model, question), np.float32)
    return Meaning(numbers.tolist(), vectors)


def understood(
    spaces: Spaces, served: Mapping[Channel, str], question: str, embed: Embed
) -> dict[Channel, Meaning]:
    """As `understand`, in each channel in which the model that serves it is here to tell.

    A micro model is not asked what pictures show: that is mostly chance, and to open it takes
    seconds (see "Yardsticks" in docs/parts/memory.md).
    """
    found = {}
    for channel, model in served.items():
        if channel is Channel.IMAGE and _is_micro(model):
            continue
        try:
            sense = understand(spaces, channel, model, question, embed)
        except WeightsError:  # what else there is still finds it
            continue
        if sense:
            found[channel] = sense
    return found


def _is_micro(model: str) -> bool:
    known = manifest.models().get(model.rpartition("@")[0])
    return known is not None and known.micro
