"""A real desktop without a screen: X server, window manager, tray, session bus and sound.

Programs run in it as they would on anybody's machine; nothing is simulated but the hardware.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from PIL import Image

from mirrordesk.capture.base import Pixels
from mirrordesk.demo import browser, sound
from mirrordesk.demo.display import start_display, windows
from mirrordesk.demo.household import Household, require, wait_until
from mirrordesk.errors import CaptureUnavailable
from mirrordesk.records import Box, Window

START_S = 20.0
COMMAND_S = 30.0  # most that one command of xdotool or wmctrl may take
KEY_DELAY_MS = 60  # between two keys; a quick human typist

PROGRAMS = ("Xvfb", "xhost", "openbox", "trayer", "dbus-daemon", "xdotool", "wmctrl")

# What ties a program to the desktop of the person who started us.
_FOREIGN = (
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "QT_QPA_PLATFORM",
    "DBUS_SESSION_BUS_ADDRESS",
)


class VirtualDesktop:
    """A desktop that lasts as long as the `with` block; several may exist at once.

        with VirtualDesktop() as desktop:
            desktop.launch(["xterm"])
            desktop.wait_for_window("xterm")
            desktop.type_text("echo hello\\n")

    `size` is (width, height) in pixels. `env` is the environment that its programs run in, to be
    handed to any other program that should appear there; `home` is their home folder, empty at
    first. Everything that was started ends with the block, also when the body raises.
    """

    def __init__(self, size: tuple[int, int] = (1600, 1000), *, with_sound: bool = True) -> None:
        self.size = size
        self.env: Mapping[str, str] = {}
        self._with_sound = with_sound

    def __enter__(self) -> Self:
        """Start it. Raises CaptureUnavailable, naming the program that is missing."""
        require(*PROGRAMS, *(sound.PROGRAMS if self._with_sound else ()))
        self.folder = Path(tempfile.mkdtemp(prefix="mirrordesk-desktop-"))
        self.home = self._subfolder("home")
        self._runtime = self._subfolder("runtime")
        self._household = Household(self._subfolder("logs"))
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def display(self) -> str:
        """The name of the X display, for example ":5"."""
        return self.env["DISPLAY"]

    def _subfolder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        return folder

    def _start(self) -> None:
        self.env = self._own_environment()
        access = start_display(self._household, self._runtime, self.size, self.env)
        self.env = {**self.env, **access}
        self._start_bus()
        self._start_window_manager()
        if self._with_sound:
            self._sound = sound.SoundServer(self._household, self._runtime, self.env)
            self.env = {**self.env, **self._sound.env}

    def _end(self) -> None:
        self._household.close()
        # A program may still have been writing its settings when it was ended.
        shutil.rmtree(self.folder, ignore_errors=True)

    def _own_environment(self) -> dict[str, str]:
        env = {
            k: v for k, v in os.environ.items() if k not in _FOREIGN and not k.startswith("XDG_")
        }
        return env | {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "XDG_SESSION_TYPE": "x11",
            "LANG": "C.UTF-8",
            "SHELL": "/bin/bash",
            # GTK programs would otherwise start helpers that nobody here needs.
            "NO_AT_BRIDGE": "1",
            "GTK_A11Y": "none",
            "GIO_USE_VFS": "local",
            "GSETTINGS_BACKEND": "memory",
        }

    def _start_bus(self) -> None:
        socket = self._runtime / "bus"
        address = f"unix:path={socket}"
        self.launch(["dbus-daemon", "--session", "--nofork", f"--address={address}"])
        wait_until(socket.exists, START_S, "The session bus of the virtual desktop did not start.")
        self.env = {**self.env, "DBUS_SESSION_BUS_ADDRESS": address}

    def _start_window_manager(self) -> None:
        self.launch(["openbox"])
        # trayer docks only once a window manager is there to ask.
        wait_until(
            lambda: self._succeeds("wmctrl", "-m"),
            START_S,
            "The window manager of the virtual desktop did not start.",
        )
        self.launch(["trayer", "--edge", "top", "--align", "right", "--widthtype", "request"])

    def launch(self, argv: Sequence[str], *, cwd: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a program in the desktop, in `cwd` (default: its home folder).

        Raises CaptureUnavailable when the program is not installed.
        """
        return self._household.launch(argv, self.env, cwd=cwd or self.home)

    def launch_browser(self, url: str, *extra: str) -> subprocess.Popen[bytes]:
        """Start Chromium with a fresh user folder on `url` (there is no network in it)."""
        data = Path(tempfile.mkdtemp(prefix="chromium-", dir=self.folder))
        return self.launch([*browser.command(data), *extra, url])

    def said(self, process: subprocess.Popen[bytes]) -> str:
        """What a program that `launch` started has printed so far."""
        return self._household.said(process)

    def type_text(self, text: str, delay_ms: int = KEY_DELAY_MS) -> None:
        """Type into the window that has the focus; a line break presses Return."""
        # xdotool would send a line break as Linefeed, which GTK programs ignore.
        for number, line in enumerate(text.split("\n")):
            if number:
                self.key("Return")
            if line:
                seconds = COMMAND_S + 3 * len(line) * delay_ms / 1000
                words = ["xdotool", "type", "--delay", str(delay_ms), "--", line]
                self._command(*words, seconds=seconds)

    def key(self, *keys: str) -> None:
        """Press keys or combinations one after the other, for example "ctrl+s", "Return"."""
        self._command("xdotool", "key", "--delay", str(KEY_DELAY_MS), "--", *keys)

    def click(self, x: int, y: int) -> None:
        """Click the left button at a point of the screen."""
        self._command("xdotool", "mousemove", "--sync", str(x), str(y), "click", "1")

    def windows(self) -> list[Window]:
        """The windows that the window manager knows, bottom of the stack first.

        A box is the client's place on the screen, without the frame that openbox draws around it.
        """
        return windows(self.display)

    def _find(self, title: str) -> Window | None:
        return next((w for w in reversed(self.windows()) if title in w.title), None)

    def wait_for_window(self, title: str, timeout: float = 60.0) -> Window:
        """The topmost window whose title contains `title`, as soon as there is one."""
        found: list[Window] = []  # kept: a window that is just being framed is gone for a moment

        def appeared() -> bool:
            found.extend(filter(None, [self._find(title)]))
            return bool(found)

        missing = f"No window titled “{title}” appeared within {timeout:.0f} seconds."
        wait_until(appeared, timeout, missing)
        return found[0]

    def window(self, title: str) -> Window:
        """The topmost window whose title contains `title`. Raises CaptureUnavailable."""
        found = self._find(title)
        if found is None:
            raise CaptureUnavailable(f"No window titled “{title}” is open in the virtual desktop.")
        return found

    def focus(self, title: str) -> None:
        """Bring a window to the front and give it the keyboard."""
        self._command("xdotool", "windowactivate", "--sync", str(self.window(title).handle))

    def place(self, title: str, box: Box) -> None:
        """Move and size a window."""
        where = f"0,{box.x},{box.y},{box.w},{box.h}"
        self._command("wmctrl", "-i", "-r", hex(self.window(title).handle), "-e", where)

    def speak(self, sentence: str, *, into_microphone: bool = False) -> None:
        """Say `sentence`: out of the speakers, or as somebody in front of the microphone.

        Returns when it has been said. Raises CaptureUnavailable on a desktop without sound.
        """
        if not self._with_sound:
            raise CaptureUnavailable("This virtual desktop was started without sound.")
        self._sound.speak(sentence, sink=sound.ROOM if into_microphone else sound.SPEAKERS)

    def pixels(self, window: Window | None = None) -> Pixels:
        """The screen, or the part of it where `window` lies: (height, width, 3), RGB."""
        import mss

        box = window.box if window else Box(0, 0, *self.size)
        with mss.MSS(display=self.display) as screen:
            shot = screen.grab((box.x, box.y, box.right, box.bottom))
        return np.frombuffer(shot.rgb, np.uint8).reshape(shot.height, shot.width, 3)

    def screenshot(self, path: Path, window: Window | None = None) -> Path:
        """Save the screen, or the part of it where `window` lies, in the format of the suffix."""
        Image.fromarray(self.pixels(window)).save(path)
        return path

    def _command(self, *argv: str, seconds: float = COMMAND_S) -> str:
        """What a command on this display prints. Raises CaptureUnavailable when it fails."""
        done = self._run(*argv, seconds=seconds)
        if done.returncode != 0:
            why = done.stderr.strip() or f"status {done.returncode}"
            raise CaptureUnavailable(f"{' '.join(argv[:2])} failed on {self.display}: {why}")
        return done.stdout

    def _succeeds(self, *argv: str) -> bool:
        return self._run(*argv).returncode == 0

    def _run(self, *argv: str, seconds: float = COMMAND_S) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                argv, env=self.env, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise CaptureUnavailable(f"{argv[0]} did not answer on {self.display}.") from error
