"""Probes a store for a question: what each channel says of every moment, and which are listed.

Words, meaning, pictures and time are asked first. Where no moment holds even half of the question's
words, words of the best finds are borrowed and asked for as well, once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from mirrordesk.dates.when import When
from mirrordesk.memory import filtering, fusion, layout, meaning, schema
from mirrordesk.memory.fusion import Channels
from mirrordesk.memory.layout import Words, Written
from mirrordesk.memory.meaning import Embed, Meaning
from mirrordesk.memory.order import Order, Scores
from mirrordesk.memory.query import Query
from mirrordesk.memory.snapshot import Placed, Snapshot, Snapshots
from mirrordesk.memory.store import Store
from mirrordesk.memory.strength import Strength
from mirrordesk.memory.view import ROW, Ranked, View, together
from mirrordesk.records import Channel, Kind, region_id
from mirrordesk.terms import terms

COUNTED = 1_000  # rows at which `rarity` stops counting: by then a term tells nothing apart
HELPERS = 3  # moments; where none holds half of the question's words, recall borrows of theirs …
BORROWED = 8  # … so many more, …
BORROWED_COUNT = 0.5  # … which count for less

Serving = Mapping[Channel, str]  # the model of each channel that search uses


@dataclass(frozen=True, eq=False)
class Found:
    """What channels say of the moments of `seen`; `listed` is 1 for those that one lists."""

    seen: Snapshot
    channels: Channels
    listed: Scores

    @property
    def order(self) -> Order:
        """The order that the scores are in."""
        return self.seen.order


@dataclass(frozen=True, eq=False)
class Listing:
    """What a channel lists, and what is written of its best where that is asked for."""

    lists: Sequence[Ranked]
    best: Sequence[Words] = ()


class Probe:
    """Asks the channels of a store; `embed` encodes questions where it knows the serving model."""

    def __init__(self, store: Store, embed: Embed | None) -> None:
        self._store = store
        self._moments = store.tables[schema.MOMENTS]
        self._snapshots = Snapshots(store.tables)
        self._strength = Strength(store.tables)
        self._embed = embed

    def now(self) -> Snapshot:
        """All moments as they stand now."""
        return self._snapshots.now()

    def ask(self, asked: Query, seen: Snapshot, where: str | None, served: Serving) -> Found:
        """What every channel says, by the models that serve; nothing fails `where`."""
        allowed = None if where is None else _passing(seen, where)
        senses = self._senses(asked.text, served) if asked.words else {}
        channels, best = self._channels(asked, senses, seen, where, allowed)
        if len(asked.words) > 1 and not any(holds_half(words, asked.words) for words in best):
            channels = _probed_again(asked, channels, seen, best, where)
        return Found(seen, channels, self._listed(asked, channels, seen.order, allowed))

    def _senses(self, question: str, served: Serving) -> dict[Channel, Meaning]:
        if self._embed is None:
            return {}
        return meaning.understood(self._store.spaces, served, question, self._embed)

    def _channels(
        self,
        asked: Query,
        senses: Mapping[Channel, Meaning],
        seen: Snapshot,
        where: str | None,
        allowed: Scores | None,
    ) -> tuple[Channels, Sequence[Words]]:
        """What each channel that applies says, and what is written of the best by words."""
        order = seen.order
        vectors = {
            channel: self._snapshots.vectors(order, channel, sense.vectors.name)
            for channel, sense in senses.items()
        }
        words, episodes, *near = together(
            _told_best(seen, asked, where),
            _telling_of(seen.words.view, asked),
            *(
                _resembling(vectors[channel].view, sense, asked, _keyed(order, allowed, channel))
                for channel, sense in senses.items()
            ),
        )
        similar = {
            channel: _similar(placed, listing.lists, len(order))
            for (channel, placed), listing in zip(vectors.items(), near, strict=True)
        }
        who = np.array([float(source in asked.sources) for source in order.sources])
        channels = Channels(
            words=_spread(seen.moments, words.lists, len(order)) if asked.words else None,
            meaning=similar.get(Channel.TEXT),
            pictures=similar.get(Channel.IMAGE),
            episode_words=_of_episodes(seen, episodes.lists),
            who=who[order.source] * order.spoken if asked.sources else None,
            time=_closeness(asked, order) if asked.when else None,
            strength=self._strength.of(order, asked.at_ns),
        )
        return channels, words.best

    def _listed(
        self, asked: Query, channels: Channels, order: Order, allowed: Scores | None
    ) -> Scores:
        """1 for each moment that some channel lists, 0 for the others."""
        listed = np.zeros(len(order))
        if channels.words is not None:
            listed[channels.words > 0] = 1
        for cosines in (channels.meaning, channels.pictures):
            if cosines is not None:
                listed[~np.isnan(cosines)] = 1
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
        known = order.places_of(unread)
        waiting = [known[key] for key in unread if key in known]
        return [*waiting[-fusion.LISTED :], *places[::-every]]

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """How much each term tells moments apart: BM25's ln(1 + (N - n + ½) / (n + ½)).

        n is counted up to `COUNTED` only, so that common terms cost no more than rare ones.
        """
        total = self._store.count()
        counts = {word: len(self._moments.match([word], COUNTED)) for word in set(words)}
        return {
            word: math.log(1 + (max(total, n) - n + 0.5) / (n + 0.5)) for word, n in counts.items()
        }


def _passing(seen: Snapshot, where: str) -> Scores:
    """1 for each moment that passes the filters, 0 for the others."""
    rows = seen.moments.view.all((), where)[ROW].to_numpy()
    return _spread(seen.moments, [Ranked(rows, np.ones(len(rows)))], len(seen.order))


def _keyed(order: Order, allowed: Scores | None, channel: Channel) -> str | None:
    """Filter: of the rows that pass, as many as a list may have, of frames with their regions."""
    if allowed is None:
        return None
    places = np.flatnonzero(allowed)[: fusion.LISTED]
    keys = order.keys.take(pa.array(places)).to_pylist()
    regions = map(region_id, keys) if channel is Channel.IMAGE else ()
    return filtering.with_keys([*keys, *regions])


async def _matching(view: View, asked: Query, where: str | None) -> Listing:
    """BM25 of the best moments, and of the best in the time asked for."""
    found = [await view.match(asked.words, fusion.LISTED, where)]
    if asked.when and len(found[0]) == fusion.LISTED:
        inside = filtering.every(where, filtering.overlapping(asked.when.padded))
        found.append(await view.match(asked.words, fusion.LISTED, inside))
    return Listing(found)


async def _told_best(seen: Snapshot, asked: Query, where: str | None) -> Listing:
    """As `_matching`, and of several words what is written of the best, the first of equals."""
    found = await _matching(seen.moments.view, asked, where)
    if len(asked.words) < 2:
        return found
    listed = found.lists[0]
    places = seen.moments.at(listed.rows)
    best = places[np.lexsort((places, -listed.scores))][:HELPERS]
    rows = await seen.taken(best, schema.WRITTEN)
    return replace(found, best=[layout.to_words(row) for row in rows])


async def _telling_of(view: View, asked: Query) -> Listing:
    """BM25 of the best episodes."""
    return Listing([await view.match(asked.words, fusion.LISTED)])


async def _resembling(view: View, sense: Meaning, asked: Query, some: str | None) -> Listing:
    """Cosine similarity of the nearest, in the time asked for as well, and of `some`."""
    found = [await view.nearest(sense.numbers, fusion.LISTED)]
    if asked.when and len(found[0]) == fusion.LISTED:
        inside = filtering.overlapping(asked.when.padded)
        found.append(await view.nearest(sense.numbers, fusion.LISTED, inside))
    if some is not None:
        found.append(await view.nearest(sense.numbers, fusion.LISTED, some))
    return Listing(found)


def _spread(placed: Placed, lists: Sequence[Ranked], count: int, missing: float = 0.0) -> Scores:
    """Lists as one score for each of `count` places."""
    scores = np.full(count, missing)
    for found in lists:
        placed.spread(found, scores)
    return scores


def _similar(vectors: Placed, lists: Sequence[Ranked], count: int) -> Scores | None:
    """Cosine similarity, NaN for what is not listed; None where nothing is."""
    return _spread(vectors, lists, count, np.nan) if any(map(len, lists)) else None


def _of_episodes(seen: Snapshot, lists: Sequence[Ranked]) -> Scores | None:
    """BM25 of the episode of each moment; None where no episode has a word."""
    if not any(map(len, lists)):
        return None
    return seen.order.of_episodes(_spread(seen.words, lists, len(seen.order.episodes)))


def _probed_again(
    asked: Query, channels: Channels, seen: Snapshot, best: Sequence[Words], where: str | None
) -> Channels:
    """The channels with what shares words with the best finds (Rocchio's feedback, 1971)."""
    assert channels.words is not None
    borrowed = _telling([set(terms(words.text)) for words in best], asked.words)
    if not borrowed:
        return channels
    view = seen.moments.view
    (more,) = together(_matching(view, replace(asked, words=tuple(borrowed), when=None), where))
    found = _spread(seen.moments, more.lists, len(seen.order))
    most = BORROWED_COUNT * channels.words.max()
    return replace(channels, words=channels.words + most * fusion.scaled(found))


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


def holds_half(moment: Written, words: Sequence[str]) -> bool:
    """Whether a moment holds at least half of some terms."""
    held = set(terms(layout.written(moment)))
    return 2 * len(held.intersection(words)) >= len(words) > 0
