"""How near records are to those that a question begins at: personalised PageRank over links.

After HippoRAG (Gutiérrez et al. 2024, arXiv 2405.14831), whose damping of 0.5 keeps what is found
close to the question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from mirrordesk.knowledge import Link, LinkKind
from mirrordesk.records import Moment

DAMPING = 0.5  # share of the mass that goes on along links at each step
MOST_STEPS = 24  # what is left to move after these is less than a ten-millionth
ENOUGH = 1e-7  # mass that moves: less changes no order

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def spread(
    seeds: Mapping[str, float], links: Iterable[Link], damping: float = DAMPING
) -> dict[str, float]:
    """How much of the mass of `seeds`, records by id, comes to rest at each record; 1 in all.

    Links lead both ways, by their weights. A record without any keeps what it has. Seeds without
    weight, and records that nothing reaches, are left out; without any seed there is nothing.
    """
    given = {key: weight for key, weight in seeds.items() if weight > 0}
    if not given:
        return {}
    drawn = [link for link in links if link.weight > 0 and link.one != link.other]
    keys = list(dict.fromkeys([*given, *(key for link in drawn for key in (link.one, link.other))]))
    place = {key: number for number, key in enumerate(keys)}
    start = np.zeros(len(keys))
    start[[place[key] for key in given]] = list(given.values())
    start /= start.sum()
    one = np.array([place[link.one] for link in drawn], dtype=np.int64)
    other = np.array([place[link.other] for link in drawn], dtype=np.int64)
    weights = np.array([link.weight for link in drawn], dtype=np.float64)
    mass = _rested(start, np.r_[one, other], np.r_[other, one], np.r_[weights, weights], damping)
    return {key: float(mass[number]) for key, number in place.items() if mass[number] > 0}


def _rested(
    start: Numbers, tail: Places, head: Places, weights: Numbers, damping: float
) -> Numbers:
    """The mass of each of n records, shape (n,), after it went from tails to heads, shape (m,)."""
    size = len(start)
    out = np.bincount(tail, weights, size)
    alone = out == 0
    share = weights / out[tail]
    mass = start
    for _ in range(MOST_STEPS):
        moved = np.bincount(head, mass[tail] * share, size) + np.where(alone, mass, 0.0)
        following = (1 - damping) * start + damping * moved
        change = float(np.abs(following - mass).sum())
        mass = following
        if change < ENOUGH:
            break
    return mass


def app_links(moments: Iterable[Moment]) -> list[Link]:
    """From moments to the programs that they show, as `app:<name>`. These are not stored."""
    return [
        Link(LinkKind.MENTIONS, moment.id, f"app:{moment.app.casefold()}", moment.start_ns)
        for moment in moments
        if moment.app
    ]
