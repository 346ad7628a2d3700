"""Recall finds by words, by meaning and by time, and ranks the union."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.errors import StoreError, WeightsMissing
from mirrordesk.memory.meaning import Embed
from mirrordesk.memory.query import Filters
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Channel, Citation, Hit, Kind, Moment, State, Vector
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
    store.add([seen(frame(n, f"text {n}"), 19.0 * n, numbers=384) for n in range(4)])
    store.add([seen(draft(9), 30, numbers=384)])  # not read yet
    hits = Recall(store, pointing(40)).pictures("a chart", limit=3)
    assert [hit.moment.id for hit in hits] == [draft(2).id, draft(9).id, draft(3).id]
    assert hits[0].scores == {"image": hits[0].score}
    assert hits[0].score == pytest.approx(math.cos(math.radians(2)))
    assert hits[0].moment.lines


def test_what_a_picture_shows_is_part_of_the_one_ranking(store: Store) -> None:
    """Of two that say the word, the one that also shows it; and one that only shows it."""
    store.add(
        [
            seen(frame(1, "budget of May"), 80, numbers=384),
            seen(frame(2, "budget of June"), 5, numbers=384),
            seen(frame(3, "holiday"), 15, numbers=384),
            seen(frame(4, "garden"), 85, numbers=384),
        ]
    )
    hits = Recall(store, pointing(0)).search("budget")
    assert texts(hits) == ["budget of June", "budget of May", "holiday", "garden"]
    assert hits[2].scores["image"] == pytest.approx(math.cos(math.radians(15)))
    assert texts(Recall(store, None).search("budget")) == ["budget of June", "budget of May"]


def test_a_picture_that_nothing_has_read_is_found_among_what_passes_the_filters(
    store: Store,
) -> None:
    store.add([seen(draft(1), 5, numbers=384), seen(draft(2, app="viewer"), 60, numbers=384)])
    store.add([frame(3, "a page", app="viewer")])
    recall = Recall(store, pointing(0))
    assert [hit.moment.id for hit in recall.search("a boat")] == [draft(1).id, draft(2).id]
    hits = recall.search("a boat", filters=Filters(apps=("viewer",)))
    assert [hit.moment.id for hit in hits] == [draft(2).id]


def test_a_micro_model_is_not_asked_what_pictures_show(store: Store) -> None:
    asked: list[Channel] = []

    def embed(channel: Channel, _model: str, _question: str) -> npt.NDArray[np.float32]:
        asked.append(channel)
        return np.array(direction(0), np.float32)

    store.add([seen(embedded(frame(1, "feline"), 5), 0, "clip-micro@0c0c0c0c")])
    (hit,) = Recall(store, embed).search("cat")
    assert asked == [Channel.TEXT]
    assert "image" not in hit.scores


def test_without_the_image_model_the_others_still_rank(store: Store) -> None:
    def embed(channel: Channel, _model: str, _question: str) -> npt.NDArray[np.float32]:
        if channel is Channel.IMAGE:
            raise WeightsMissing("The image model clip@1, used earlier, is no longer here.")
        return np.array(direction(0), np.float32)

    store.add([seen(embedded(frame(1, "feline"), 5), 70)])
    (hit,) = Recall(store, embed).search("cat")
    assert set(hit.scores) == {"bm25", "dense", "fused"}


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


def said(number: int, text: str, at_ns: int | None = None, source: str = "loopback") -> Moment:
    """Something that was heard."""
    return draft(
        number, at_ns, kind=Kind.SPEECH, source=source, app="", title="", text=text,
        ocr=State.NONE, image=State.NONE, speech=State.DONE, width=0, height=0,
    )  # fmt: skip


def test_an_answer_is_found_by_the_question_before_it(store: Store) -> None:
    store.add(
        [
            said(1, "Shall we take the blue tiles for the kitchen?"),
            said(20, "Yes, those.", source="microphone"),
            said(300, "Yes, the weather is fine.", source="microphone"),
        ]
    )
    found = texts(Recall(store).search("did they say yes to the tiles for the kitchen?"))
    assert set(found[:2]) == {"Shall we take the blue tiles for the kitchen?", "Yes, those."}
    assert found[2:] == ["Yes, the weather is fine."]


def test_a_whole_episode_counts_for_its_moments(store: Store) -> None:
    garden = [said(n * 20, text) for n, text in enumerate(["the garden", "roses", "it is late"])]
    work = [
        said(n * 20, text, NOON + 2 * HOUR + n * 20 * clock.SECOND)
        for n, text in enumerate(["the office", "copier", "late it is"], start=10)
    ]
    store.add([*garden, *work, frame(999, "the end", NOON + 9 * HOUR)])
    store.refresh_episodes(NOON)
    assert store.upkeep.settle_episodes() == 2
    assert store.upkeep.settle_episodes() == 0
    late = [hit.moment.id for hit in Recall(store).search("late, roses in the garden", 9)]
    assert late.index(garden[2].id) < late.index(work[2].id)


def test_what_i_said_is_preferred_when_i_ask_for_it(store: Store) -> None:
    store.add([said(1, "The budget is ten."), said(200, "The budget is ten!", source="microphone")])
    recall = Recall(store)
    assert recall.search("what did I say about the budget?")[0].moment.source == "microphone"
    assert recall.search("what did she say about the budget?")[0].moment.source == "loopback"


def test_a_question_that_no_moment_answers_borrows_words_of_the_best(store: Store) -> None:
    store.add(
        [
            frame(1, "quokka habitat: rottnest"),
            frame(2, "rottnest ferry", NOON + HOUR),
            frame(3, "market", NOON + 2 * HOUR),
        ]
    )
    recall = Recall(store)
    assert texts(recall.search("quokka")) == ["quokka habitat: rottnest"]
    found = texts(recall.search("quokka tickets price discount"))
    assert found == ["quokka habitat: rottnest", "rottnest ferry"]


def test_filters_let_nothing_else_pass(store: Store) -> None:
    store.add([frame(n, f"budget {n}", app=app) for n, app in enumerate(["mail", "calc", "mail"])])
    store.add([said(50, "budget said")])
    recall = Recall(store)

    def found(**filters: Any) -> list[str]:
        return sorted(texts(recall.search("budget", filters=Filters(**filters))))

    assert found() == ["budget 0", "budget 1", "budget 2", "budget said"]
    assert found(apps=("mail",)) == ["budget 0", "budget 2"]
    assert found(kinds=(Kind.SPEECH,)) == found(sources=("loopback",)) == ["budget said"]
    assert found(span=Span(NOON, NOON + 2 * clock.SECOND)) == ["budget 0", "budget 1"]
    assert found(apps=("mail",), kinds=(Kind.SPEECH,)) == []


def test_which_of_two_came_first_is_told_by_their_times(store: Store) -> None:
    store.add([frame(1, "the demo of the kiosk"), frame(2, "lunch with Ada", NOON + HOUR)])
    recall = Recall(store)
    for question in (
        "Which came first, lunch with Ada or the kiosk demo?",
        "Was the kiosk demo before lunch with Ada?",
    ):
        found = recall.compare(question)
        assert found is not None
        assert [hit.moment.text for hit in found] == ["the demo of the kiosk", "lunch with Ada"]
    later = recall.compare("which was later: the kiosk demo or lunch with Ada?")
    assert later is not None
    assert later[0].moment.text == "lunch with Ada"
    assert recall.compare("which came first, the zebra or the quokka?") is None
    assert recall.compare("what came first?") is None


def test_what_was_on_screen_when_something_was_said(store: Store) -> None:
    store.add(
        [
            frame(1, "chart of sales", NOON),
            frame(2, "map of the office", NOON + HOUR),
            said(3, "We have to cut the travel budget.", NOON + HOUR + 5 * clock.SECOND),
            frame(4, "travel budget table", NOON + 4 * HOUR),
        ]
    )
    recall = Recall(store)
    hits = recall.search(
        "what was on my screen when she said to cut the travel budget?", now_ns=NOW
    )
    assert hits[0].moment.text == "map of the office"


def test_before_and_after_something_that_happened(store: Store) -> None:
    store.add(
        [
            frame(1, "invoice 71 of the plumber", NOON),
            frame(2, "kiosk demo", NOON + HOUR),
            frame(3, "invoice 93 of the plumber", NOON + HOUR + 20 * clock.MINUTE),
        ]
    )
    recall = Recall(store)
    before = recall.search("which invoice did I see before the kiosk demo?", now_ns=NOW)
    after = recall.search("which invoice did I see after the kiosk demo?", now_ns=NOW)
    assert before[0].moment.text.startswith("invoice 71")
    assert after[0].moment.text.startswith("invoice 93")


def test_what_was_shown_as_evidence_comes_first_among_equals(store: Store) -> None:
    older, newer = frame(1, "kea one", NOON - HOUR), frame(2, "kea two", NOON)
    store.add([older, newer])
    recall = Recall(store)
    assert texts(recall.search("kea", now_ns=NOW)) == ["kea two", "kea one"]
    store.note_use([_citation(older)])
    assert texts(recall.search("kea", now_ns=clock.now_ns())) == ["kea one", "kea two"]
    store.note_use([_citation(newer)])
    assert texts(recall.search("kea", now_ns=clock.now_ns())) == ["kea two", "kea one"]


def _citation(moment: Moment) -> Citation:
    return Citation(
        moment.id, moment.kind, moment.start_ns, moment.end_ns, moment.zone, moment.app,
        moment.title, moment.text, None,
    )  # fmt: skip
