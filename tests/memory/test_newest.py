"""The newest version of a table, told by its folder where that has not changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mirrordesk.memory import layout, schema
from mirrordesk.memory.newest import Newest
from mirrordesk.memory.tables import Tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A table's folder that last changed a minute ago."""
    (tmp_path / "_versions").mkdir()
    changed(tmp_path, time.time_ns() - 60 * 10**9)
    return tmp_path


def changed(folder: Path, at_ns: int) -> None:
    os.utime(folder / "_versions", ns=(at_ns, at_ns))


def test_is_not_asked_again_while_the_folder_stays_as_it_is(folder: Path) -> None:
    numbers = iter((7, 8))
    newest = Newest(folder)
    assert [newest.number(lambda: next(numbers)) for _ in range(3)] == [7, 7, 7]


def test_is_asked_again_once_the_folder_has_changed(folder: Path) -> None:
    numbers = iter((7, 8))
    newest = Newest(folder)
    newest.number(lambda: next(numbers))
    changed(folder, time.time_ns() - 30 * 10**9)
    assert newest.number(lambda: next(numbers)) == 8


def test_is_asked_each_time_while_the_change_is_so_fresh_that_another_may_look_the_same(
    folder: Path,
) -> None:
    numbers = iter((7, 8))
    newest = Newest(folder)
    changed(folder, time.time_ns() + 60 * 10**9)
    assert [newest.number(lambda: next(numbers)) for _ in range(2)] == [7, 8]


def test_is_asked_where_the_folder_is_missing(tmp_path: Path) -> None:
    numbers = iter((7, 8))
    newest = Newest(tmp_path / "nothing")
    assert [newest.number(lambda: next(numbers)) for _ in range(2)] == [7, 8]


def test_every_write_of_another_process_gives_a_table_another_version(tmp_path: Path) -> None:
    ours, theirs = Tables(tmp_path), Tables(tmp_path)
    theirs.create(schema.META, layout.meta_rows({}).schema)
    seen = [ours[schema.META].version()]
    for number in range(20):
        theirs.note("number", str(number))
        seen.append(ours[schema.META].version())
    assert len(set(seen)) == len(seen)
