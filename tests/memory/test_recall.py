"""Recall finds by words, by meaning and by time, and ranks the union."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.errors import StoreError, WeightsMissing
from mirrordesk.memory import fusion
from mirrordesk.memory.meaning import Embed
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Channel, Hit, Kind, State, Vector
from tests.memory.made import NOON, TEXT_MODEL, direction, draft, embedded, frame, seen

HOUR = clock.HOUR
NOW = NOON + 3 * HOUR


def pointing(angle: float) -> Embed:
    """An encoder that gives every question the same direction."""

    def embed(_channel: Channel, _model: str, _question: str) -> npt.NDArray[np.float32]:
        return np.array(direction(angle), np.float32)

    return embed


def texts(hits: Sequence[Hit]) -> list[str]:
    return [hit.moment.text for hit in hits]


def test_words_are_found_in_every_form_and_the_lines_come_along(store: Store) -> None:
    store.add([frame(1, "the budgets were approved"), frame(2, "nothing of note")])
    (hit,) = Recall(store, None).search("approving the budget")
    assert hit.moment == frame(1, "the budgets were approved")
    assert hit.scores["bm25"] > 0
    assert set(hit.scores) == {"bm25", "fused"}


def test_app_title_address_and_date_are_part_of_what_is_searched(store: Store) -> None:
    store.add([frame(n, f"text {n}", NOON + n * HOUR) for n in range(3)])
    store.add(
        [
            frame(10, "a", app="thunderbird"),
            frame(11, "b", title="Quarterly review"),
            frame(12, "c", url="https://wiki.example/kea"),
            frame(13, "d", NOON - 90 * 24 * HOUR),  # 23 August
        ]
    )
    recall = Recall(store, None)
    assert texts(recall.search("thunderbird"))[0] == "a"
    assert texts(recall.search("quarterly review"))[0] == "b"
    assert texts(recall.search("kea wiki"))[0] == "c"
    assert texts(recall.search("august"))[0] == "d"


def test_meaning_finds_what_shares_no_word(store: Store) -> None:
    store.add([embedded(frame(1, "feline"), 5), embedded(frame(2, "motor"), 90)])
    hits = Recall(store, pointing(0)).search("cat")
    assert texts(hits) == ["feline", "motor"]
    assert math.isclose(hits[0].scores["dense"], math.cos(math.radians(5)), abs_tol=1e-5)
    assert hits[0].scores["bm25"] == 0.0


def test_the_union_is_ranked_and_each_channel_judges_each_candidate(store: Store) -> None:
    store.add(
        [
            embedded(frame(1, "kestrel notes"), 80),  # words only
            embedded(frame(2, "bird of prey"), 2),  # meaning only
            embedded(frame(3, "kestrel hunting"), 3),  # both
            frame(4, "kestrel unread"),  # no vector yet
        ]
    )
    hits = Recall(store, pointing(0)).search("kestrel")
    assert texts(hits)[0] == "kestrel hunting"
    assert len(hits) == 4
    for hit in hits:
        assert ("dense" in hit.scores) == (hit.moment.text != "kestrel unread")
        assert "bm25" in hit.scores
        assert hit.score == hit.scores["fused"]


def test_the_question_is_encoded_by_the_model_that_made_the_vectors(store: Store) -> None:
    asked: list[tuple[Channel, str, str]] = []

    def embed(channel: Channel, model: str, question: str) -> npt.NDArray[np.float32]:
        asked.append((channel, model, question))
        return np.array(direction(0), np.float32)

    recall = Recall(store, embed)
    recall.search("before anything has a vector")
    assert asked == []
    store.add([embedded(frame(1, "feline"), 5)])
    store.add([embedded(frame(2, "motor"), 5, "later@1")])  # does not serve yet
    assert texts(recall.search("cat")) == ["feline"]
    recall.pictures("a cat")  # nor has any picture a vector
    assert asked == [(Channel.TEXT, TEXT_MODEL, "cat")]


def test_a_model_that_takes_over_amid_a_search_is_asked_instead(store: Store) -> None:
    store.add([seen(embedded(frame(1, "feline"), 5), 5)])
    renewal = Renewal(store)

    def embed(channel: Channel, model: str, _question: str) -> npt.NDArray[np.float32]:
        renewal.file(channel, "later@1", 8, {frame(1, "").id: Vector("later@1", direction(5, 8))})
        renewal.settle(channel, "later@1")  # which deletes what the search was going to look into
        return np.array(direction(0, 8 if model == "later@1" else 384), np.float32)

    recall = Recall(store, embed)
    assert recall.search("cat")[0].scores["dense"] == pytest.approx(math.cos(math.radians(5)))
    assert recall.pictures("cat")[0].score == pytest.approx(math.cos(math.radians(5)))


def test_damage_to_the_vectors_is_not_taken_for_a_change_of_models(
    store: Store, profile: Profile
) -> None:
    store.add([embedded(frame(1, "feline"), 5)])
    (table,) = store.spaces.each(Channel.TEXT)
    for path in (profile.store / f"{table.name}.lance" / "data").iterdir():
        path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(StoreError):
        Recall(Store(profile), pointing(0)).search("cat")


def test_pictures_are_ranked_by_what_they_show(store: Store) -> None:
    store.add([seen(frame(n, f"text {n}"), 20.0 * n, numbers=384) for n in range(4)])
    store.add([seen(draft(9), 30, numbers=384)])  # not read yet
    hits = Recall(store, pointing(40)).pictures("a chart", limit=3)
    assert [hit.moment.id for hit in hits] == [draft(2).id, draft(9).id, draft(3).id]
    assert hits[0].scores == {"image": hits[0].score}
    assert hits[0].score == pytest.approx(1.0)
    assert hits[0].moment.lines


def test_pictures_that_read_the_same_come_once_the_best_of_them(store: Store) -> None:
    store.add([seen(frame(n, "same"), 10.0 * n, numbers=384) for n in range(4)])
    (hit,) = Recall(store, pointing(12)).pictures("a chart")
    assert hit.moment.id == draft(1).id


def test_looking_for_pictures_without_their_model_says_so(store: Store) -> None:
    def missing(*_question: object) -> npt.NDArray[np.float32]:
        raise WeightsMissing("The image model clip@1, used earlier, is no longer here.")

    recall = Recall(store, missing)
    assert recall.pictures("a chart") == []
    store.add([seen(draft(1), 10)])
    assert recall.pictures("  ") == []
    with pytest.raises(WeightsMissing, match="no longer here"):
        recall.pictures("a chart")


def test_without_an_encoder_or_its_weights_words_still_find(store: Store) -> None:
    def missing(_channel: Channel, _model: str, _question: str) -> npt.NDArray[np.float32]:
        raise WeightsMissing("The text encoder's weights are missing.")

    store.add([embedded(frame(1, "hello"), 0)])
    assert texts(Recall(store, missing).search("hello")) == ["hello"]
    assert texts(Recall(store, None).search("hello")) == ["hello"]


def test_a_date_demotes_what_lies_outside_and_drops_nothing(store: Store) -> None:
    yesterday = frame(1, "invoice for the roof", NOON - 24 * HOUR)
    today = frame(2, "invoice invoice invoice", NOON)
    store.add([yesterday, today])
    recall = Recall(store, None)
    assert texts(recall.search("invoice", now_ns=NOW))[0] == today.text
    hits = recall.search("the invoice I saw yesterday", now_ns=NOW)
    assert texts(hits) == [yesterday.text, today.text]
    assert [hit.scores["time"] for hit in hits] == [1.0, 0.0]


def test_a_question_that_names_only_a_time_gives_what_was_then(store: Store) -> None:
    store.add([frame(n, f"page {n}", NOON - n * HOUR) for n in range(30)])
    hits = Recall(store, None).search("what was I doing yesterday", now_ns=NOW)
    assert len(hits) == 17  # twelve hours and a quarter of a day of page titles up to midnight
    assert all(hit.scores["time"] == 1.0 for hit in hits)


def test_speech_that_nobody_transcribed_yet_is_found_by_its_time(store: Store) -> None:
    speech = draft(
        99, NOON - 24 * HOUR, kind=Kind.SPEECH, ocr=State.NONE, image=State.NONE,
        speech=State.PENDING,
    )  # fmt: skip
    store.add([speech, frame(1, "today")])
    hits = Recall(store, None).search("what was said yesterday", now_ns=NOW)
    assert hits[0].moment.id == speech.id


def test_what_reads_the_same_comes_once_and_is_the_newest(store: Store) -> None:
    store.add([frame(n, "weekly report", NOON + n * clock.MINUTE) for n in range(5)])
    store.add([frame(50, "weekly  report\n", NOON - 30 * HOUR), frame(51, "report on bees")])
    hits = Recall(store, None).search("weekly report", now_ns=NOW)
    assert [hit.moment.id for hit in hits] == [frame(4, "").id, frame(51, "").id]
    asked = Recall(store, None).search("weekly report yesterday", now_ns=NOW)
    assert asked[0].moment.id == frame(50, "").id


def test_a_neighbour_in_the_same_app_lends_a_little() -> None:
    moments = [
        frame(1, "a", NOON),
        frame(2, "b", NOON + 30 * clock.SECOND),
        frame(3, "c", NOON + 30 * clock.SECOND, app="other"),
        frame(4, "d", NOON + 30 * clock.MINUTE),
    ]
    fused = dict(zip((m.id for m in moments), (1.0, 0.5, 0.5, 0.5), strict=True))
    lent = fusion.with_neighbours(fused, moments)
    one, two, three, four = (lent[m.id] for m in moments)
    assert one > two > three == four == 0.5
    assert two == pytest.approx(0.5 + fusion.LENT)


def test_an_empty_store_and_an_empty_question_find_nothing(store: Store) -> None:
    assert Recall(store, pointing(0)).search("anything yesterday") == []
    store.add([embedded(frame(1, "hello"), 0)])
    assert Recall(store, pointing(0)).search("   ") == []


def test_signs_and_quotes_in_a_question_are_words_like_any_other(store: Store) -> None:
    store.add([frame(1, "it's O'Neill's \"plan\" (v2) AND more")])
    for question in ("O'Neill's", '"plan"', "(v2) AND NOT", "plan OR 1=1; --", "\\'; DROP"):
        Recall(store, None).search(question)
    assert texts(Recall(store, None).search("O'Neill's plan"))


def test_more_rows_than_the_index_knows_are_searched_too(store: Store) -> None:
    store.add([frame(n, f"common word{n}") for n in range(20)])
    store.tables["moments"].compact()
    store.add([frame(100, "common fresh")])
    assert texts(Recall(store, None).search("fresh")) == ["common fresh"]
    assert len(Recall(store, None).search("common", limit=50)) == 21


def test_rare_terms_count_for_more(store: Store) -> None:
    store.add([frame(n, "common" + (" rare" if n == 3 else "")) for n in range(9)])
    rarity = Recall(store, None).rarity(["common", "rare", "absent"])
    assert 0 < rarity["common"] < rarity["rare"] < rarity["absent"]
    assert rarity["rare"] == pytest.approx(math.log(1 + (9 - 1 + 0.5) / 1.5))


scores = st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 10), max_size=6)


@given(bm25=scores, dense=scores)
def test_fusion_ranks_every_candidate_and_rewards_agreement(bm25, dense) -> None:
    candidates = sorted(bm25.keys() | dense.keys())
    weights = {"bm25": 1.0, "dense": 0.7}
    fused = fusion.fuse({"bm25": bm25, "dense": dense}, weights, candidates)
    assert fused.keys() == set(candidates)
    for one in candidates:
        for other in candidates:
            if all(c.get(one, 0.0) >= c.get(other, 0.0) for c in (bm25, dense)):
                assert fused[one] >= fused[other]


def test_equal_scores_share_a_rank_and_nothing_has_none() -> None:
    assert fusion.ranks({"a": 2.0, "b": 1.0, "c": 2.0, "d": 0.0}) == {"a": 1, "b": 3, "c": 1}
