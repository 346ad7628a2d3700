"""What was recorded is in no file, and yet it is found."""

from __future__ import annotations

import secrets

import pytest

from mirrordesk import status
from mirrordesk.capture.spool import Spool
from mirrordesk.errors import SpoolCorrupt, StoreError
from mirrordesk.memory import cells, schema
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.memory.tables import Tables
from mirrordesk.paths import Profile
from mirrordesk.seal import files, keys
from mirrordesk.terms import terms
from tests.memory.made import NOON
from tests.seal import filled
from tests.seal.filled import FRAMES

# Strings of the schemas that tell nothing of what was recorded: kinds, states, places and ids
CLEAR = {
    *(schema.KEY, "kind", schema.ZONE, "source", schema.MEDIA, *schema.STATES.values()),
    *("scene", "reason", "author", "one", "other", schema.VALUE, "moments", "spoken", "region"),
    schema.MOMENT,
}


@pytest.fixture
def word() -> str:
    """A word that no compression can hide and no chance can make."""
    return "x" + secrets.token_hex(20)


def test_no_file_holds_a_recorded_word_in_any_form(profile: Profile, word: str) -> None:
    store = Store(profile)
    filled.remember(store, word)
    filled.capture(profile, word)
    status.beat(profile.perception_heartbeat, status.PerceptionStatus(1, NOON, NOON))
    assert filled.bearing(profile, word) == []
    for term in terms(word):
        assert filled.bearing(profile, term) == []
    hits = Recall(store, None).search(word)
    assert hits
    assert hits[0].moment.app == f"app{word}"


def test_no_column_of_a_table_holds_it_behind_its_encoding(profile: Profile, word: str) -> None:
    filled.remember(Store(profile), word)
    tables = Tables(profile.store)
    for name in tables.names():
        stored = tables[name]._table.to_arrow()
        assert word not in str(stored.to_pylist()), name
        assert word.encode() not in b"".join(
            cell or b"" for column in stored.columns for cell in _bytes_of(column.to_pylist())
        )


def _bytes_of(values: list[object]) -> list[bytes]:
    return [value for value in values if isinstance(value, bytes)]


def test_every_text_of_every_table_is_sealed_or_known_to_tell_nothing() -> None:
    for table, columns in schema.SCHEMAS.items():
        sealed = {*schema.SEALED.get(table, ()), schema.TERMS, schema.VECTOR}
        texts = {field.name for field in columns if not _counts(str(field.type))}
        assert texts - sealed <= CLEAR, f"{table}: {texts - sealed - CLEAR}"


def _counts(type_name: str) -> bool:
    return type_name.startswith(("int", "float", "double", "bool"))


def test_everything_comes_back_as_it_was(profile: Profile, word: str) -> None:
    store = Store(profile)
    filled.remember(store, word)
    expected = [filled.moment(number, word) for number in range(FRAMES)]
    assert Store(profile).moments(0, 1 << 62, light=False) == expected
    (episode,) = store.episodes_since(0)
    assert (episode.title, episode.apps) == (f"title {word}", (f"app{word}",))
    (note,) = store.notes.each()
    assert word in str(note.learned)


def test_a_vector_lies_turned_and_is_found_by_its_meaning(profile: Profile, word: str) -> None:
    store = Store(profile)
    filled.remember(store, word)
    vector = filled.moment(1, word).text_vector
    assert vector is not None
    (space,) = [t for t in store.spaces.each() if t.name.startswith("vectors_text")]
    near = space.nearest(vector.numbers, FRAMES)
    assert next(iter(near)) == filled.moment(1, word).id
    assert near[filled.moment(1, word).id] == pytest.approx(1.0, abs=1e-5)
    stored = Tables(profile.store)[space.name]._table.to_arrow()[schema.VECTOR].to_pylist()
    assert max(abs(number) for numbers in stored for number in numbers) < 0.5


def test_rows_are_found_by_a_sealed_value(profile: Profile, word: str) -> None:
    store = Store(profile)
    filled.remember(store, word)
    moments = store.tables[schema.MOMENTS]
    assert moments.count(moments.having("app", f"app{word}")) == FRAMES
    assert moments.count(moments.having("app", "another")) == 0


def test_a_cell_in_another_row_does_not_open(profile: Profile, word: str) -> None:
    store = Store(profile)
    filled.remember(store, word)
    raw = Tables(profile.store)[schema.MOMENTS]
    rows = raw._table.to_arrow()
    swapped = rows.set_column(
        rows.column_names.index("title"), "title", rows["title"].combine_chunks()[::-1]
    )
    raw.update(swapped)
    with pytest.raises(StoreError, match="does not hold what was sealed"):
        store.moments(0, 1 << 62)


def test_a_spool_entry_under_another_name_is_none(profile: Profile, word: str) -> None:
    spool = Spool(profile)
    spool.put(filled.entry(1, word))
    (handle,) = spool.waiting()
    other = handle.path.with_name(handle.name.replace("1.entry", "2.entry"))
    handle.path.rename(other)
    with pytest.raises(SpoolCorrupt, match="not what was sealed"):
        spool.read(spool.waiting()[0])


def test_the_key_of_a_table_is_told_by_the_table(profile: Profile, word: str) -> None:
    store = Store(profile)
    filled.remember(store, word)
    newest = keys.of(profile).newest.id
    for table in (schema.MOMENTS, schema.EPISODES, schema.NOTES):
        assert cells.sealed_by(store.tables[table]._table.schema) == newest
    assert all(files.key_of(path) == newest for path in filled.captured(profile))
