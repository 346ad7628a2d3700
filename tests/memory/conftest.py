"""Fixtures for the tests of the memory."""

from __future__ import annotations

import pytest

from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from tests.memory.made import ZONE


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A zone whose clocks change, whatever the machine's is."""
    monkeypatch.setenv("TZ", ZONE)


@pytest.fixture
def store(profile: Profile) -> Store:
    """An empty store."""
    return Store(profile)


@pytest.fixture
def media(profile: Profile) -> Media:
    """An empty media folder."""
    return Media(profile)
