"""One ranked list out of several channels: a weighted sum of their scores, each at most 1.

Ranks alone forget by how much the first is better than the second, which for exact words tells most
(Bruch, Gai and Ingber, ACM TOIS 42(1), 2023, find sums of scores better than reciprocal ranks). So
each channel is put on one scale by its best score, and what surrounds a moment counts as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from mirrordesk.memory.order import Order, Places, Scores

LISTED = 1_000  # how deep a channel's own list goes
FRAMES_LEND = 0.2  # of what utterances lend: most frames show what the last one did
SCENE_LENDS = 0.9  # of what its first frame shows: it comes first
EVERY = slice(None)  # place
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
    pictures: float = 0.2  # less than half of the words already tells more
    firm_time: float = 1.0  # the words of the date are exact …
    vague_time: float = 0.5  # … or a guess
    strength: float = 0.05


@dataclass(frozen=True, slots=True)
class Channels:
    """What each channel says of every moment, in their order; None where it does not apply.

    `words` and `episode_words` are BM25, `meaning` and `pictures` cosines or NaN where none is
    known; the others lie within 0 and 1.
    """

    words: Scores | None = None
    meaning: Scores | None = None
    pictures: Scores | None = None
    episode_words: Scores | None = None
    who: Scores | None = None
    time: Scores | None = None
    strength: Scores | None = None


def fuse(
    order: Order, channels: Channels, weights: Weights, *, firm: bool, at: Places | slice = EVERY
) -> Scores:
    """One score for each moment, or for those at some places alone."""
    fused = np.zeros(len(order))[at]
    lent = np.zeros(len(fused))
    before, after = order.before[at], order.after[at]
    if channels.words is not None:
        words = scaled(channels.words)
        fused += words[at]
        lent += weights.words_before * order.shifted(words, before)
        lent += weights.words_after * order.shifted(words, after)
    if channels.meaning is not None:
        meaning = _meant(channels.meaning)
        fused += weights.meaning * meaning[at]
        fused += weights.episode_meaning * scaled(order.best_of_episodes(meaning, BEST))[at]
        lent += weights.meaning_before * order.shifted(meaning, before)
        lent += weights.meaning_after * order.shifted(meaning, after)
    fused += np.where(order.spoken[at], 1.0, FRAMES_LEND) * lent
    if channels.pictures is not None:
        fused += weights.pictures * _shown(order, channels.pictures)[at]
    if channels.episode_words is not None:
        fused += weights.episode_words * scaled(channels.episode_words)[at]
    if channels.who is not None:
        fused += weights.who * channels.who[at]
    if channels.time is not None:
        fused += (weights.firm_time if firm else weights.vague_time) * channels.time[at]
    if channels.strength is not None:
        fused += weights.strength * channels.strength[at]
    return fused


def scaled(scores: Scores, least: float = 0.0) -> Scores:
    """Scores as shares of the best one, all counted from `least`; zeros where none is above it."""
    room = scores.max(initial=least) - least
    return (scores - least) / room if room > 1e-9 else np.zeros(len(scores))


def _meant(cosines: Scores) -> Scores:
    """Cosines as shares of the best one, counted from the usual one; 0 for those not known.

    Where only the best of many are known, the least of these is the usual one.
    """
    is_known = ~np.isnan(cosines)
    known = cosines[is_known]
    usual = known.mean() if 2 * len(known) > len(cosines) else known.min()
    return scaled(np.where(is_known, cosines, usual), float(usual))


def _shown(order: Order, cosines: Scores) -> Scores:
    """As `_meant`, lent by the frame that began a scene to those that go on with it.

    What a picture does not show tells nothing against a moment, as its words may.
    """
    shown = np.maximum(_meant(cosines), 0.0)
    return np.maximum(shown, SCENE_LENDS * order.shifted(shown, order.began))


class Readable(Protocol):
    """What reads the same as another is told from these; `app` may be a number for it."""

    @property
    def id(self) -> str: ...
    @property
    def app(self) -> str | int: ...
    @property
    def text(self) -> str: ...
    @property
    def start_ns(self) -> int: ...


One = TypeVar("One", bound=Readable)


def without_repeats(moments: Iterable[One], in_time: Mapping[str, float]) -> list[One]:
    """The moments, with only one of those in the same app that read the same: the newest.

    `in_time` says how well each fits the time asked for; that goes before being new. Moments
    without text are all kept: nothing says that they are alike.
    """
    kept: dict[tuple[str | int, str], One] = {}
    for moment in moments:
        words = " ".join(moment.text.split())
        key = (moment.app, words) if words else ("", moment.id)
        rival = kept.get(key)
        if rival is None or _fitness(moment, in_time) > _fitness(rival, in_time):
            kept[key] = moment
    return list(kept.values())


def _fitness(moment: Readable, in_time: Mapping[str, float]) -> tuple[float, int, str]:
    return in_time.get(moment.id, 0.0), moment.start_ns, moment.id
