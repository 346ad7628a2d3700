"""Probes a store for a question: what each channel says of every moment, and which are listed.

Words, meaning and time are asked first. Where no moment holds even half of the question's words,
words of the best finds are borrowed and asked for as well, once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from mirrordesk.dates.when import When
from mirrordesk.errors import WeightsError
from mirrordesk.memory import filtering, fusion, layout, meaning, schema
from mirrordesk.memory.episode_words import EpisodeWords
from mirrordesk.memory.fusion import Channels
from mirrordesk.memory.meaning import Embed, Meaning
from mirrordesk.memory.order import Order, Orders, Scores
from mirrordesk.memory.query import Query
from mirrordesk.memory.store import Store
from mirrordesk.memory.strength import Strength
from mirrordesk.records import Channel, Kind, Moment
from mirrordesk.terms import terms

COUNTED = 1_000  # rows at which `rarity` stops counting: by then a term tells nothing apart
HELPERS = 3  # moments; where none holds half of the question's words, recall borrows of theirs …
BORROWED = 8  # … so many more, …
BORROWED_COUNT = 0.5  # … which count for less


@dataclass(frozen=True, eq=False)
class Found:
    """What channels say of the moments of `order`; `listed` is 1 for those that one lists."""

    order: Order
    channels: Channels
    listed: Scores


class Probe:
    """Asks the channels of a store; `embed` encodes questions where it knows the serving model."""

    def __init__(self, store: Store, embed: Embed | None) -> None:
        self._store = store
        self._moments = store.tables[schema.MOMENTS]
        self._episodes = EpisodeWords(store.tables)
        self._orders = Orders(store.tables)
        self._strength = Strength(store.tables)
        self._embed = embed

    def order(self) -> Order:
        """All moments as they stand now."""
        return self._orders.now()

    def ask(self, asked: Query, order: Order, where: str | None, model: str | None) -> Found:
        """What every channel says, `model` being the one that serves; nothing fails `where`."""
        sense = self._sense(model, asked.text) if asked.words else None
        passing = self._passing(where)
        channels = self._channels(asked, sense, order, where, passing)
        allowed = None if passing is None else order.spread(dict.fromkeys(passing, 1.0))
        listed = self._listed(asked, channels, order, allowed)
        if channels.words is not None and len(asked.words) > 1:
            best = self._best_by_words(channels.words * listed, order)
            if not any(holds_half(moment, asked.words) for moment in best):
                channels = self._probed_again(asked, channels, order, best, where)
                listed = self._listed(asked, channels, order, allowed)
        return Found(order, channels, listed)

    def _sense(self, model: str | None, question: str) -> Meaning | None:
        """The meaning of the question; None where there is nobody to tell it."""
        if self._embed is None:
            return None
        try:
            spaces = self._store.spaces
            return meaning.understand(spaces, Channel.TEXT, model, question, self._embed)
        except WeightsError:  # words and time still find it
            return None

    def _channels(
        self,
        asked: Query,
        sense: Meaning | None,
        order: Order,
        where: str | None,
        passing: Sequence[str] | None,
    ) -> Channels:
        """What each channel that applies says."""
        words = self._matching(asked, where) if asked.words else None
        episodes = self._episodes.match(asked.words, fusion.LISTED) if asked.words else {}
        similar = self._similar(sense, asked, order, passing) if sense else None
        who = np.array([float(source in asked.sources) for source in order.sources])
        return Channels(
            words=None if words is None else order.spread(words),
            meaning=similar,
            episode_words=order.of_episodes(episodes) if episodes else None,
            who=who[order.source] * order.spoken if asked.sources else None,
            time=_closeness(asked, order) if asked.when else None,
            strength=self._strength.of(order, asked.at_ns),
        )

    def _matching(self, asked: Query, where: str | None) -> dict[str, float]:
        """BM25 of the best moments, and of the best in the time asked for."""
        found = self._moments.match(asked.words, fusion.LISTED, where)
        if asked.when and len(found) == fusion.LISTED:
            inside = filtering.every(where, filtering.overlapping(asked.when.padded))
            found |= self._moments.match(asked.words, fusion.LISTED, inside)
        return found

    def _similar(
        self, sense: Meaning, asked: Query, order: Order, passing: Sequence[str] | None
    ) -> Scores | None:
        """Cosine similarity, NaN for what is not listed."""
        found = sense.similar(fusion.LISTED)
        if asked.when and len(found) == fusion.LISTED:
            found |= sense.similar(fusion.LISTED, filtering.overlapping(asked.when.padded))
        if passing is not None:
            some = filtering.with_keys(passing[: fusion.LISTED])
            found |= sense.similar(fusion.LISTED, some)
        return order.spread(found, np.nan) if found else None

    def _passing(self, where: str | None) -> list[str] | None:
        """The moments that pass the filters; None for no filters."""
        if where is None:
            return None
        ids: list[str] = self._moments.rows((schema.KEY,), where)[schema.KEY].to_pylist()
        return ids

    def _listed(
        self, asked: Query, channels: Channels, order: Order, allowed: Scores | None
    ) -> Scores:
        """1 for each moment that some channel lists, 0 for the others."""
        listed = np.zeros(len(order))
        if channels.words is not None:
            listed[channels.words > 0] = 1
        if channels.meaning is not None:
            listed[~np.isnan(channels.meaning)] = 1
        if asked.when:
            listed[self._in_time(asked.when, order)] = 1
        return listed if allowed is None else listed * allowed

    def _in_time(self, when: When, order: Order) -> list[int]:
        """Moments in the asked time: those nothing else can find yet, and an even choice of all."""
        span = when.span
        inside = (order.start_ns < span.end_ns) & (order.end_ns >= span.start_ns)
        places = np.flatnonzero(inside).tolist()
        every = math.ceil(len(places) / fusion.LISTED) or 1
        unread = self._store.unread_within(span) if places else []
        waiting = [order.places[key] for key in unread if key in order.places]
        return [*waiting[-fusion.LISTED :], *places[::-every]]

    def _best_by_words(self, words: Scores, order: Order) -> list[Moment]:
        places = np.argsort(-words, kind="stable")[:HELPERS]
        return list(self._store.known([order.ids[p] for p in places if words[p]]).values())

    def _probed_again(
        self,
        asked: Query,
        channels: Channels,
        order: Order,
        best: Sequence[Moment],
        where: str | None,
    ) -> Channels:
        """The channels with what shares words with the best finds (Rocchio's feedback, 1971)."""
        assert channels.words is not None
        borrowed = _telling([set(terms(moment.text)) for moment in best], asked.words)
        if not borrowed:
            return channels
        found = order.spread(self._moments.match(borrowed, fusion.LISTED, where))
        most = BORROWED_COUNT * channels.words.max()
        return replace(channels, words=channels.words + most * fusion.scaled(found))

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """How much each term tells moments apart: BM25's ln(1 + (N - n + ½) / (n + ½)).

        n is counted up to `COUNTED` only, so that common terms cost no more than rare ones.
        """
        total = self._store.count()
        counts = {word: len(self._moments.match([word], COUNTED)) for word in set(words)}
        return {
            word: math.log(1 + (max(total, n) - n + 0.5) / (n + 0.5)) for word, n in counts.items()
        }


def _telling(texts: Sequence[Set[str]], known: Collection[str]) -> list[str]:
    """The words, but for `known`, that stand in most of some texts, long ones first: these tell
    most, and how rare a word is BM25 weighs by itself."""
    count = Counter(word for text in texts for word in text)
    fresh = [word for word in count if word not in known]
    return sorted(fresh, key=lambda word: (-count[word], -len(word), word))[:BORROWED]


def _closeness(asked: Query, order: Order) -> Scores:
    """How near each moment is to the time asked for; what is not of the kinds asked for is not."""
    assert asked.when
    close = asked.when.closeness(order.start_ns, order.end_ns)
    if len(asked.kinds) != 1:
        return close
    return np.where(order.spoken == (Kind.SPEECH in asked.kinds), close, 0.0)


def holds_half(moment: Moment, words: Sequence[str]) -> bool:
    """Whether a moment holds at least half of some terms."""
    held = set(terms(layout.written(moment)))
    return 2 * len(held.intersection(words)) >= len(words) > 0
