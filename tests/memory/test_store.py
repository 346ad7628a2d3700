"""What goes into the store comes out, once, and nothing overwrites it."""

from __future__ import annotations

import dataclasses
import itertools
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirrordesk import clock, control
from mirrordesk.control import Span
from mirrordesk.errors import DiskFull, StoreError
from mirrordesk.memory import schema, seam, upkeep
from mirrordesk.memory.completing import completed
from mirrordesk.memory.store import Store
from mirrordesk.memory.table import Table
from mirrordesk.paths import Profile
from mirrordesk.records import Box, Channel, FrameWindow, Gap, GapReason, Moment, State, Watch
from tests.memory.made import NOON, direction, draft, embedded, frame, heard, read, seen

MINUTE = clock.MINUTE


def test_a_moment_comes_back_as_it_was_stored(store: Store) -> None:
    moment = seen(embedded(frame(1, 'Grüße\nO\'Neill "said" so', url="http://a.example/x"), 30), 60)
    store.add([moment])
    assert store.moment(moment.id) == moment


def test_light_moments_carry_text_but_no_lines_or_vectors(store: Store) -> None:
    moment = seen(embedded(frame(1, "hello"), 30), 60)
    store.add([moment])
    (light,) = store.moments(NOON, NOON + MINUTE)
    assert light == dataclasses.replace(moment, lines=(), text_vector=None, image_vector=None)
    assert store.moments(NOON, NOON + MINUTE, light=False) == [moment]


WINDOWS = (
    FrameWindow("xterm", "shell", Box(0, 0, 300, 200)),
    FrameWindow("chromium", "page", Box(-4, 20, 300, 200), "a.example/x", private=False),
)


def test_the_windows_of_a_frame_outlast_its_completing(store: Store) -> None:
    stored = draft(1, windows=WINDOWS)
    store.add([stored])
    store.complete([dataclasses.replace(read(stored, "late"), windows=())])
    assert store.moment(stored.id).windows == WINDOWS
    assert [m.windows for m in store.named()] == [WINDOWS]


def test_an_unknown_moment_is_a_sentence(store: Store) -> None:
    with pytest.raises(StoreError, match="no moment o'clock"):
        store.moment("o'clock")


def test_adding_again_leaves_the_stored_row(store: Store) -> None:
    first = frame(1, "first reading")
    store.add([first])
    store.add([frame(1, "second reading"), frame(2, "new")])
    assert store.moment(first.id) == first
    assert store.count() == 2


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batches=st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=5))
def test_adding_is_idempotent_in_any_order_with_any_repeats(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]]
) -> None:
    store = Store(Profile.open(tmp_path_factory.mktemp("store") / "profile"))
    for batch in batches:
        store.add([frame(number, f"text {number}") for number in batch])
    expected = sorted({number for batch in batches for number in batch})
    found = store.moments(NOON, NOON + MINUTE, light=False)
    assert found == [frame(number, f"text {number}") for number in expected]


def test_completing_fills_channels_and_nothing_else(store: Store) -> None:
    stored = draft(1)
    store.add([stored])
    result = dataclasses.replace(
        embedded(read(stored, "late"), 10), start_ns=1, end_ns=2, media="other.webp", app="other"
    )
    store.complete([result])
    assert store.moment(stored.id) == embedded(read(stored, "late"), 10)


def test_completing_an_unknown_moment_does_not_bring_it_to_life(store: Store) -> None:
    store.complete([seen(frame(1, "ghost"), 10)])
    assert store.count() == 0
    assert all(count == 0 for name, count in store.counts().items() if name != "meta")


def test_completing_with_stale_knowledge_takes_nothing_back(store: Store) -> None:
    store.add([draft(1)])
    store.complete([embedded(read(draft(1), "read"), 10)])
    store.complete([seen(draft(1), 20)])  # knows nothing of the reading
    assert store.moment(draft(1).id) == seen(embedded(read(draft(1), "read"), 10), 20)


RESULTS = (
    read(draft(1), "words"),
    embedded(read(draft(1), "words"), 10),
    seen(draft(1), 20),
    dataclasses.replace(draft(1), image=State.FAILED),
    draft(1),
)


def _after(results: list[Moment]) -> Moment:
    """A draft that took up `results` in their order."""
    moment = heard(1, "", State.PENDING) if results[:1] and results[0] in HEARD else draft(1)
    for result in results:
        moment = completed(moment, result)
    return moment


@given(results=st.lists(st.sampled_from(RESULTS), max_size=6))
def test_completions_commute_and_repeat_without_effect(results: list[Moment]) -> None:
    assert _after(results) == _after(results[::-1]) == _after(results + results)


def test_completions_commute_in_the_tables(tmp_path: Path) -> None:
    ends = []
    for number, order in enumerate(itertools.permutations(RESULTS[:3])):
        store = Store(Profile.open(tmp_path / str(number)))
        store.add([draft(1)])
        for result in order:
            store.complete([result])
        ends.append(store.moment(draft(1).id))
    assert ends == [seen(embedded(read(draft(1), "words"), 10), 20)] * len(ends)


