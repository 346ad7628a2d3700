"""Where the compositor tells nothing of windows: what programs tell, and who keeps silent."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mirrordesk.capture import accessibility
from mirrordesk.capture.privacy import Rules
from mirrordesk.capture.wayland import accessible
from mirrordesk.capture.wayland.accessible import ANYWHERE, AccessibleProbe
from mirrordesk.capture.wayland.clients import Clients
from mirrordesk.config import PrivacySettings
from mirrordesk.records import GapReason
from tests.capture_screen.conftest import eventually
from tests.capture_wayland.compositor import Sway, needs_sway

pytestmark = [
    pytest.mark.desktop,
    needs_sway,
    pytest.mark.skipif(
        importlib.util.find_spec("PySide6") is None, reason="PySide6 is not installed"
    ),
]

TELLING = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
window = QWidget()
window.setWindowTitle(sys.argv[1])
window.show()
app.exec()
"""


@pytest.fixture(scope="module")
def desktop() -> Iterator[Sway]:
    """A sway with a message bus and an accessibility service that is switched on."""
    with Sway() as running:
        address = f"unix:path={running.env['XDG_RUNTIME_DIR']}/bus"
        running.env = {**running.env, "DBUS_SESSION_BUS_ADDRESS": address}
        running.launch(["dbus-daemon", "--session", "--nofork", f"--address={address}"])
        eventually(lambda: accessibility.switch_on(address), "the accessibility service")
        yield running


@pytest.fixture
def probe(desktop: Sway) -> Iterator[AccessibleProbe]:
    address = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
    with contextlib.closing(AccessibleProbe(desktop.env, address)) as opened:
        yield opened
    desktop.close_windows()


def open_telling(desktop: Sway, title: str) -> subprocess.Popen[bytes]:
    """Open a window whose program tells the service of it."""
    way = {"QT_QPA_PLATFORM": "wayland", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    return desktop.launch([sys.executable, "-c", TELLING, title], **way)


def titles(probe: AccessibleProbe) -> list[str]:
    return [window.title for window in probe.windows()]


def test_a_program_that_tells_of_its_window_is_known(desktop: Sway, probe: AccessibleProbe) -> None:
    process = open_telling(desktop, "a letter")
    eventually(lambda: titles(probe) == ["a letter"], "telling of the window")
    (window,) = probe.windows()
    assert (window.pid, window.box, window.opaque) == (process.pid, ANYWHERE, False)
    assert window.app.startswith("python")
    assert "not so" not in probe.why


def test_a_program_that_tells_nothing_of_its_window_hides_everything_and_is_named(
    desktop: Sway, probe: AccessibleProbe
) -> None:
    desktop.terminal("silent", "ff2000")
    (unnamed,) = probe.windows()
    assert Rules(PrivacySettings()).excluded(unnamed) is GapReason.UNIDENTIFIED
    assert unnamed.box == ANYWHERE
    assert probe.why.endswith("not so: foot")


def test_a_helper_of_the_desktop_needs_not_tell(
    desktop: Sway, probe: AccessibleProbe, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop.terminal("helper", "ff2000")
    assert len(probe.windows()) == 1
    monkeypatch.setattr(accessible, "HELPERS", ("foot",))
    assert probe.windows() == []


def test_the_kernel_knows_who_is_connected_to_the_compositor(desktop: Sway) -> None:
    clients = Clients(desktop.env)
    pid = desktop.terminal("connected", "ff2000")
    assert frozenset({pid}) in clients.now()
    desktop.close_windows()
    eventually(lambda: frozenset({pid}) not in clients.now(), "its end")
    assert not any(os.getpid() in pids for pids in clients.now())
