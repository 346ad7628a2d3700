"""Recall: the moments that a question may be about, best first."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pyarrow as pa

from mirrordesk import clock
from mirrordesk.dates.when import When
from mirrordesk.errors import StoreError
from mirrordesk.memory import (
    filtering,
    fusion,
    layout,
    meaning,
    meetings,
    query,
    relations,
    schema,
)
from mirrordesk.memory.fusion import Channels, Weights
from mirrordesk.memory.meaning import Embed, Meaning
from mirrordesk.memory.order import Places, Scores
from mirrordesk.memory.probe import Found, Probe, Serving, holds_half
from mirrordesk.memory.query import Filters, Query
from mirrordesk.memory.seam import Gone
from mirrordesk.memory.snapshot import Snapshot
from mirrordesk.memory.store import Store
from mirrordesk.records import Channel, Hit, Moment, Vector, seen_in
from mirrordesk.terms import terms

Result = TypeVar("Result")

# Keys of `Hit.scores`
BM25, DENSE, TIME, FUSED, IMAGE = "bm25", "dense", "time", "fused", "image"
CHOSEN = 4  # times the hits that are wanted: so many are read, as some will read the same
ATTEMPTS = 5  # at a search under which what it reads is deleted …
_REST_S = 0.05  # … and the first pause between two
QUOTABLE = 400  # moments, one of which may say the very words that two are compared by
WEIGHTS = Weights()
_NO_FILTERS = Filters()
_BESIDE_TEXT = tuple(name for name in schema.SHOWN if name != schema.TEXT)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A moment that may be shown; `app` is a number for it."""

    id: str
    text: str
    place: int
    start_ns: int
    app: int
    score: float


