"""Desktops for these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mirrordesk.demo.virtual_desktop import VirtualDesktop

SMALL = (800, 600)


@pytest.fixture(scope="module")
def desktop() -> Iterator[VirtualDesktop]:
    """One desktop with sound for a whole module."""
    with VirtualDesktop(SMALL) as desktop:
        yield desktop
