"""The store's version: made once, finished when cut off, refused when newer."""

from __future__ import annotations

import pytest

from mirrordesk.errors import StoreError
from mirrordesk.memory import migrations, schema
from mirrordesk.memory.store import Store
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from tests.memory.made import frame


def test_each_migration_is_noted_and_run_once(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    Store(profile)
    monkeypatch.setattr(
        migrations, "MIGRATIONS", (*migrations.MIGRATIONS, lambda _tables: runs.append("third"))
    )
    Store(profile)
    Store(profile)
    assert runs == ["third"]
    assert migrations.done(Tables(profile.store)) == 3


@pytest.mark.parametrize("steps", range(6))
def test_a_migration_cut_off_anywhere_is_finished(profile: Profile, steps: int) -> None:
    tables = Tables(profile.store)
    names = (schema.META, schema.MOMENTS, schema.EPISODES, schema.GAPS, schema.WATCHES)
    for name in names[:steps]:
        tables.create(name, schema.SCHEMAS[name])
    store = Store(profile)
    store.add([frame(1, "works")])
    assert store.tables[schema.MOMENTS].match(["work"], 5)


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
