"""Recall: the moments that a question may be about, best first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from mirrordesk import clock
from mirrordesk.dates.when import When
from mirrordesk.errors import StoreError, WeightsError
from mirrordesk.memory import fusion, meaning, meetings, query, relations, schema
from mirrordesk.memory.episode_words import EpisodeWords
from mirrordesk.memory.fusion import Channels, Weights
from mirrordesk.memory.meaning import Embed, Meaning
from mirrordesk.memory.order import Order, Orders, Scores
from mirrordesk.memory.query import Filters, Query
from mirrordesk.memory.store import Store
from mirrordesk.memory.strength import Strength
from mirrordesk.records import Channel, Hit, Kind, Moment, Vector, seen_in
from mirrordesk.terms import terms

Result = TypeVar("Result")

# Keys of `Hit.scores`
BM25, DENSE, TIME, FUSED, IMAGE = "bm25", "dense", "time", "fused", "image"
COUNTED = 1_000  # rows at which `rarity` stops counting: by then a term tells nothing apart
CHOSEN = 4  # times the hits that are wanted: so many are read, as some will read the same
HELPERS = 3  # moments; where none holds half of the question's words, recall borrows of theirs …
BORROWED = 8  # … so many more, …
BORROWED_COUNT = 0.5  # … which count for less
_NO_FILTERS = Filters()


class Recall:
    """Searches a store by words, by meaning (where `embed` knows the serving model) and by time."""

    def __init__(
        self, store: Store, embed: Embed | None = None, weights: Weights | None = None
    ) -> None:
        self._store = store
        self._moments = store.tables[schema.MOMENTS]
        self._episodes = EpisodeWords(store.tables)
        self._orders = Orders(store.tables)
        self._strength = Strength(store.tables)
        self._embed = embed
        self._weights = weights or Weights()

    def search(
        self,
        question: str,
        limit: int = 20,
        now_ns: int | None = None,
        filters: Filters = _NO_FILTERS,
    ) -> list[Hit]:
        """At most `limit` moments, with lines and without vectors.

        `scores` tells what each channel says: BM25, cosine similarity, 0 to 1 for lying in the time
        asked for, and the fused score that ranks. A channel that does not apply is left out.
        """
        at_ns = clock.now_ns() if now_ns is None else now_ns

        def look(model: str | None) -> list[Hit]:
            order = self._orders.now()
            asked = self._read(question, order, at_ns, filters, model)
            return self._find(asked, order, limit, filters, model)

        return self._steadily(Channel.TEXT, look)

    def pictures(self, question: str, limit: int = 20) -> list[Hit]:
        """At most `limit` frames that show what `question` says, by the image model's cosine alone.

        A frame is as near as all of it, or its region. One that only goes on with a scene does not
        come: the frame that began it does.
        Of frames in one app that read the same the best one comes. Empty where no picture has a
        vector yet; raises WeightsError where the model that made them is no longer here.
        """

        def look(model: str | None) -> list[Hit]:
            embed = self._embed
            if embed is None or not question.strip():
                return []
            spaces = self._store.spaces
            sense = meaning.understand(spaces, Channel.IMAGE, model, question, embed)
            return self._seen_like(sense, limit)

        return self._steadily(Channel.IMAGE, look)

    def like(self, picture: Vector, limit: int = 20) -> list[Hit]:
        """At most `limit` frames that look like a picture, by the vector that its model made.

        Empty where that model does not serve the pictures.
        """
        spaces = self._store.spaces
        vectors = spaces.table(Channel.IMAGE, picture.model)
        if vectors is None or spaces.serving(Channel.IMAGE) != picture.model:
            return []
        return self._seen_like(Meaning(list(picture.numbers), vectors), limit)

    def compare(self, question: str, now_ns: int | None = None) -> tuple[Hit, Hit] | None:
        """The two moments whose order a question asks for, the one that answers it first.

        None where it asks for no order, or one of them is nowhere to be found.
        """
        asked = relations.comparison(question)
        if asked is None:
            return None
        found = [self.search(part, 1, now_ns) for part in (asked.one, asked.other)]
        if not all(found) or found[0][0].moment.id == found[1][0].moment.id:
            return None
        first, second = sorted((hits[0] for hits in found), key=lambda hit: hit.moment.start_ns)
        return (second, first) if asked.last else (first, second)

    def _seen_like(self, sense: Meaning | None, limit: int) -> list[Hit]:
        similar: dict[str, float] = {}
        for look, cosine in (sense.similar(fusion.LISTED) if sense else {}).items():
            key = seen_in(look)
            similar[key] = max(cosine, similar.get(key, cosine))
        nearest = sorted(similar, key=lambda key: -similar[key])[: CHOSEN * limit]
        moments = self._store.known(nearest, lines=True)
        best = fusion.without_repeats(list(moments.values()), similar)
        best.sort(key=lambda m: (similar[m.id], m.start_ns, m.id), reverse=True)
        return [Hit(m, similar[m.id], {IMAGE: similar[m.id]}) for m in best[:limit]]

    def _steadily(self, channel: Channel, look: Callable[[str | None], Result]) -> Result:
        """`look` with the model that serves, once more where another one took over meanwhile."""
        model = self._store.spaces.serving(channel)
        try:
            return look(model)
        except StoreError:
            successor = self._store.spaces.serving(channel)
            if successor == model:
                raise
            return look(successor)

    def _read(
        self, question: str, order: Order, now_ns: int, filters: Filters, model: str | None
    ) -> Query:
        """The question with the time of what it leans on, where it leans on something."""
        sources = {order.sources[place] for place in np.unique(order.source[order.spoken])}
        if counted := relations.nth(question):
            asked = query.read(counted.rest, now_ns, sources)
            if when := self._nth_call(counted.number, asked.when, now_ns):
                return replace(asked, when=when, text=question)
        asked = query.read(question, now_ns, sources)
        leaning = None if asked.when else relations.anchored(question)
        if leaning is None:
            return asked
        lean = replace(filters, kinds=tuple(leaning.anchor_kinds) or filters.kinds)
        found = query.read(leaning.anchor, now_ns, sources)
        anchors = self._find(found, order, 1, lean, model)
        if not anchors or not _holds_half(anchors[0].moment, found.words):
            return asked
        anchor = anchors[0].moment
        rest = query.read(leaning.rest, now_ns, sources)
        when = leaning.when(anchor.start_ns, anchor.end_ns)
        return replace(rest, when=when, kinds=leaning.kinds)

    def _nth_call(self, number: int, when: When | None, now_ns: int) -> When | None:
        """The time of one of the calls in the time asked for."""
        span = when.span if when else None
        since_ns, until_ns = (span.start_ns, span.end_ns) if span else (0, now_ns)
        calls = [e for e in self._store.episodes_between(since_ns, until_ns) if e.is_call]
        place = number - 1 if number > 0 else number
        if not -len(calls) <= place < len(calls):
            return None
        call = calls[place]
        rest = when.rest if when else ""
        return relations.exactly(call.start_ns, call.end_ns, rest)

    def _find(
        self, asked: Query, order: Order, limit: int, filters: Filters, model: str | None
    ) -> list[Hit]:
        where = self._where(filters)
        sense = self._sense(model, asked.text) if asked.words else None
        channels = self._channels(asked, sense, order, where)
        allowed = self._allowed(order, where)
        listed = self._listed(asked, channels, order, allowed)
        if channels.words is not None and len(asked.words) > 1:
            best = self._best_by_words(channels.words * listed, order)
            if not any(_holds_half(moment, asked.words) for moment in best):
                channels = self._probed_again(asked, channels, order, best, where)
                listed = self._listed(asked, channels, order, allowed)
        firm = asked.when.firm if asked.when else False
        fused = fusion.fuse(order, channels, self._weights, firm=firm)
        return self._ranked(listed, fused, channels, order, limit)

    def _where(self, filters: Filters) -> str | None:
        """The filters in the table's own language; None for none."""
        kinds = [kind.value for kind in filters.kinds]
        return schema.every(
            schema.some([self._moments.having("app", app) for app in filters.apps]),
            schema.among("source", filters.sources) if filters.sources else None,
            schema.among("kind", kinds) if kinds else None,
            schema.overlapping(filters.span) if filters.span else None,
        )

    def _allowed(self, order: Order, where: str | None) -> Scores | None:
        """1 for every moment that passes the filters, 0 for the others; None for no filters."""
        if where is None:
            return None
        passing = self._moments.rows((schema.KEY,), where)[schema.KEY].to_pylist()
        return order.spread(dict.fromkeys(passing, 1.0))

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
        self, asked: Query, sense: Meaning | None, order: Order, where: str | None
    ) -> Channels:
        """What each channel that applies says."""
        words = self._matching(asked, where) if asked.words else None
        episodes = self._episodes.match(asked.words, fusion.LISTED) if asked.words else {}
        similar = self._similar(sense, asked, order, where) if sense else None
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
            inside = schema.every(where, schema.overlapping(asked.when.padded))
            found |= self._moments.match(asked.words, fusion.LISTED, inside)
        return found

    def _similar(
        self, sense: Meaning, asked: Query, order: Order, where: str | None
    ) -> Scores | None:
        """Cosine similarity, NaN for what is not listed."""
        spans = [asked.when.padded] if asked.when else []
        found = sense.similar(fusion.LISTED)
        if where or (spans and len(found) == fusion.LISTED):
            for span in spans:
                found |= sense.similar(fusion.LISTED, schema.overlapping(span))
            if where:
                passing = self._moments.rows((schema.KEY,), where)[schema.KEY][: fusion.LISTED]
                found |= sense.similar(fusion.LISTED, schema.with_keys(passing.to_pylist()))
        return order.spread(found, np.nan) if found else None

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
        borrowed = self._telling({w for m in best for w in terms(m.text)}, asked.words)
        if not borrowed:
            return channels
        found = order.spread(self._moments.match(borrowed, fusion.LISTED, where))
        most = BORROWED_COUNT * channels.words.max()
        return replace(channels, words=channels.words + most * fusion.scaled(found))

    def _telling(self, words: Iterable[str], known: Sequence[str]) -> list[str]:
        """The rarest of some words that stand in more than one moment, and are not known."""
        rest = sorted(set(words).difference(known), key=lambda w: (-len(w), w))[: 4 * BORROWED]
        rarity = self.rarity(rest)
        once = math.log(1 + (self._store.count() - 0.5) / 1.5)
        shared = [word for word in rest if rarity[word] < once]
        return sorted(shared, key=lambda word: (-rarity[word], word))[:BORROWED]

    def _ranked(
        self, listed: Scores, fused: Scores, channels: Channels, order: Order, limit: int
    ) -> list[Hit]:
        places = np.flatnonzero(listed)
        best = places[np.argsort(-fused[places], kind="stable")][: CHOSEN * limit]
        scores = {order.ids[place]: float(fused[place]) for place in best}
        in_time = (
            {}
            if channels.time is None
            else {order.ids[place]: float(channels.time[place]) for place in best}
        )
        moments = self._store.known(list(scores))
        kept = fusion.without_repeats(list(moments.values()), in_time)
        kept.sort(key=lambda m: (scores[m.id], m.start_ns, m.id), reverse=True)
        chosen = [m.id for m in kept[:limit]]
        with_lines = self._told(self._store.known(chosen, lines=True), order)
        return [
            Hit(
                with_lines[key],
                scores[key],
                {**_told_by(channels, order.places[key]), FUSED: scores[key]},
            )
            for key in chosen
            if key in with_lines
        ]

    def _told(self, moments: Mapping[str, Moment], order: Order) -> dict[str, Moment]:
        """Speech of calls with who said it in which call, so that an answer can say so."""
        spoken = [key for key, m in moments.items() if m.source in meetings.SPEAKERS]
        places = {key: int(order.episode[order.places[key]]) for key in spoken}
        named = {key: order.episodes[place] for key, place in places.items() if place >= 0}
        episodes = self._store.episodes(sorted(set(named.values())))
        told = {key: meetings.told(moments[key], episodes.get(e)) for key, e in named.items()}
        return {**moments, **told}

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """How much each term tells moments apart: BM25's ln(1 + (N - n + ½) / (n + ½)).

        n is counted up to `COUNTED` only, so that common terms cost no more than rare ones.
        """
        total = self._store.count()
        counts = {word: len(self._moments.match([word], COUNTED)) for word in set(words)}
        return {
            word: math.log(1 + (max(total, n) - n + 0.5) / (n + 0.5)) for word, n in counts.items()
        }


def _closeness(asked: Query, order: Order) -> Scores:
    """How near each moment is to the time asked for; what is not of the kinds asked for is not."""
    assert asked.when
    close = asked.when.closeness(order.start_ns, order.end_ns)
    if len(asked.kinds) != 1:
        return close
    return np.where(order.spoken == (Kind.SPEECH in asked.kinds), close, 0.0)


def _told_by(channels: Channels, place: int) -> dict[str, float]:
    named = {BM25: channels.words, DENSE: channels.meaning, TIME: channels.time}
    told = {name: float(scores[place]) for name, scores in named.items() if scores is not None}
    return {name: score for name, score in told.items() if not math.isnan(score)}


def _holds_half(moment: Moment, words: Sequence[str]) -> bool:
    held = set(terms("\n".join((moment.app, moment.title, moment.url or "", moment.text))))
    return 2 * len(held.intersection(words)) >= len(words) > 0
