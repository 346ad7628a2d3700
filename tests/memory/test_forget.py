"""What is forgotten is gone: from every answer, every table, every file."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mirrordesk import clock, control
from mirrordesk.control import Span
from mirrordesk.memory import schema
from mirrordesk.memory.forget import forget
from mirrordesk.memory.media import Media
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.spaces import CHANNELS
from mirrordesk.memory.store import Store
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from mirrordesk.records import Forgotten, Gap, GapReason, Kind, Vector, Watch
from mirrordesk.seal import keys
from mirrordesk.terms import terms
from tests.memory.made import NOON, ZONE, direction, draft, embedded, png, read, seen, tone

MINUTE = clock.MINUTE
NEW = "second@0d0d0d0d"  # a model that takes over
SPAN = Span(NOON, NOON + 10 * MINUTE)


@pytest.fixture
def needle() -> str:
    """A word that no compression can hide and no chance can make."""
    return "x" + secrets.token_hex(20)


def fill(store: Store, media: Media, needle: str) -> None:
    """Moments before, in and after the span; in it the needle in every place there is."""
    for number, minute in enumerate((-3, 2, 4, 13), start=1):
        at_ns = NOON + minute * MINUTE
        inside = SPAN.overlaps(at_ns, at_ns)
        word = needle if inside else "harmless"
        path, *_ = media.put_frame(f"{number:032x}", at_ns, ZONE, png(word))
        first = draft(
            number, at_ns, app=f"app{word}", title=f"title{word}", url=f"u://{word}/", media=path
        )
        store.add([first])
        store.complete([seen(embedded(read(first, f"{word} text {number}"), 10), 20)])
        store.refresh_episodes(at_ns)
    store.add_watches([Watch(NOON - 5 * MINUTE, NOON + 15 * MINUTE)])
    store.add_gaps([Gap(NOON + 9 * MINUTE, NOON + 11 * MINUTE, GapReason.IDLE)])
    store.tables[schema.MOMENTS].compact()  # the needle is in the index, too


def begin_to_change_models(store: Store) -> None:
    """Give every other picture and text a vector of a second model, too."""
    renewal = Renewal(store)
    for channel in CHANNELS:
        for key in renewal.lacking(channel, NEW)[::2]:
            renewal.file(channel, NEW, 8, {key: Vector(NEW, direction(10, 8))})


def spaces(profile: Profile) -> set[str]:
    """The names of the tables of vectors."""
    return {name for name in Tables(profile.store).names() if name.startswith("vectors_")}


def files_with(profile: Profile, needle: str) -> list[Path]:
    raw = needle.encode()
    return [p for p in profile.root.rglob("*") if p.is_file() and raw in p.read_bytes()]


def encoded_files(profile: Profile) -> set[Path]:
    """Every file of data and indices, whose compression a search for bytes may not see through."""
    files = {path.relative_to(profile.store) for path in profile.store.rglob("*.lance")}
    return {path for path in files if len(path.parts) > 1 and path.parts[0] != "meta.lance"}


def texts(profile: Profile) -> set[str]:
    """Every text in every table, opened."""
    tables = Tables(profile.store, keys.of(profile))
    found = (tables[name].rows(schema.SCHEMAS[name].names) for name in schema.SCHEMAS)
    return {text for rows in found for text in every_text(rows.to_pylist())}


def every_text(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from every_text(part)
    elif isinstance(value, list):
        for part in value:
            yield from every_text(part)


def assert_gone(profile: Profile, needle: str) -> None:
    """No file holds the needle, neither as it is nor behind an encoding.

    Each table has one version, which names every data file there is and hides no row of them, so
    that decoding its rows decodes all files; of the index only what was built from them is left.
    """
    tables = Tables(profile.store)
    for name in tables.names():
        if name == schema.META:
            continue
        table = tables[name]._table
        folder = profile.store / f"{name}.lance"
        (version,) = table.list_versions()
        about = version["metadata"]
        assert about["total_deletion_files"] == about["total_deletion_file_rows"] == "0"
        assert len(list((folder / "data").glob("*"))) == int(about["total_data_files"])
        assert int(about["total_rows"]) == int(about["total_data_file_rows"])
        built = {str(index.index_uuid) for index in table.list_indices()}
        assert {path.name for path in (folder / "_indices").glob("*")} == built
    assert not any(needle in text for text in texts(profile))
    hashed = map(keys.of(profile).newest.term, terms(needle))
    assert [files_with(profile, word) for word in (needle, *hashed)] == [[], []]


def test_the_words_are_in_no_file_afterwards(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    fill(store, media, needle)
    # the search that finds nothing below can find it
    assert any(needle in text for text in texts(profile))
    before = encoded_files(profile)
    assert {path.parts[1] for path in before} == {"data", "_indices"}
    assert forget(store, media, profile, SPAN) == Forgotten(moments=2, media=2, spooled=0)
    assert_gone(profile, needle)
    assert not before & encoded_files(profile)  # data and index were written after the deletion


def test_vectors_are_gone_from_every_space_also_one_that_is_being_filled(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    fill(store, media, needle)
    begin_to_change_models(store)
    gone = {m.id for m in store.moments(SPAN.start_ns, SPAN.end_ns)}
    before = encoded_files(profile)
    assert len(spaces(profile)) == 4
    held = {name: keys_of(profile, name) for name in spaces(profile)}
    assert all(keys & gone for keys in held.values())
    forget(store, media, profile, SPAN)
    assert_gone(profile, needle)
    assert {name: keys_of(profile, name) for name in spaces(profile)} == {
        name: keys - gone for name, keys in held.items()
    }
    assert not before & encoded_files(profile)


def keys_of(profile: Profile, name: str) -> set[str]:
    return set(Tables(profile.store)[name].rows((schema.KEY,))[schema.KEY].to_pylist())


def test_only_the_span_is_forgotten_and_the_rest_is_as_before(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    fill(store, media, needle)
    before = [m for m in store.moments(0, 1 << 62, light=False) if needle not in m.text]
    forget(store, media, profile, SPAN)
    assert store.moments(0, 1 << 62, light=False) == before
    for moment in before:
        assert media.frame(moment.media or "").shape == (120, 320, 3)
    assert [h.moment.id for h in Recall(store, None).search("harmless")] == [
        m.id for m in reversed(before)
    ]
    assert Recall(store, None).search(needle) == []


def test_every_minute_of_the_day_stays_accounted_for(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    fill(store, media, needle)
    forget(store, media, profile, SPAN)
    day = store.day(date(2026, 11, 21))
    assert day.gaps == (
        Gap(SPAN.start_ns, SPAN.end_ns, GapReason.FORGOTTEN),
        Gap(SPAN.end_ns, NOON + 11 * MINUTE, GapReason.IDLE),
    )
    assert day.watches == (
        Watch(NOON - 5 * MINUTE, SPAN.start_ns),
        Watch(SPAN.end_ns, NOON + 15 * MINUTE),
    )
    assert [len(e.moments) for e in day.episodes] == [1, 1]
    assert not any(needle in e.title for e in day.episodes)


def test_forgetting_again_finds_nothing_left(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    fill(store, media, needle)
    forget(store, media, profile, SPAN)
    assert forget(store, media, profile, SPAN) == Forgotten(0, 0, 0)
    wider = Span(SPAN.start_ns - MINUTE, SPAN.end_ns + MINUTE)
    assert forget(store, media, profile, wider).moments == 0
    assert store.count() == 2


def test_media_that_no_moment_names_yet_is_forgotten_too(
    profile: Profile, store: Store, media: Media
) -> None:
    media.put_frame("a1", NOON, ZONE, png("x"))
    media.put_speech("b2", NOON - clock.SECOND, ZONE, tone(2.0)[1])  # reaches into the span
    assert forget(store, media, profile, SPAN).media == 2
    assert not [path for path in profile.media.rglob("*") if path.is_file()]


def test_a_moment_that_began_before_the_span_goes_with_it(
    profile: Profile, store: Store, media: Media
) -> None:
    long = draft(1, NOON - MINUTE, end_ns=NOON + 1, kind=Kind.SPEECH)
    store.add([long, draft(2, NOON - MINUTE, end_ns=NOON)])
    assert forget(store, media, profile, SPAN).moments == 1


def test_a_forgetting_that_was_cut_off_is_finished_when_the_store_opens(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    fill(store, media, needle)
    control.remember_forgetting(profile, SPAN)  # and then the power went
    Store(profile)
    assert_gone(profile, needle)


def test_a_store_that_is_open_elsewhere_goes_on(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    reader = Store(profile)
    fill(store, media, needle)
    recall = Recall(reader, None)
    assert recall.search(needle)
    assert len(reader.moments(0, 1 << 62)) == 4
    forget(store, media, profile, SPAN)
    assert recall.search(needle) == []
    assert len(recall.search("harmless")) == 2
    assert len(reader.moments(0, 1 << 62, light=False)) == 2
    reader.add([draft(9, NOON + 20 * MINUTE)])
    assert store.count() == 3


READER = """
import sys
from pathlib import Path
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.spaces import CHANNELS
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
store = Store(Profile(Path(sys.argv[1])))
recall = Recall(store, None)
print("ready", flush=True)
rounds = 0
while not Path(sys.argv[2]).exists():
    hits = recall.search("harmless")
    texts = {m.text for m in store.moments(0, 1 << 62, light=False)}
    assert len(hits) == 2 and {"harmless text 1", "harmless text 4"} <= texts, (hits, texts)
    store.refresh_episodes(0)
    rounds += 1
print(rounds)
"""


def test_a_process_that_reads_all_the_while_never_notices(
    profile: Profile, store: Store, media: Media, needle: str, tmp_path: Path
) -> None:
    fill(store, media, needle)
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", READER, str(profile.root), str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
        for number in range(4):
            start_ns = NOON + number * 2 * MINUTE
            forget(store, media, profile, Span(start_ns, start_ns + 2 * MINUTE))
        stop.touch()
        rounds = int(reader.stdout.readline() or "0")
    assert reader.returncode == 0
    assert rounds > 0
    assert files_with(profile, needle) == []
