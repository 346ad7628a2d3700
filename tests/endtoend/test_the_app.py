"""The app as it is started: window, tray icon and recorder, until it is told to quit."""

from __future__ import annotations

import signal
import time

import psutil
import pytest

from mirrordesk import durable
from mirrordesk.demo.household import wait_until
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from tests.endtoend.conftest import Shell

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(300)]

PATIENCE_S = 90.0


def test_the_app_shows_its_window_records_and_ends_with_all_its_children(
    desktop: VirtualDesktop, shell: Shell
) -> None:
    app = shell.start("run")
    try:
        window = desktop.wait_for_window("MirrorDesk", PATIENCE_S)
        assert window.app == "mirrordesk"
        wait_until(
            lambda: shell.json("status")["trouble"] is None, PATIENCE_S, "It does not record."
        )
        family = psutil.Process(app.pid).children(recursive=True)
        assert len(family) >= 3  # recorder, perception, desk
        second = shell.run("run")
        assert second.returncode == 3
        assert "already runs" in second.stderr
        app.send_signal(signal.SIGTERM)
        _out, err = app.communicate(timeout=PATIENCE_S)
        assert app.returncode == 0, err.decode()
    finally:
        app.kill()
        app.communicate()
    deadline = time.monotonic() + PATIENCE_S
    while any(child.is_running() for child in family) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [child for child in family if child.is_running()]
    assert not durable.is_locked(shell.profile.recorder_lock)
