"""A real Firefox, where there is one: its title tells the mode, the service its address."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest

from mirrordesk.capture import accessibility
from mirrordesk.capture.privacy import Rules
from mirrordesk.capture.x11.probe import X11Probe
from mirrordesk.config import PrivacySettings
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.records import GapReason, Window
from tests.capture_screen.conftest import eventually

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
QUIET = """
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("termsofuse.bypassNotification", true);
"""

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(PROGRAM is None, reason="Firefox is not installed"),
]


def test_its_windows_are_told_apart_and_its_address_is_read(tmp_path: Path) -> None:
    assert PROGRAM is not None
    (tmp_path / "user.js").write_text(QUIET)
    page = tmp_path / "open.html"
    page.write_text("<title>open</title><h1>open</h1>")
    with VirtualDesktop((1280, 800), with_sound=False) as desktop:
        session = accessibility.session_address(desktop.env)
        assert accessibility.switch_on(session)
        command = [PROGRAM, "--no-remote", "--profile", str(tmp_path), page.as_uri()]
        desktop.launch(command)
        desktop.wait_for_window("open —")
        desktop.key("ctrl+shift+p")
        desktop.wait_for_window("Private Browsing")
        with contextlib.closing(X11Probe(desktop.env["DISPLAY"], session)) as probe:

            def shown() -> Window:
                return next(w for w in probe.windows() if w.title.startswith("open —"))

            eventually(lambda: shown().url == page.as_uri(), "the address")
            rules = Rules(PrivacySettings())
            assert rules.excluded(shown()) is None
            private = next(w for w in probe.windows() if w.title.endswith("Private Browsing"))
            assert rules.excluded(private) is GapReason.EXCLUDED
