"""A real Chromium tells which of its windows are private, and what address they show."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mirrordesk import config
from mirrordesk.capture import accessibility, backends
from mirrordesk.capture.look import MonitorLook, Sight
from mirrordesk.capture.privacy import Rules
from mirrordesk.capture.x11.probe import X11Probe
from mirrordesk.config import PrivacySettings
from mirrordesk.demo import browser
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.paths import Profile
from mirrordesk.records import Box, GapReason, Window
from tests.capture_screen.conftest import Recording, eventually, frames
from tests.capture_screen.test_recorder import count

pytestmark = pytest.mark.desktop


class Browser:
    """Chromium with one profile; further windows are opened by the first process."""

    def __init__(self, desktop: VirtualDesktop, data: Path) -> None:
        self._desktop = desktop
        self._command = browser.command(data)

    def open(self, title: str, *switches: str, colour: str = "#ffffff") -> subprocess.Popen[bytes]:
        """Show a page of that title, and wait for its window."""
        page = self._desktop.home / f"{title}.html"
        page.write_text(f"<title>{title}</title><body bgcolor={colour}><h1>{title}</h1>")
        process = self._desktop.launch([*self._command, *switches, page.as_uri()])
        self._desktop.wait_for_window(title)
        return process


@pytest.fixture
def desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop((1280, 800), with_sound=False) as running:
        yield running


@pytest.fixture
def probe(desktop: VirtualDesktop) -> Iterator[X11Probe]:
    opened = X11Probe(desktop.env["DISPLAY"], accessibility.session_address(desktop.env))
    yield opened
    opened.close()


def titled(probe: X11Probe, title: str) -> Window:
    return next(w for w in probe.windows() if w.title.startswith(title))


def is_told(probe: X11Probe, title: str, private: bool) -> Callable[[], bool]:
    return lambda: titled(probe, title).private is private


def kept_by_a_look(desktop: VirtualDesktop) -> tuple[str, str | None]:
    """Title and address of a frame, once the ordinary window is believed."""
    with contextlib.closing(backends.choose(desktop.env)) as chosen:
        (monitor,) = chosen.screen.monitors()
        look = MonitorLook(monitor, chosen, Rules(PrivacySettings()))
        sights: list[Sight] = []

        def believed() -> bool:
            sight = look.take()
            assert isinstance(sight, Sight)
            sights.append(sight)
            return any(j.window.private is False for j in sight.windows)

        eventually(believed, "believing the ordinary window")
        entry = look.news(sights[-1], 0.0)
    assert entry is not None
    return entry.title, entry.url


def test_with_the_service_on_every_window_is_told_apart(
    desktop: VirtualDesktop, probe: X11Probe, tmp_path: Path
) -> None:
    assert accessibility.switch_on(accessibility.session_address(desktop.env))
    chromium = Browser(desktop, tmp_path)
    chromium.open("ordinary")
    eventually(is_told(probe, "ordinary", False), "the ordinary window")
    chromium.open("secret", "--incognito")
    eventually(is_told(probe, "secret", True), "the private window")
    found = titled(probe, "ordinary")
    assert found.private is False
    assert found.url == (desktop.home / "ordinary.html").as_uri()
    rules = Rules(PrivacySettings())
    assert rules.excluded(found) is None
    assert rules.excluded(titled(probe, "secret")) is GapReason.EXCLUDED
    assert kept_by_a_look(desktop) == ("ordinary - Chromium", found.url)
    by_address = Rules(PrivacySettings(rules=(f"url=file://{desktop.home}",)))
    assert by_address.excluded(found) is GapReason.EXCLUDED


def test_with_the_service_off_its_windows_count_as_excluded_until_the_person_trusts_it(
    desktop: VirtualDesktop, probe: X11Probe, tmp_path: Path
) -> None:
    Browser(desktop, tmp_path).open("ordinary")
    found = titled(probe, "ordinary")
    assert (found.private, found.url) == (None, None)
    assert Rules(PrivacySettings()).excluded(found) is GapReason.UNIDENTIFIED
    assert Rules(PrivacySettings(trusted_browsers=("chromium",))).excluded(found) is None


GREEN, RED = (0, 255, 10), (255, 0, 10)


def test_a_recorder_keeps_ordinary_pages_and_no_pixel_of_a_private_window(
    desktop: VirtualDesktop, profile: Profile, tmp_path: Path
) -> None:
    for key in ("capture.microphone", "capture.loopback"):
        config.change(profile, key, "false")
    recording = Recording(profile, desktop)
    try:
        recording.wait_for("recording")  # it has switched the service on
        chromium = Browser(desktop, tmp_path)
        chromium.open("ordinary", colour="#00ff0a")
        eventually(
            lambda: any(count(frame, GREEN) > 10_000 for frame in frames(profile)),
            "keeping the ordinary page",
        )
        chromium.open("secret", "--incognito", colour="#ff000a")
        desktop.place("secret", Box(640, 0, 600, 700))
        desktop.place("ordinary", Box(0, 0, 600, 700))
        desktop.focus("ordinary")
        before = len(frames(profile))
        eventually(lambda: len(frames(profile)) > before, "another frame")
    finally:
        assert recording.stop() == 0
    kept = frames(profile)
    assert all(count(frame, RED) == 0 for frame in kept)
    assert not any("secret" in frame.title for frame in kept)
    addresses = {frame.url for frame in kept if frame.title.startswith("ordinary")}
    assert (desktop.home / "ordinary.html").as_uri() in addresses
