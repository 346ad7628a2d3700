"""Recall: the moments that a question may be about, best first."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from mirrordesk import clock
from mirrordesk.dates import when as dates
from mirrordesk.dates.when import When
from mirrordesk.errors import StoreError, WeightsError
from mirrordesk.memory import fusion, meaning, meetings, schema
from mirrordesk.memory.meaning import Embed, Meaning
from mirrordesk.memory.store import Store
from mirrordesk.records import Channel, Hit, Kind, Moment, State, seen_in
from mirrordesk.terms import content_terms

Result = TypeVar("Result")

# Keys of `Hit.scores`
BM25, DENSE, TIME, FUSED, IMAGE = "bm25", "dense", "time", "fused", "image"
# On desktop text exact words beat meaning; a date the person is sure of counts as much as the words
WEIGHTS = {BM25: 1.0, DENSE: 0.7}
TIME_WEIGHT = {True: 1.0, False: 0.5}  # by whether the words of the date are firm
COUNTED = 1_000  # rows at which `rarity` stops counting: by then a term tells nothing apart


class Recall:
    """Searches a store by words, by meaning (where `embed` knows the serving model) and by time."""

    def __init__(self, store: Store, embed: Embed | None = None) -> None:
        self._store = store
        self._moments = store.tables[schema.MOMENTS]
        self._embed = embed

    def search(self, query: str, limit: int = 20, now_ns: int | None = None) -> list[Hit]:
        """At most `limit` moments, with lines and without vectors.

        `scores` tells what each channel says: BM25, cosine similarity, 0 to 1 for lying in the time
        asked for, and the fused score that ranks. A channel that does not apply is left out.
        """
        when = dates.parse(query, clock.now_ns() if now_ns is None else now_ns)
        question = when.rest if when else query
        words = content_terms(question)

        def look(model: str | None) -> list[Hit]:
            sense = self._sense(model, question) if words else None
            found = self._candidates(words, sense, when)
            channels = self._scores(found, words, sense, when)
            return self._ranked(found, channels, when, limit)

        return self._steadily(Channel.TEXT, look)

    def pictures(self, query: str, limit: int = 20) -> list[Hit]:
        """At most `limit` frames that show what `query` says, by the image model's cosine alone.

        A frame is as near as all of it, or its region. One that only goes on with a scene does not
        come: the frame that began it does.
        Of frames in one app that read the same the best one comes. Empty where no picture has a
        vector yet; raises WeightsError where the model that made them is no longer here.
        """

        def look(model: str | None) -> list[Hit]:
            embed = self._embed
            if embed is None or not query.strip():
                return []
            spaces = self._store.spaces
            sense = meaning.understand(spaces, Channel.IMAGE, model, query, embed)
            similar: dict[str, float] = {}
            for look, cosine in (sense.similar(fusion.LISTED) if sense else {}).items():
                key = seen_in(look)
                similar[key] = max(cosine, similar.get(key, cosine))
            moments = self._store.known(list(similar), lines=True)
            best = fusion.without_repeats(list(moments.values()), similar)
            best.sort(key=lambda m: (similar[m.id], m.start_ns, m.id), reverse=True)
            return [Hit(m, similar[m.id], {IMAGE: similar[m.id]}) for m in best[:limit]]

        return self._steadily(Channel.IMAGE, look)

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

    def _sense(self, model: str | None, question: str) -> Meaning | None:
        """The meaning of the question; None where there is nobody to tell it."""
        if self._embed is None:
            return None
        try:
            spaces = self._store.spaces
            return meaning.understand(spaces, Channel.TEXT, model, question, self._embed)
        except WeightsError:  # words and time still find it
            return None

    def _candidates(
        self, words: Sequence[str], sense: Meaning | None, when: When | None
    ) -> list[str]:
        """The union of what the channels list, in the asked time and out of it."""
        found: dict[str, None] = {}
        for where in [None, *([schema.overlapping(when.padded)] if when else [])]:
            if words:
                found |= dict.fromkeys(self._moments.match(words, fusion.LISTED, where))
            if sense is not None:
                found |= dict.fromkeys(sense.similar(fusion.LISTED, where))
        if when:
            found |= dict.fromkeys(self._in_time(when))
        return list(found)

    def _in_time(self, when: When) -> list[str]:
        """Moments in the asked time: those nothing else can find yet, and an even choice of all."""
        span = when.span
        within = self._store.moments(span.start_ns, span.end_ns)
        unread = [m.id for m in within if State.PENDING in (m.ocr, m.speech)]
        every = math.ceil(len(within) / fusion.LISTED) or 1
        return [*unread[-fusion.LISTED :], *(m.id for m in within[::-every])]

    def _scores(
        self,
        candidates: Sequence[str],
        words: Sequence[str],
        sense: Meaning | None,
        when: When | None,
    ) -> dict[str, dict[str, float]]:
        """What each channel that applies says of every candidate it can judge."""
        if not candidates:
            return {}
        where = schema.with_keys(candidates)
        channels: dict[str, dict[str, float]] = {}
        if words:
            channels[BM25] = self._moments.match(words, len(candidates), where)
        if sense is not None:
            channels[DENSE] = sense.similar(len(candidates), where)
        if when:
            channels[TIME] = self._closeness(when, where)
        return channels

    def _closeness(self, when: When, where: str) -> dict[str, float]:
        rows = self._moments.rows((schema.KEY, schema.START, schema.END), where).to_pylist()
        return {row[schema.KEY]: when.closeness(row[schema.START], row[schema.END]) for row in rows}

    def _ranked(
        self,
        candidates: Sequence[str],
        channels: dict[str, dict[str, float]],
        when: When | None,
        limit: int,
    ) -> list[Hit]:
        weights = WEIGHTS | {TIME: TIME_WEIGHT[when.firm if when else False]}
        moments = self._store.known(candidates)
        fused = fusion.fuse(channels, weights, list(moments))
        fused = fusion.with_neighbours(fused, list(moments.values()))
        kept = fusion.without_repeats(list(moments.values()), channels.get(TIME, {}))
        kept.sort(key=lambda m: (fused[m.id], m.start_ns, m.id), reverse=True)
        best = [m.id for m in kept[:limit]]
        with_lines = self._store.known(best, lines=True)
        return [
            _hit(self._told(with_lines[key]), fused[key], channels)
            for key in best
            if key in with_lines
        ]

    def _told(self, moment: Moment) -> Moment:
        """Speech of a call with who said it in which call, so that an answer can say so."""
        if moment.kind is not Kind.SPEECH:
            return moment
        return meetings.told(moment, self._store.episode_of(moment))

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """How much each term tells moments apart: BM25's ln(1 + (N - n + ½) / (n + ½)).

        n is counted up to `COUNTED` only, so that common terms cost no more than rare ones.
        """
        total = self._store.count()
        counts = {word: len(self._moments.match([word], COUNTED)) for word in set(words)}
        return {
            word: math.log(1 + (max(total, n) - n + 0.5) / (n + 0.5)) for word, n in counts.items()
        }


def _hit(moment: Moment, fused: float, channels: dict[str, dict[str, float]]) -> Hit:
    scores = {name: known[moment.id] for name, known in channels.items() if moment.id in known}
    if BM25 in channels:
        scores.setdefault(BM25, 0.0)  # it holds none of the words
    return Hit(moment, fused, {**scores, FUSED: fused})
