"""Fixtures every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirrordesk.paths import Profile


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """A fresh profile in a folder of its own."""
    return Profile.open(tmp_path / "profile")
