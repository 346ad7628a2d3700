"""One ranked list out of several channels: a weighted sum of their scores, each at most 1.

Ranks alone forget by how much the first is better than the second, which for exact words tells most
(Bruch, Gai and Ingber, ACM TOIS 42(1), 2023, find sums of scores better than reciprocal ranks). So
each channel is put on one scale by its best score, and what surrounds a moment counts as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mirrordesk.memory.order import Order, Scores
from mirrordesk.records import Moment

LISTED = 1_000  # how deep a channel's own list goes
FRAMES_LEND = 0.2  # of what utterances lend: most frames show what the last one did
BEST = 3  # moments whose meaning tells that of their episode


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each score counts, at its best; the words of the moment itself are 1.

    Those of a conversation were found on conversations (`python -m benchmarks weights`), each held
    out once to judge them. What came before lends words, as an answer leaves out what its question
    has said.
    """

    meaning: float = 0.5
    words_before: float = 0.7
    words_after: float = 0.0
    meaning_before: float = 0.05
    meaning_after: float = 0.5
    episode_words: float = 0.35
    episode_meaning: float = 0.15
    who: float = 0.35
    firm_time: float = 1.0  # the words of the date are exact …
    vague_time: float = 0.5  # … or a guess
    strength: float = 0.05


@dataclass(frozen=True, slots=True)
class Channels:
    """What each channel says of every moment, in their order; None where it does not apply.

    `words` and `episode_words` are BM25, `meaning` is a cosine or NaN where none is known; the
    others lie within 0 and 1.
    """

    words: Scores | None = None
    meaning: Scores | None = None
    episode_words: Scores | None = None
    who: Scores | None = None
    time: Scores | None = None
    strength: Scores | None = None


def fuse(order: Order, channels: Channels, weights: Weights, *, firm: bool) -> Scores:
    """One score for each moment."""
    fused = np.zeros(len(order))
    lent = np.zeros(len(order))
    if channels.words is not None:
        words = scaled(channels.words)
        fused += words
        lent += weights.words_before * order.shifted(words, order.before)
        lent += weights.words_after * order.shifted(words, order.after)
    if channels.meaning is not None:
        meaning = _meant(channels.meaning)
        fused += weights.meaning * meaning
        fused += weights.episode_meaning * scaled(order.best_of_episodes(meaning, BEST))
        lent += weights.meaning_before * order.shifted(meaning, order.before)
        lent += weights.meaning_after * order.shifted(meaning, order.after)
    fused += np.where(order.spoken, 1.0, FRAMES_LEND) * lent
    if channels.episode_words is not None:
        fused += weights.episode_words * scaled(channels.episode_words)
    if channels.who is not None:
        fused += weights.who * channels.who
    if channels.time is not None:
        fused += (weights.firm_time if firm else weights.vague_time) * channels.time
    if channels.strength is not None:
        fused += weights.strength * channels.strength
    return fused


def scaled(scores: Scores, least: float = 0.0) -> Scores:
    """Scores as shares of the best one, all counted from `least`; zeros where none is above it."""
    room = scores.max(initial=least) - least
    return (scores - least) / room if room > 1e-9 else np.zeros(len(scores))


def _meant(cosines: Scores) -> Scores:
    """Cosines as shares of the best one, counted from the usual one; 0 for those not known.

    Where only the best of many are known, the least of these is the usual one.
    """
    known = cosines[~np.isnan(cosines)]
    usual = known.mean() if 2 * len(known) > len(cosines) else known.min()
    return scaled(np.nan_to_num(cosines, nan=usual), float(usual))


def without_repeats(moments: Sequence[Moment], in_time: Mapping[str, float]) -> list[Moment]:
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


def _fitness(moment: Moment, in_time: Mapping[str, float]) -> tuple[float, int, str]:
    return in_time.get(moment.id, 0.0), moment.start_ns, moment.id
