"""The recorder on made-up desktops of Windows and macOS: what it keeps, and what it does not."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mirrordesk import config, status
from mirrordesk.capture.backends import Backends
from mirrordesk.capture.base import Pixels
from mirrordesk.capture.look import MonitorLook, Sight
from mirrordesk.capture.privacy import PAINT, Rules
from mirrordesk.capture.recorder import Recorder
from mirrordesk.capture.spool import Spool
from mirrordesk.capture.windows.probe import LAYERED
from mirrordesk.config import PrivacySettings
from mirrordesk.paths import Profile
from mirrordesk.records import Box, SpoolEntry
from tests.capture_platforms.mac_desktop import MacDesktop, Plate
from tests.capture_platforms.stage import PLAIN, SCREEN, SECRET, AfterLooks, Colour
from tests.capture_platforms.windows_desktop import Frame, WindowsDesktop

VAULT = Box(40, 30, 120, 100)
NOTE = Box(100, 80, 120, 100)  # lies over a corner of the vault
LEFT = VAULT.w * VAULT.h - 60 * 50  # pixels of the vault that the note does not cover


@pytest.fixture
def silent(profile: Profile) -> Iterator[Profile]:
    """A profile that records the screen only."""
    config.change(profile, "capture.microphone", "false")
    config.change(profile, "capture.loopback", "false")
    return profile


def recorded(profile: Profile, chosen: Backends) -> Pixels:
    """The one frame that a recorder keeps of a desktop that does not change."""
    Recorder(profile, config.load(profile), chosen).run(AfterLooks(2))
    spool = Spool(profile)
    items = [spool.read(handle) for handle in spool.waiting()]
    (frame,) = [item for item in items if isinstance(item, SpoolEntry)]
    assert (frame.app, frame.title) == ("notepad", "a note")
    return np.asarray(Image.open(io.BytesIO(frame.payload)))


def count(pixels: Pixels, colour: Colour) -> int:
    return int((pixels == colour).all(axis=2).sum())


def test_on_windows_an_excluded_window_is_painted_out_and_what_covers_it_is_kept(
    silent: Profile,
) -> None:
    desktop = WindowsDesktop(
        [
            Frame(3, "a note", box=NOTE),
            Frame(2, "Personal", "KeePassXC.exe", box=VAULT, colour=SECRET),
            Frame(1, "Program Manager", "explorer.exe", colour=(20, 40, 60)),
        ],
        foreground=2,
    )
    kept = recorded(silent, Backends(desktop.screen(), desktop.probe(), desktop.keys()))
    assert count(kept, SECRET) == 0
    assert count(kept, PAINT) == LEFT
    assert count(kept, PLAIN) == NOTE.w * NOTE.h
    beat = status.recorder(silent.recorder_heartbeat)
    assert beat is not None
    assert beat.sources["windows"].startswith("Windows: ")
    assert beat.sources["pause key"] == "ctrl+alt+p"


def test_on_windows_nothing_shines_through_a_translucent_window(silent: Profile) -> None:
    desktop = WindowsDesktop(
        [
            Frame(2, "a note", box=NOTE, style=LAYERED),
            Frame(1, "Personal", "KeePassXC.exe", box=VAULT, colour=SECRET),
        ]
    )
    kept = recorded(silent, Backends(desktop.screen(), desktop.probe(), desktop.keys()))
    assert count(kept, PAINT) == VAULT.w * VAULT.h


@pytest.mark.parametrize("density", [1, 2])
def test_on_a_mac_an_excluded_window_is_painted_out_whole(silent: Profile, density: int) -> None:
    vault = (VAULT.x, VAULT.y, VAULT.w, VAULT.h)
    desktop = MacDesktop(
        [
            Plate(3, "notepad", "a note", "notepad", *(NOTE.x, NOTE.y, NOTE.w, NOTE.h)),
            Plate(2, "1Password", "Personal", "1Password", *vault, colour=SECRET),
            Plate(1, "Finder", "", "Finder", layer=-20, colour=(20, 40, 60)),
        ],
        density=density,
    )
    kept = recorded(silent, Backends(desktop.screen(), desktop.probe(), desktop.keys()))
    assert kept.shape == (SCREEN.h * density, SCREEN.w * density, 3)
    assert count(kept, SECRET) == 0
    assert count(kept, PAINT) == VAULT.w * VAULT.h * density**2


_boxes = st.builds(
    Box, st.integers(-50, 300), st.integers(-50, 180), st.integers(1, 330), st.integers(1, 230)
)
_frames = st.builds(
    Frame,
    st.just(0),
    title=st.sampled_from(["", "a title"]),
    program=st.sampled_from(["notepad.exe", "KeePassXC.exe", ""]),
    box=_boxes,
    style=st.sampled_from([0, LAYERED]),
    shaped=st.booleans(),
    composed=st.booleans(),
    cloaked=st.sampled_from([0, 0, 1]),
)


_RULES = Rules(PrivacySettings())


@settings(deadline=None, max_examples=50)
@given(st.lists(_frames, max_size=6))
def test_whatever_lies_over_whatever_no_pixel_of_an_excluded_window_is_kept(
    frames: list[Frame],
) -> None:
    for number, frame in enumerate(frames, 1):
        frame.handle, frame.pid = number, 92_000_000 + number
        frame.colour = PLAIN if frame.program == "notepad.exe" else SECRET
    desktop = WindowsDesktop(frames)
    chosen = Backends(desktop.screen(), desktop.probe(), desktop.keys())
    (monitor,) = chosen.screen.monitors()
    sight = MonitorLook(monitor, chosen, _RULES).take()
    if isinstance(sight, Sight):
        reddish = (sight.pixels[..., 0] > 100) & (sight.pixels != PAINT).any(axis=2)
        assert not reddish.any()


def test_importing_the_platforms_loads_no_library_of_theirs() -> None:
    program = (
        "import sys; from mirrordesk.capture.macos import keys, probe, screen; "
        "from mirrordesk.capture.windows import keys, probe, screen; "
        "print({'Quartz', 'mss'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"