def test_several_results_for_one_moment_may_come_in_one_batch(store: Store) -> None:
    store.add([draft(1)])
    store.complete([RESULTS[1], RESULTS[2]])
    assert store.moment(draft(1).id) == seen(RESULTS[1], 20)


def test_vectors_come_back_from_the_model_that_serves(store: Store) -> None:
    store.add([seen(draft(1), 10)])
    store.add([seen(draft(2), 20, "other@1", numbers=64)])
    first, second = store.moments(NOON, NOON + MINUTE, light=False)
    assert first == seen(draft(1), 10)
    assert (second.image, second.image_vector) == (State.DONE, None)


TRIED, REAL = heard(1, "oh tours", State.PROVISIONAL), heard(1, "herons", State.DONE)
HEARD = (
    TRIED,
    embedded(TRIED, 10),
    REAL,
    embedded(REAL, 20),
    heard(1, "", State.FAILED),
    heard(1, "", State.PENDING),
)


def test_what_a_model_for_trying_out_wrote_down_gives_way_to_a_real_one(store: Store) -> None:
    store.add([embedded(TRIED, 10)])
    store.complete([REAL])
    assert store.moment(REAL.id) == REAL  # without the vector of the other words
    moments = store.tables[schema.MOMENTS]
    assert moments.match(["heron"], 5).keys() == {REAL.id}
    assert moments.match(["tour"], 5) == {}
    store.complete([embedded(TRIED, 10)])
    store.complete([embedded(REAL, 20)])
    assert store.moment(REAL.id) == embedded(REAL, 20)


@given(results=st.lists(st.sampled_from(HEARD), max_size=6))
def test_readings_commute_and_repeat_without_effect(results: list[Moment]) -> None:
    assert _after(results) == _after(results[::-1]) == _after(results + results)


def test_words_stay_where_nothing_reads_the_sound_any_more(store: Store) -> None:
    store.add([embedded(TRIED, 10)])
    store.complete([dataclasses.replace(TRIED, speech=State.FAILED)])
    assert store.moment(TRIED.id) == embedded(TRIED, 10)
    store.complete([dataclasses.replace(embedded(TRIED, 10), speech=State.DONE, text_vector=None)])
    settled = store.moment(TRIED.id)
    assert settled == dataclasses.replace(embedded(TRIED, 10), speech=State.DONE)


def test_what_waits_comes_the_newest_first(store: Store) -> None:
    store.add([draft(n) for n in range(5)])
    store.complete([read(draft(4), "done")])
    assert [m.id for m in store.newest(Channel.OCR, State.PENDING, 2)] == [draft(3).id, draft(2).id]
    assert store.pending_counts() == {"ocr": 4, "image": 5, "speech": 0, "text": 1}
    store.complete([read(draft(3), "done")])
    assert store.pending_counts()["ocr"] == 3


def test_what_was_forgotten_cannot_be_stored_late(store: Store, profile: Profile) -> None:
    control.remember_forgetting(profile, Span(NOON, NOON + MINUTE))
    store.add([frame(5, "secret"), frame(100, "public")])
    assert [m.text for m in store.moments(NOON, NOON + 10 * MINUTE)] == ["public"]
    store.add_watches([Watch(NOON - MINUTE, NOON + 2 * MINUTE)])
    store.add_gaps([Gap(NOON, NOON + 2 * MINUTE, GapReason.IDLE)])
    day = store.day(date(2026, 11, 21))
    assert day.watches == (
        Watch(NOON - MINUTE, NOON),
        Watch(NOON + MINUTE, NOON + 2 * MINUTE),
    )
    assert Gap(NOON + MINUTE, NOON + 2 * MINUTE, GapReason.IDLE) in day.gaps


def test_a_day_holds_its_moments_episodes_gaps_and_watched_time(store: Store) -> None:
    store.add([frame(1, "one"), frame(2, "two"), frame(3, "other day", NOON + 24 * clock.HOUR)])
    store.refresh_episodes(NOON)
    store.add_gaps([Gap(NOON - MINUTE, NOON, GapReason.PAUSED)] * 2)
    store.add_watches([Watch(NOON, NOON + MINUTE), Watch(NOON + MINUTE, NOON + 2 * MINUTE)])
    day = store.day(date(2026, 11, 21))
    assert [m.text for m in day.moments] == ["one", "two"]
    assert day.gaps == (Gap(NOON - MINUTE, NOON, GapReason.PAUSED),)
    assert day.watches == (Watch(NOON, NOON + 2 * MINUTE),)
    (episode,) = day.episodes
    assert {m.episode for m in day.moments} == {episode.id}
    assert store.moment(day.moments[0].id).episode == episode.id
    assert store.days() == ["2026-11-21", "2026-11-22"]
    assert store.span() == (NOON + clock.SECOND, NOON + 24 * clock.HOUR)


