"""Fixtures for the tests of the perception worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirrordesk import config
from mirrordesk.paths import Profile
from mirrordesk.registry import places


@pytest.fixture(autouse=True)
def _no_models(profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an image nor a speech model is set, and the registry is empty."""
    monkeypatch.setenv(places.MODELS_VARIABLE, str(tmp_path / "models"))
    config.change(profile, "image.model", "")
    config.change(profile, "speech.model", "")
