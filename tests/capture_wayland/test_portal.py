"""Sharing by the desktop's portal: the conversation, the pictures, and what is hidden."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk import durable
from mirrordesk.capture.base import Monitor
from mirrordesk.capture.wayland.portal import Portal
from mirrordesk.capture.wayland.shared import SharedScreen
from mirrordesk.demo.household import Household
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box
from tests.capture_screen.conftest import eventually
from tests.capture_wayland.compositor import is_listened_to
from tests.capture_wayland.portal import StubPortal

PROGRAMS = ("pipewire", "wireplumber", "pw-dump", "gst-launch-1.0")
absent = [program for program in PROGRAMS if shutil.which(program) is None]
needs_pipewire = pytest.mark.skipif(
    bool(absent), reason=f"not installed: {', '.join(absent)} (PipeWire and GStreamer)"
)


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    with contextlib.closing(Household(tmp_path)) as members:
        yield members


@pytest.fixture
def bus(household: Household, tmp_path: Path) -> str:
    """The address of a message bus of our own."""
    address = f"unix:path={tmp_path}/bus"
    household.launch(["dbus-daemon", "--session", "--nofork", f"--address={address}"], {})
    eventually(lambda: is_listened_to(tmp_path / "bus"), "the bus")
    return address


@pytest.fixture
def portal(bus: str) -> Iterator[StubPortal]:
    with StubPortal(bus) as serving:
        yield serving


@pytest.fixture
def grant(tmp_path: Path) -> Path:
    return tmp_path / "grant.json"


@contextlib.contextmanager
def sharing(bus: str, grant: Path | None) -> Iterator[Portal]:
    with contextlib.closing(Portal(bus, grant)) as session:
        yield session


def test_all_monitors_are_asked_for_once_and_kept_until_revoked(
    bus: str, portal: StubPortal, grant: Path
) -> None:
    with sharing(bus, grant) as session:
        eventually(lambda: bool(session.streams()), "sharing")
        assert [(s.node, s.box) for s in session.streams()] == [(42, Box(0, 0, 320, 240))]
    wanted = portal.options["SelectSources"]
    assert (wanted["types"], wanted["multiple"]) == (("u", 1), ("b", True))
    assert wanted["persist_mode"] == ("u", 2)
    assert "restore_token" not in wanted
    assert durable.read_json(grant) == {"token": "next time"}


def test_the_next_time_nobody_is_asked(bus: str, portal: StubPortal, grant: Path) -> None:
    durable.write_json(grant, {"token": "as before"})
    with sharing(bus, grant) as session:
        eventually(lambda: bool(session.streams()), "sharing")
    assert portal.options["SelectSources"]["restore_token"] == ("s", "as before")
    assert durable.read_json(grant) == {"token": "next time"}


def test_nobody_is_waited_for_while_the_dialog_is_open(
    bus: str, portal: StubPortal, grant: Path
) -> None:
    portal.answer = None
    with sharing(bus, grant) as session:
        assert session.streams() == []
        assert "waits for an answer" in session.state
        portal.say(0)
        eventually(lambda: bool(session.streams()), "sharing after all")


def test_who_says_no_is_not_asked_again_and_nothing_is_kept(
    bus: str, portal: StubPortal, grant: Path
) -> None:
    portal.answer = 1
    with sharing(bus, grant) as session:
        eventually(lambda: not session.streams() and "with no" in session.state, "the answer")
        portal.options.clear()
        assert session.streams() == []
        assert portal.options == {}
    assert not grant.exists()


def test_sharing_that_is_ended_on_the_desktop_is_ended(
    bus: str, portal: StubPortal, grant: Path
) -> None:
    with sharing(bus, grant) as session:
        eventually(lambda: bool(session.streams()), "sharing")
        portal.end_sharing()
        eventually(lambda: session.streams() == [], "the end of sharing")
        assert "was ended on the desktop" in session.state


def test_without_a_place_for_the_grant_nobody_is_asked(bus: str, portal: StubPortal) -> None:
    with sharing(bus, None) as session:
        assert session.streams() == []
        assert "once recording starts" in session.state
    assert portal.options == {}


def test_a_bus_without_a_portal_is_told(bus: str, grant: Path) -> None:
    with pytest.raises(CaptureUnavailable, match=r"^The desktop's portal does not share .*\.$"):
        Portal(bus, grant)
    with pytest.raises(CaptureUnavailable, match=r"^The desktop's portal does not share .*\.$"):
        Portal("unix:path=/nowhere/bus", grant)


@needs_pipewire
def test_a_picture_of_what_is_shared_comes_through_pipewire(
    household: Household, bus: str, grant: Path, tmp_path: Path
) -> None:
    env = {"XDG_RUNTIME_DIR": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": bus, "HOME": str(tmp_path)}
    env |= {"PATH": "/usr/bin:/bin"}
    household.launch(["pipewire"], env)
    eventually(lambda: is_listened_to(tmp_path / "pipewire-0"), "PipeWire")
    household.launch(["wireplumber"], env)
    size = "video/x-raw,format=BGRx,width=320,height=240,framerate=5/1"
    red = ["videotestsrc", "is-live=true", "pattern=red", "!", size]
    about = "stream-properties=p,media.class=Video/Source,node.name=shared"
    sink = ["pipewiresink", "mode=provide", about]
    household.launch(["gst-launch-1.0", *red, "!", *sink], env)

    def node() -> int | None:
        told = subprocess.run(["pw-dump"], env=env, capture_output=True).stdout
        for thing in json.loads(told or b"[]"):
            if (thing.get("info") or {}).get("props", {}).get("node.name") == "shared":
                return int(thing["id"])
        return None

    def remote() -> int:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(tmp_path / "pipewire-0"))
        return connection.detach()

    eventually(lambda: node() is not None, "a picture to share")
    with (
        StubPortal(bus, node() or 0, remote),
        contextlib.closing(SharedScreen(bus, grant)) as screen,
    ):
        eventually(lambda: bool(screen.monitors()), "sharing")
        (monitor,) = screen.monitors()
        assert monitor == Monitor("monitor-1", Box(0, 0, 320, 240))
        frame = screen.grab(monitor)
    assert frame.shape == (240, 320, 3)
    assert (frame == (255, 0, 0)).all()


@needs_pipewire
def test_a_monitor_that_is_not_shared_any_more_has_no_pixels(
    bus: str, portal: StubPortal, grant: Path
) -> None:
    with contextlib.closing(SharedScreen(bus, grant)) as screen:
        eventually(lambda: bool(screen.monitors()), "sharing")
        (monitor,) = screen.monitors()
        with pytest.raises(CaptureUnavailable, match="does not share the screen"):
            screen.grab(monitor)  # this portal knows no PipeWire
        portal.end_sharing()
        eventually(lambda: screen.monitors() == [], "the end of sharing")
        assert "was ended on the desktop" in screen.why
        with pytest.raises(CaptureUnavailable, match="not shared any more"):
            screen.grab(monitor)
