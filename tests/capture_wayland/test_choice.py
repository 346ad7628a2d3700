"""Which way of looking is chosen in a Wayland session, and a whole recorder that uses it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from mirrordesk.capture import backends
from mirrordesk.capture.wayland.sway import SwayProbe
from mirrordesk.capture.wayland.toplevels import ToplevelProbe
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.paths import Profile
from tests.capture_screen.conftest import Recording, frames
from tests.capture_wayland.compositor import Sway, needs_sway
from tests.capture_wayland.stub import StubCompositor


@pytest.mark.desktop
@needs_sway
def test_sway_is_asked_for_its_windows_where_it_answers(sway: Sway) -> None:
    with contextlib.closing(backends.choose(sway.env)) as chosen:
        assert isinstance(chosen.probe, SwayProbe)
        assert "copies each monitor" in chosen.screen.why
    for socket in ("", "/nowhere/sway-ipc.sock"):
        with contextlib.closing(backends.choose({**sway.env, "SWAYSOCK": socket})) as chosen:
            assert isinstance(chosen.probe, ToplevelProbe)
            assert "but not where" in chosen.probe.why


@pytest.mark.desktop
@needs_sway
def test_the_sway_that_is_asked_is_the_one_of_the_display(sway: Sway) -> None:
    with Sway() as other:
        mixed = {**sway.env, "SWAYSOCK": other.env["SWAYSOCK"]}
        with pytest.raises(CaptureUnavailable, match="of another sway"):
            SwayProbe(mixed)


def test_a_compositor_without_screencopy_and_without_a_portal_is_refused_in_one_sentence(
    tmp_path: Path,
) -> None:
    nowhere = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/bus"}
    with (
        StubCompositor(tmp_path, {"wl_seat": 7}) as stub,
        pytest.raises(CaptureUnavailable, match=r"^The (desktop|portal)'s .*\.$"),
    ):
        backends.choose({**stub.env, **nowhere})


@pytest.mark.desktop
@needs_sway
def test_a_recorder_records_a_wayland_session_and_paints_out_what_is_excluded(
    sway: Sway, silent: Profile
) -> None:
    sway.terminal("vault of KeePassXC", "ff2000", "-a", "org.keepassxc.KeePassXC")
    sway.terminal("notes", "00ff00")
    recording = Recording(silent, sway)
    try:
        recording.wait_for_frames(1)
        status = recording.status
        assert status is not None
        assert status.sources["screen"].startswith("1 monitor through wlroots screencopy: sway")
        assert "bind keys to `mirrordesk pause`" in status.sources["pause key"]
        assert recording.stop() == 0
    finally:
        if recording.process.poll() is None:
            recording.kill()
    entry = frames(silent)[-1]
    assert (entry.source, entry.app, entry.title) == ("HEADLESS-1", "foot", "notes")
    assert {window.title for window in entry.windows} == {"notes"}
