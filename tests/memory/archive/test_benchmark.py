"""The figures of the archive, on a small session."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from benchmarks import __main__ as benchmarks
from benchmarks import recordings
from tests.memory.archive.drawn import screen


def test_the_benchmark_prints_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begin, frames = datetime(2026, 11, 21, tzinfo=UTC), []
    for number in range(5):
        frames.append((begin + timedelta(seconds=number), f"{number}.png"))
        Image.fromarray(screen(number)).save(tmp_path / frames[-1][1])
    recordings.write(tmp_path, "typing", frames)
    words = ["archive", "--session", str(tmp_path), "--read", "1", "--json"]
    assert benchmarks.main(words) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["packed"] == figures["frames"] > 1
    assert figures["reocr_chars"] == figures["exact"] == 1.0
    assert figures["mb_per_8h"] > 0
    assert figures["seek_ms_p95"] >= figures["seek_ms_p50"] > 0
