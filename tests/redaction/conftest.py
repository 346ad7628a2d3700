"""Fixtures for the tests of redaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirrordesk import config
from mirrordesk.paths import Profile
from mirrordesk.registry import places
from tests.redaction import samples


@pytest.fixture(autouse=True)
def same_draws() -> None:
    """Each test draws the same, whatever ran before it."""
    samples.begin_anew()


@pytest.fixture
def reading(profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """A profile that reads text and has no other model."""
    monkeypatch.setenv(places.MODELS_VARIABLE, str(tmp_path / "models"))
    for channel in ("image", "speech"):
        config.change(profile, f"{channel}.model", "")
    return profile