def test_an_empty_store_answers_with_nothing(store: Store) -> None:
    assert store.span() is None
    assert store.days() == []
    assert store.count() == 0
    assert store.newest(Channel.OCR, State.PENDING, 5) == []
    assert store.day(date(2026, 11, 21)).moments == ()
    store.add([])
    store.complete([])
    store.refresh_episodes(0)
    store.upkeep.maintain()


def test_many_moments_are_found_by_indexes_as_they_are_without(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "INDEXED_FROM", 40)
    store.add([embedded(frame(n, f"text {n}"), 3.0 * n) for n in range(50)])
    (vectors,) = store.spaces.each(Channel.TEXT)
    ids = [frame(n, "").id for n in (7, 31)]
    known, near = store.known(ids), vectors.nearest(direction(30), 5)
    store.upkeep.maintain()
    assert store.tables["moments"].is_indexed("id")
    assert vectors.is_indexed("vector")
    assert store.known(ids) == known
    assert vectors.nearest(direction(30), 5) == pytest.approx(near, abs=1e-6)
    store.add([embedded(frame(99, "late"), 31.0)])
    assert frame(99, "").id in vectors.nearest(direction(30), 5)
    vectors.rewrite()
    assert not vectors.is_indexed("vector")


def test_the_index_of_vectors_grows_with_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more than a few lie beside it, and its cells are found anew for twice as many."""
    monkeypatch.setattr(upkeep, "INDEXED_FROM", 40)
    monkeypatch.setattr(upkeep, "MOST_UNINDEXED", 8)
    built: list[int] = []
    index = Table.index_vectors
    monkeypatch.setattr(
        Table, "index_vectors", lambda table: (built.append(table.count()), index(table))
    )
    for first in range(0, 120, 10):
        store.add([embedded(frame(n, f"text {n}"), 1.5 * n) for n in range(first, first + 10)])
        store.upkeep.maintain()
        (vectors,) = store.spaces.each(Channel.TEXT)
        assert vectors.unindexed() <= 8
    assert built == [40, 80]
    near = vectors.nearest(direction(90), 5)
    assert set(near) == {frame(n, "").id for n in range(58, 63)}


def test_maintaining_joins_the_pieces_and_changes_nothing_that_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "MOST_UNINDEXED", 4)
    monkeypatch.setattr(upkeep, "MOST_FRAGMENTS", 4)
    for number in range(8):
        store.add([frame(number, f"text {number}")])
        store.add_watches([Watch(NOON + number, NOON + number + 1)])
    before = store.moments(NOON, NOON + MINUTE, light=False)
    store.upkeep.maintain()
    assert store.moments(NOON, NOON + MINUTE, light=False) == before
    assert store.tables["moments"].unindexed() == 0
    assert store.tables["watches"].fragments() == 1
    version = store.tables["moments"].version()
    store.upkeep.maintain()
    assert store.tables["moments"].version() == version


def test_another_store_sees_what_was_just_written(profile: Profile, store: Store) -> None:
    reader = Store(profile)
    assert reader.count() == 0
    store.add([frame(1, "fresh")])
    assert reader.count() == 1
    assert reader.moment(frame(1, "").id).text == "fresh"


def test_a_store_with_a_table_missing_is_a_sentence(profile: Profile, store: Store) -> None:
    store.add([frame(1, "x")])
    shutil.rmtree(profile.store / "moments.lance")
    with pytest.raises(StoreError, match=r"half deleted.*restore"):
        Store(profile)
    with pytest.raises(StoreError, match="restore"):
        store.moments(NOON, NOON + MINUTE)


@pytest.mark.parametrize("part", ["data", "_versions"])
def test_a_table_with_files_missing_is_a_sentence(
    profile: Profile, store: Store, part: str
) -> None:
    store.add([frame(1, "x")])
    shutil.rmtree(profile.store / "moments.lance" / part)
    with pytest.raises(StoreError) as caught:
        Store(profile).moments(NOON, NOON + MINUTE)
    assert "\n" not in str(caught.value)
    assert ".rs:" not in str(caught.value)


def test_a_damaged_data_file_is_a_sentence(profile: Profile, store: Store) -> None:
    store.add([frame(1, "x")])
    for path in (profile.store / "moments.lance" / "data").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StoreError):
        Store(profile).moments(NOON, NOON + MINUTE)


def test_a_full_disk_is_told_apart(profile: Profile) -> None:
    words = "lance error: LanceError(IO): No space left on device (os error 28), /a/b.rs:1:2"
    with pytest.raises(DiskFull, match="No space is left"), seam.mapped(profile.store):
        raise RuntimeError(words)


def test_what_was_added_is_on_the_disk_when_the_call_returns(
    store: Store, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    really = os.fsync

    def fsync(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    before = set(profile.store.rglob("*"))
    store.add([frame(1, "kept")])
    fresh = [path for path in profile.store.rglob("*") if path not in before]
    assert {"data", "_versions"} <= {path.parent.name for path in fresh}
    assert {path.stat().st_ino for path in fresh} <= synced
    assert {path.parent.stat().st_ino for path in fresh} <= synced
