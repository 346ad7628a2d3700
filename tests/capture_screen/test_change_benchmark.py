"""What `python -m benchmarks change` promises, on one screen of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import change


def test_no_edit_is_missed_and_a_still_desktop_keeps_two_frames_an_hour(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    change.add_arguments(parser)
    words = ["--screens", "1", "--hours", "1", "--data", str(tmp_path / "none")]
    figures = change.measure(parser.parse_args(words))
    assert figures["edits"] > 30
    assert figures["missed"] == 0
    assert figures["still_frames_per_hour"] <= 2
    assert not figures["screens_are_real"]
