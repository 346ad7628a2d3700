"""What recall asks is of one version, and says what the tables say by key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.memory import schema
from mirrordesk.memory.forget import forget
from mirrordesk.memory.media import Media
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.seam import Gone
from mirrordesk.memory.snapshot import Placed, Snapshots
from mirrordesk.memory.store import Store
from mirrordesk.memory.view import Ranked, together
from mirrordesk.paths import Profile
from mirrordesk.records import Channel
from tests.memory.made import NOON, direction, embedded, frame

WORDS = ("budget", "kea", "roof", "page")


def _filled(store: Store) -> None:
    """Moments in several pieces, some of them replaced and compacted meanwhile."""
    for portion in range(4):
        numbers = range(10 * portion, 10 * portion + 10)
        texts = (" ".join(WORDS[n % 4 :]) for n in numbers)
        store.add(
            [embedded(frame(n, text), 3.0 * n) for n, text in zip(numbers, texts, strict=True)]
        )
        if portion == 1:
            store.tables[schema.MOMENTS].compact()
    store.complete([embedded(frame(3, "page of another kea"), 77)])


def _by_key(placed: Placed, ids: list[str], found: Ranked) -> dict[str, float]:
    scores = np.full(len(ids), np.nan)
    placed.spread(found, scores)
    return {key: score for key, score in zip(ids, scores, strict=True) if not np.isnan(score)}


def test_places_are_scored_as_keys_are(store: Store) -> None:
    _filled(store)
    (vectors,) = store.spaces.each(Channel.TEXT)
    snapshots = Snapshots(store.tables)
    seen = snapshots.now()
    placed, ids = snapshots.vectors(seen.order, Channel.TEXT, vectors.name), list(seen.order.ids)

    async def ask(where: str | None) -> list[Ranked]:
        matching = await seen.moments.view.match(["budget", "kea"], 99, where)
        return [matching, await placed.view.nearest(direction(40), 99, where)]

    for where in (None, f"{schema.START} >= {NOON + 20 * clock.SECOND}"):
        ((words, similar),) = together(ask(where))
        by_words = store.tables[schema.MOMENTS].match(["budget", "kea"], 99, where)
        assert _by_key(seen.moments, ids, words) == by_words
        assert _by_key(placed, ids, similar) == vectors.nearest(direction(40), 99, where)


def test_what_is_taken_by_place_is_what_the_store_knows(store: Store) -> None:
    _filled(store)
    seen = Snapshots(store.tables).now()
    rows = seen.take(np.array([3, 39, 0]), schema.SHOWN)
    known = store.known([frame(n, "").id for n in (0, 3, 39)], lines=True)
    assert {row["id"]: row["text"] for row in rows} == {k: m.text for k, m in known.items()}
    assert {len(row["lines"]) for row in rows} == {1}
    assert seen.take(np.array([], np.int64), schema.SHOWN) == []


def test_a_snapshot_stays_while_others_write(store: Store, profile: Profile) -> None:
    _filled(store)
    snapshots = Snapshots(store.tables)
    seen = snapshots.now()
    other = Store(profile)
    other.add([frame(90, "kea")])
    other.tables[schema.MOMENTS].compact()
    (row,) = seen.take(np.array([39]), (schema.TEXT,))
    assert row == {"id": frame(39, "").id, "text": "page"}
    later = snapshots.now()
    assert (len(seen.order), len(later.order)) == (40, 41)


def test_a_snapshot_of_what_was_forgotten_since_is_gone(store: Store, profile: Profile) -> None:
    _filled(store)
    seen = Snapshots(store.tables).now()
    _forget(profile, 0, 9)
    with pytest.raises(Gone):
        seen.take(np.array([3, 39]), schema.SHOWN)


def test_a_search_amid_a_forgetting_is_done_anew(store: Store, profile: Profile) -> None:
    _filled(store)
    forgotten: list[int] = []

    def embed(_channel: Channel, _model: str, _question: str) -> npt.NDArray[np.float32]:
        if not forgotten:
            forgotten.append(_forget(profile, 0, 29))
        return np.array(direction(10), np.float32)

    hits = Recall(store, embed).search("the budget of the kea", 99)
    assert forgotten == [30]
    assert hits
    assert all(hit.moment.start_ns >= NOON + 30 * clock.SECOND for hit in hits)


def _forget(profile: Profile, first: int, last: int) -> int:
    """Forget the moments from one number to another, as another process does."""
    span = Span(NOON + first * clock.SECOND, NOON + last * clock.SECOND + 1)
    return forget(Store(profile), Media(profile), profile, span).moments
