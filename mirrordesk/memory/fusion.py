"""One ranked list out of several channels: weighted reciprocal rank fusion over their union."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from mirrordesk import clock
from mirrordesk.records import Moment

K = 20  # of RRF (Cormack et al. 2009 take 60); lower trusts the top of each list more
LISTED = 200  # how deep a channel's own list goes
BEYOND = LISTED + 1  # the rank of what a channel has nothing to say for
LENT = 0.15  # of a neighbour's score
NEAR = 60 * clock.SECOND  # between neighbours, at most

Scores = Mapping[str, float]  # by moment id; an id that is absent has no score


def ranks(scores: Scores) -> dict[str, int]:
    """Rank by score, the best first and equal scores sharing theirs; what scores 0 has none."""
    ordered = sorted((s for s in scores.values() if s > 0), reverse=True)
    first: dict[float, int] = {}
    for position, score in enumerate(ordered, start=1):
        first.setdefault(score, position)
    return {key: first[score] for key, score in scores.items() if score > 0}


def fuse(
    channels: Mapping[str, Scores], weights: Mapping[str, float], candidates: Sequence[str]
) -> dict[str, float]:
    """Σ weight / (K + rank) over the channels, for each candidate; at most the sum of 1 / (K + 1).

    A channel that says nothing of a candidate gives it the rank beyond its list.
    """
    fused = dict.fromkeys(candidates, 0.0)
    for name, scores in channels.items():
        rank = ranks(scores)
        for candidate in candidates:
            fused[candidate] += weights[name] / (K + min(rank.get(candidate, BEYOND), BEYOND))
    return fused


def with_neighbours(fused: Scores, moments: Sequence[Moment]) -> dict[str, float]:
    """Each score with a share of the better neighbour's: the moment before or after it in its app.

    What surrounds a find explains it, so it comes along when it is close in rank anyway.
    """
    by_app: dict[str, list[Moment]] = {}
    for moment in sorted(moments, key=lambda m: (m.start_ns, m.id)):
        by_app.setdefault(moment.app, []).append(moment)
    lent = dict(fused)
    for row in by_app.values():
        for one, other in pairwise(row):
            if other.start_ns - one.end_ns <= NEAR:
                for taker, giver in ((one, other), (other, one)):
                    gift = fused[taker.id] + LENT * fused[giver.id]
                    lent[taker.id] = max(lent[taker.id], gift)
    return lent


def without_repeats(moments: Sequence[Moment], in_time: Scores) -> list[Moment]:
    """The moments, with only one of those in the same app that read the same: the newest.

    `in_time` says how well each fits the time asked for; that goes before being new. Moments
    without text are all kept: nothing says that they are alike.
    """
    kept: dict[tuple[str, str], Moment] = {}
    for moment in moments:
        words = " ".join(moment.text.split())
        key = (moment.app, words) if words else ("", moment.id)
        rival = kept.get(key)
        if rival is None or _fitness(moment, in_time) > _fitness(rival, in_time):
            kept[key] = moment
    return list(kept.values())


def _fitness(moment: Moment, in_time: Scores) -> tuple[float, int, str]:
    return in_time.get(moment.id, 0.0), moment.start_ns, moment.id
