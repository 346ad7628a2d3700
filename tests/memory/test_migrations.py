"""The store's version: made once, finished when cut off, refused when newer."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from mirrordesk.errors import StoreError
from mirrordesk.memory import layout, migrations, schema
from mirrordesk.memory.episodes import segment
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.store import Store
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from mirrordesk.records import Box, Channel, FrameWindow, Speaker, Spoken, State
from tests.memory.cutting import CutOff, cut_off_before_write
from tests.memory.made import NOON, direction, embedded, frame, seen

MINILM = "all-minilm-l6-v2@53aa5117"
READ = [seen(embedded(frame(n, f"text {n}"), 10 * n, MINILM), 20 * n) for n in range(3)]
UNREAD = frame(3, "text 3")  # has no text vector yet
SHELL = FrameWindow("xterm", "shell", Box(0, 0, 640, 480))


def opened_in_spite_of_cuts(profile: Profile) -> Store:
    """The store, after it was cut off at every write of its migration, one later each time."""
    for number in range(100):
        with pytest.MonkeyPatch.context() as monkeypatch:
            cut_off_before_write(number, monkeypatch)
            try:
                return Store(profile)
            except CutOff:
                pass
    raise AssertionError("it never ends")


def first_version(profile: Profile) -> None:
    """A store as the first version wrote it: text vectors beside the text, images by length."""
    tables = Tables(profile.store)
    tables.create(schema.META, schema.SCHEMAS[schema.META])
    for number, migration in enumerate(migrations.MIGRATIONS[:2], start=1):
        migration(tables)
        tables.note(f"migration:{number}", "")
    moments = tables[schema.MOMENTS]
    rows = layout.moment_rows([*READ, UNREAD])
    vectors = [m.text_vector.numbers if m.text_vector else None for m in (*READ, UNREAD)]
    column = pa.array(vectors, pa.list_(pa.float32(), 384))
    before = rows.column_names.index(schema.TERMS)
    moments.insert(rows.add_column(before, "text_vector", column))
    images = tables.create("image_vectors_512", schema.vectors_schema(512))
    images.insert(layout.vector_rows([(m, m.image_vector) for m in READ], 512))


def test_each_migration_is_noted_and_run_once(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    Store(profile)
    monkeypatch.setattr(
        migrations, "MIGRATIONS", (*migrations.MIGRATIONS, lambda _tables: runs.append("next"))
    )
    Store(profile)
    Store(profile)
    assert runs == ["next"]
    assert migrations.done(Tables(profile.store)) == len(migrations.MIGRATIONS)


def test_a_store_whose_making_was_cut_off_anywhere_is_finished(profile: Profile) -> None:
    store = opened_in_spite_of_cuts(profile)
    store.add([embedded(frame(1, "works"), 10)])
    assert store.tables[schema.MOMENTS].match(["work"], 5)
    assert store.moment(frame(1, "").id) == embedded(frame(1, "works"), 10)


def assert_brought_up(store: Store) -> None:
    moments = store.moments(NOON, 1 << 62, light=False)
    assert [m.text for m in moments] == ["text 0", "text 1", "text 2", "text 3"]
    assert [m.text_vector for m in moments] == [*(m.text_vector for m in READ), None]
    assert {m.image_vector for m in moments} == {None}
    assert schema.vectors_table(Channel.TEXT, MINILM) in store.tables.names()
    assert not [name for name in store.tables.names() if name.startswith("image_vectors_")]
    assert "text_vector" not in store.tables[schema.MOMENTS].columns()


def test_a_store_of_the_first_version_keeps_its_text_vectors(profile: Profile) -> None:
    first_version(profile)
    store = Store(profile)
    assert_brought_up(store)
    hits = Recall(store, lambda *_: direction(20)).search("unheard of")
    assert hits[0].moment.text == "text 2"


def test_bringing_a_store_up_may_be_cut_off_anywhere(profile: Profile) -> None:
    first_version(profile)
    assert_brought_up(opened_in_spite_of_cuts(profile))


def test_episodes_of_before_calls_were_told_apart_stay_and_new_ones_can_be_calls(
    profile: Profile,
) -> None:
    tables = Tables(profile.store)
    tables.create(schema.META, schema.SCHEMAS[schema.META])
    for number, migration in enumerate(migrations.MIGRATIONS[:3], start=1):
        migration(tables)
        tables.note(f"migration:{number}", "")
    tables[schema.EPISODES].drop_column(schema.SPOKEN.name)
    (old,) = segment([frame(1, "before")])
    rows = layout.episode_rows([old])
    tables[schema.EPISODES].insert(rows.drop_columns([schema.SPOKEN.name]))
    store = opened_in_spite_of_cuts(profile)
    new = replace(old, id="episode-new", spoken=(Spoken(Speaker.ME, NOON, NOON + 1),))
    store.put_episodes([new])
    assert sorted(store.episodes_since(0), key=lambda e: e.id) == sorted(
        [old, new], key=lambda e: e.id
    )


def test_moments_of_before_windows_were_kept_have_none_and_new_ones_do(profile: Profile) -> None:
    tables = Tables(profile.store)
    tables.create(schema.META, schema.SCHEMAS[schema.META])
    for number, migration in enumerate(migrations.MIGRATIONS[:4], start=1):
        migration(tables)
        tables.note(f"migration:{number}", "")
    moments = tables[schema.MOMENTS]
    moments.drop_column(schema.WINDOWS.name)
    old, new = frame(1, "before"), frame(2, "after", windows=(SHELL,))
    moments.insert(layout.moment_rows([old]).drop_columns([schema.WINDOWS.name]))
    store = opened_in_spite_of_cuts(profile)
    store.add([new])
    store.complete([replace(old, text_state=State.FAILED)])
    assert [m.windows for m in store.named()] == [(), (SHELL,)]
    assert store.moment(new.id) == new


def test_pictures_whose_maker_is_unknown_are_to_be_encoded_again(profile: Profile) -> None:
    first_version(profile)
    renewal = Renewal(Store(profile))
    assert renewal.serving(Channel.IMAGE) is None
    assert renewal.lacking(Channel.IMAGE, "any@1") == [m.id for m in reversed(READ)]
    assert renewal.serving(Channel.TEXT) == MINILM
    assert renewal.lacking(Channel.TEXT, MINILM) == []


def test_a_table_of_which_only_the_folder_was_made_is_made(profile: Profile) -> None:
    tables = Tables(profile.store)
    tables.create(schema.META, schema.SCHEMAS[schema.META])
    (profile.store / "moments.lance" / "data").mkdir(parents=True)
    Store(profile).add([frame(1, "works")])


def test_a_newer_store_is_refused_with_a_sentence(profile: Profile, store: Store) -> None:
    store.tables.note("migration:99", "of the future")
    with pytest.raises(StoreError, match="newer MirrorDesk"):
        Store(profile)


def test_a_store_without_its_notes_is_half_deleted(profile: Profile) -> None:
    Tables(profile.store).create(schema.GAPS, schema.SCHEMAS[schema.GAPS])
    with pytest.raises(StoreError, match="half deleted"):
        Store(profile)
