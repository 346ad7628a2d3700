"""`python -m benchmarks kv`: rows side by side with half precision, and what they come to."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import kv, kv_rows
from benchmarks.asking import Thinning
from benchmarks.kv_rows import Row

FULL = Row(
    kv_rows.FULL, 2000, 2304, "f16", "f16", 100, 0.96, 0.96, 0, 0, 3560, 3000, 1.0, 0.9, 50.0
)


@pytest.fixture(scope="module")
def suite(model: Path) -> kv_rows.Suite:
    return kv_rows.suite(model, 700, 4)


@pytest.fixture(scope="module")
def whole(suite: kv_rows.Suite) -> dict[str, Row]:
    """The rows that read all of the evidence."""
    names = kv_rows.NAMES[: kv_rows.NAMES.index(kv_rows.EVICTED)]
    rows = list(itertools.islice(kv_rows.measured(suite, 1), len(names)))
    assert tuple(row.name for row in rows) == names
    return {row.name: row for row in rows}


def test_every_row_is_measured_against_half_precision(whole: dict[str, Row]) -> None:
    exact = whole[kv_rows.FULL].accuracy
    assert all(row.accuracy_f16 == exact for row in whole.values() if row.questions == 4)
    assert all(row.ttft_s > 0 for row in whole.values())


def test_four_bits_take_a_third_and_less_in_memory_and_on_disk(whole: dict[str, Row]) -> None:
    full, small = whole[kv_rows.FULL], whole["q4_0/q4_0"]
    assert full.kv_bytes / small.kv_bytes == pytest.approx(32 / 9)
    assert full.disk_bytes is not None
    assert small.disk_bytes is not None
    assert full.disk_bytes / small.disk_bytes > 3


def test_evidence_longer_than_the_cells_is_read(suite: kv_rows.Suite, model: Path) -> None:
    with contextlib.closing(Thinning(model, 512, ("q8_0", "q8_0"))) as thinning:
        assert thinning.heads
        answers = [thinning.ask(suite.memory, asked) for asked in suite.memory.asked[:2]]
    assert all(answer.prompt_tokens > 512 for answer in answers)
    assert any(answer.right for answer in answers)


def group(name: str, **changes: Any) -> list[Row]:
    rows = [FULL, *(replace(FULL, name=one) for one in kv_rows.NAMES[1:])]
    return [replace(row, **changes) if row.name == name else row for row in rows]


def test_points_are_lost_over_all_questions_of_all_lengths() -> None:
    groups = [
        group("q4_0/q4_0", lost=3, won=1),
        group("q4_0/q4_0", questions=300, lost=2),
    ]
    found = kv.marks(groups)
    assert found["quantised_points_lost"] == pytest.approx(1)
    assert found["evicted_points_lost"] == 0


def test_few_questions_say_little_even_where_nothing_was_lost() -> None:
    doubt = [kv.marks([group(kv_rows.EVICTED, questions=n)]) for n in (10, 100, 1000)]
    widths = [found["evicted_give_or_take"] for found in doubt]
    assert widths[0] > 10 > widths[1] > 1 > widths[2] > 0


def test_of_bytes_and_times_the_worst_length_is_told() -> None:
    sooner = [group(kv_rows.FROM_DISK, ttft_s=seconds) for seconds in (0.05, 0.1)]
    assert kv.marks(sooner)["again_from_disk_times_sooner"] == pytest.approx(10)
    smaller = [group(kv_rows.EVICTED, kv_bytes=size) for size in (445, 356)]
    assert kv.marks(smaller)["evicted_times_smaller"] == pytest.approx(8)


def test_what_is_kept_of_the_accuracy_is_a_share_of_that_of_all_cells() -> None:
    groups = [group(kv_rows.BY_ATTENTION, accuracy=0.48)]
    assert kv.marks(groups)["eight_times_share_by_attention"] == pytest.approx(0.5)


def test_times_are_told_against_the_same_types_as_well() -> None:
    rows = [
        replace(row, ttft_cpu_s=3.6) if row.name == "q8_0/q8_0" else row
        for row in group(kv_rows.HALF, ttft_cpu_s=1.8)
    ]
    found = kv.marks([rows])
    assert found["half_again_times_less_cpu"] == pytest.approx(0.5)
    assert found["half_again_times_less_cpu_of_same_types"] == pytest.approx(2)


def test_an_interrupted_run_ends_with_the_rows_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], model: Path
) -> None:
    def interrupted(_suite: kv_rows.Suite, _thinned: int) -> Iterator[Row]:
        yield FULL
        signal.raise_signal(signal.SIGTERM)
        yield replace(FULL, name="q8_0/q8_0")
        raise AssertionError("it goes on")

    monkeypatch.setattr(kv_rows, "measured", interrupted)
    parser = argparse.ArgumentParser()
    kv.add_arguments(parser)
    figures = kv.measure(parser.parse_args(["--model", str(model), "--lengths", "300", "400"]))
    assert [row["name"] for row in figures["rows"]] == [kv_rows.FULL, "q8_0/q8_0"]
    assert figures["marks"] is None
    assert capsys.readouterr().err.count('"accuracy"') == 2
