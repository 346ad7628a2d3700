"""A sway that all tests here share."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from mirrordesk.capture.wayland.screencopy import WlrScreen
from mirrordesk.capture.wayland.sway import SwayProbe
from tests.capture_wayland.compositor import Sway


@pytest.fixture(scope="session")
def running_sway() -> Iterator[Sway]:
    with Sway() as running:
        yield running


@pytest.fixture
def sway(running_sway: Sway) -> Iterator[Sway]:
    """A sway without windows, with one upright monitor of 800x600."""
    yield running_sway
    running_sway.close_windows()
    running_sway.do("output HEADLESS-1 resolution 800x600 scale 1 transform normal")


@pytest.fixture
def screen(sway: Sway) -> Iterator[WlrScreen]:
    with contextlib.closing(WlrScreen(sway.env)) as opened:
        yield opened


@pytest.fixture
def probe(sway: Sway) -> Iterator[SwayProbe]:
    with contextlib.closing(SwayProbe(sway.env)) as opened:
        yield opened