class Recall:
    """Searches a store by words, by time and, where `embed` knows the models that serve, by the
    meaning of texts and by what pictures show."""

    def __init__(self, store: Store, embed: Embed | None = None) -> None:
        self._store = store
        self._moments = store.tables[schema.MOMENTS]
        self._probe = Probe(store, embed)
        self._embed = embed

    def search(
        self,
        question: str,
        limit: int = 20,
        now_ns: int | None = None,
        filters: Filters = _NO_FILTERS,
    ) -> list[Hit]:
        """At most `limit` moments, with lines and without vectors.

        `scores` tells what each channel says: BM25, cosine similarity of the text and of what is
        seen, 0 to 1 for lying in the time asked for, and the fused score that ranks. A channel that
        does not apply is left out.
        """
        at_ns = clock.now_ns() if now_ns is None else now_ns

        def look(served: Serving) -> list[Hit]:
            seen = self._probe.now()
            asked = self._read(question, seen, at_ns, filters, served)
            return self._find(asked, seen, limit, filters, served)

        return self._steadily(look)

    def pictures(self, question: str, limit: int = 20) -> list[Hit]:
        """At most `limit` frames that show what `question` says, by the image model's cosine alone.

        A frame is as near as all of it, or its region. One that only goes on with a scene does not
        come: the frame that began it does.
        Of frames in one app that read the same the best one comes. Empty where no picture has a
        vector yet; raises WeightsError where the model that made them is no longer here.
        """

        def look(served: Serving) -> list[Hit]:
            embed, model = self._embed, served.get(Channel.IMAGE)
            if embed is None or not question.strip():
                return []
            spaces = self._store.spaces
            sense = meaning.understand(spaces, Channel.IMAGE, model, question, embed)
            return self._seen_like(sense, limit)

        return self._steadily(look)

    def like(self, picture: Vector, limit: int = 20) -> list[Hit]:
        """At most `limit` frames that look like a picture, by the vector that its model made.

        Empty where that model does not serve the pictures.
        """
        spaces = self._store.spaces
        vectors = spaces.table(Channel.IMAGE, picture.model)
        if vectors is None or spaces.serving(Channel.IMAGE) != picture.model:
            return []
        return self._seen_like(Meaning(list(picture.numbers), vectors), limit)

    def probed(self, question: str, now_ns: int) -> tuple[Query, Found]:
        """How a question is read, and what each channel says of every moment."""

        def look(served: Serving) -> tuple[Query, Found]:
            seen = self._probe.now()
            asked = self._read(question, seen, now_ns, _NO_FILTERS, served)
            return asked, self._probe.ask(asked, seen, None, served)

        return self._steadily(look)

    def rarity(self, words: Iterable[str]) -> dict[str, float]:
        """How much each term tells moments apart; see `Probe.rarity`."""
        return self._probe.rarity(words)

    def compare(self, question: str, now_ns: int | None = None) -> tuple[Hit, Hit] | None:
        """The two moments whose order a question asks for, the one that answers it first.

        None where it asks for no order, or one of them is nowhere to be found.
        """
        asked = relations.comparison(question)
        if asked is None:
            return None
        one, other = (self._named(part, now_ns) for part in (asked.one, asked.other))
        if one is None or other is None or one.moment.id == other.moment.id:
            return None
        first, second = sorted((one, other), key=lambda hit: hit.moment.start_ns)
        return (second, first) if asked.last else (first, second)

    def _named(self, part: str, now_ns: int | None) -> Hit | None:
        """The best moment that says `part` word by word, else the best of all."""
        hits = self.search(part, QUOTABLE, now_ns)
        said = f" {' '.join(terms(part))} "
        verbatim = (hit for hit in hits if said in f" {' '.join(terms(hit.moment.text))} ")
        return next(verbatim, hits[0] if hits else None)

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

    def _steadily(self, look: Callable[[Serving], Result]) -> Result:
        """`look` with the models that serve, again where one, or what is asked, went meanwhile."""
        for attempt in range(1, ATTEMPTS):
            served = self._store.spaces.serve_now()
            try:
                return look(served)
            except StoreError as error:
                if not isinstance(error, Gone) and self._store.spaces.serve_now() == served:
                    raise
            time.sleep(_REST_S * attempt)
        return look(self._store.spaces.serve_now())

    def _read(
        self, question: str, seen: Snapshot, now_ns: int, filters: Filters, served: Serving
    ) -> Query:
        """The question with the time of what it leans on, where it leans on something."""
        sources = seen.order.speakers
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
        anchors = self._find(found, seen, 1, lean, served)
        if not anchors or not holds_half(anchors[0].moment, found.words):
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
        self, asked: Query, seen: Snapshot, limit: int, filters: Filters, served: Serving
    ) -> list[Hit]:
        found = self._probe.ask(asked, seen, self._where(filters), served)
        firm = asked.when.firm if asked.when else False
        places = np.flatnonzero(found.listed)
        fused = fusion.fuse(seen.order, found.channels, WEIGHTS, firm=firm, at=places)
        best = np.argsort(-fused, kind="stable")[: CHOSEN * limit]
        return self._ranked(found, _candidates(seen, places[best], fused[best]), limit)

    def _where(self, filters: Filters) -> str | None:
        """The filters in the table's own language; None for none."""
        kinds = [kind.value for kind in filters.kinds]
        return filtering.every(
            filtering.some([self._moments.having("app", app) for app in filters.apps]),
            filtering.among("source", filters.sources) if filters.sources else None,
            filtering.among("kind", kinds) if kinds else None,
            filtering.overlapping(filters.span) if filters.span else None,
        )

    def _ranked(self, found: Found, candidates: Sequence[Candidate], limit: int) -> list[Hit]:
        near = found.channels.time
        in_time = {} if near is None else {one.id: float(near[one.place]) for one in candidates}
        kept = fusion.without_repeats(candidates, in_time)
        kept.sort(key=lambda one: (one.score, one.start_ns, one.id), reverse=True)
        chosen = kept[:limit]
        shown = self._shown(found.seen, chosen)
        told = {one.id: _told_by(found.channels, one.place) for one in chosen}
        return [Hit(shown[one.id], one.score, {**told[one.id], FUSED: one.score}) for one in chosen]

    def _shown(self, seen: Snapshot, chosen: Sequence[Candidate]) -> dict[str, Moment]:
        """The moments with lines, and speech of calls with who said it in which call."""
        order = seen.order
        texts = {one.id: one.text for one in chosen}
        rows = seen.take(np.array([one.place for one in chosen], np.int64), _BESIDE_TEXT)
        told = [{**row, schema.TEXT: texts[row[schema.KEY]]} for row in rows]
        moments = {row[schema.KEY]: layout.to_moment(row) for row in told}
        places = {one.id: int(order.episode[one.place]) for one in chosen}
        spoken = [key for key, m in moments.items() if m.source in meetings.SPEAKERS]
        named = {key: order.episodes[places[key]] for key in spoken if places[key] >= 0}
        episodes = self._store.episodes(sorted(set(named.values())))
        calls = {key: meetings.told(moments[key], episodes.get(e)) for key, e in named.items()}
        return {**moments, **calls}


def _candidates(seen: Snapshot, places: Places, fused: Scores) -> list[Candidate]:
    """The moments at some places, with no more read of them than tells which read the same."""
    texts = {row[schema.KEY]: row[schema.TEXT] for row in seen.take(places, (schema.TEXT,))}
    order = seen.order
    ids = order.keys.take(pa.array(places)).to_pylist()
    columns = (places, order.start_ns[places], order.app[places], fused)
    return [
        Candidate(key, texts[key], *values)
        for key, *values in zip(ids, *(column.tolist() for column in columns), strict=True)
    ]


def _told_by(channels: Channels, place: int) -> dict[str, float]:
    named = {
        BM25: channels.words,
        DENSE: channels.meaning,
        IMAGE: channels.pictures,
        TIME: channels.time,
    }
    told = {name: float(scores[place]) for name, scores in named.items() if scores is not None}
    return {name: score for name, score in told.items() if not math.isnan(score)}
