"""A real compositor without a screen, and windows in it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pytest

from mirrordesk.demo.household import Household
from tests.capture_screen.conftest import eventually

needs_sway = pytest.mark.skipif(
    shutil.which("sway") is None or shutil.which("foot") is None,
    reason="sway and foot are not installed (installer/system-packages.sh installs them)",
)

NOBODY = 65534  # user and group; sway refuses to run as root
CONFIGURATION = """
output HEADLESS-1 resolution 800x600 position 0 0
default_border none
focus_follows_mouse no
xwayland disable
"""


def is_listened_to(path: Path) -> bool:
    """Whether somebody answers at a socket."""
    with socket.socket(socket.AF_UNIX) as trying:
        return trying.connect_ex(str(path)) == 0


class Sway:
    """sway with one monitor of 800x600, HEADLESS-1, for as long as the `with` block lasts."""

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="mirrordesk-sway-"))
        self._runtime = self._subfolder("runtime")
        self._household = Household(self._subfolder("logs"))
        self.env: Mapping[str, str] = self._environment()
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _subfolder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(mode=0o700)
        return folder

    def _environment(self) -> dict[str, str]:
        foreign = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SWAYSOCK")
        env = {k: v for k, v in os.environ.items() if k not in foreign and k[:4] != "XDG_"}
        return env | {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "WLR_BACKENDS": "headless",
            "WLR_RENDERER": "pixman",
            "WLR_LIBINPUT_NO_DEVICES": "1",
        }

    def _start(self) -> None:
        configuration = self.folder / "config"
        configuration.write_text(CONFIGURATION)
        command = ["sway", "-c", str(configuration)]
        if os.getuid() == 0:
            self.folder.chmod(0o755)
            os.chown(self._runtime, NOBODY, NOBODY)
            ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            command = ["setpriv", *ids, *command]
        self.process = self._household.launch(command, self.env)
        eventually(lambda: len(self._sockets()) == 2, "starting sway")
        self.env |= dict(zip(("SWAYSOCK", "WAYLAND_DISPLAY"), self._sockets(), strict=True))

    def _sockets(self) -> list[str]:
        ipc = [str(path) for path in self._runtime.glob("sway-ipc.*.sock")]
        displays = [path for path in self._runtime.glob("wayland-?") if is_listened_to(path)]
        return ipc + [path.name for path in displays]

    def _end(self) -> None:
        self._household.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def do(self, command: str) -> None:
        """Have sway do something."""
        subprocess.run(["swaymsg", command], env=self.env, check=True, capture_output=True)

    def told(self, kind: str) -> Any:
        """What sway tells of itself."""
        asked = ["swaymsg", "-r", "-t", kind]
        return json.loads(
            subprocess.run(asked, env=self.env, check=True, capture_output=True).stdout
        )

    def launch(self, argv: Sequence[str], **env: str) -> subprocess.Popen[bytes]:
        """Start a program in it."""
        return self._household.launch(argv, {**self.env, **env})

    def terminal(self, title: str, colour: str, *options: str, run: str = "cat") -> int:
        """Open a terminal of one colour and wait until sway shows it; its process."""
        look = ("-T", title, "-o", f"colors.background={colour}", "-o", "locked-title=yes")
        process = self.launch(["foot", *look, *options, "sh", "-c", run])
        eventually(lambda: title in (view["name"] for view in self.views()), f"the window {title}")
        return process.pid

    def close_windows(self) -> None:
        """Close every window."""
        for view in self.views():
            self.do(f"[con_id={view['id']}] kill")
        eventually(lambda: not self.views(), "closing the windows")

    def views(self) -> list[dict[str, Any]]:
        """The windows in sway's tree."""
        nodes, found = [self.told("get_tree")], []
        while nodes:
            node = nodes.pop()
            nodes += node["nodes"] + node["floating_nodes"]
            found += [node] if "visible" in node else []
        return found
