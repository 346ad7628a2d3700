"""The `mirrordesk` command, used on one profile as a person at a terminal would use it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mirrordesk.errors import MirrorDeskError

LONGEST_S = 600.0  # for one command: a question may have to load a model first


class CommandLine:
    """Runs `mirrordesk … --json` on `profile` in the environment `env`."""

    def __init__(self, profile: Path, env: Mapping[str, str]) -> None:
        self._profile = profile
        self._env = env

    def words(self, *command: str) -> list[str]:
        """The whole command line of one `mirrordesk` command."""
        return [sys.executable, "-m", "mirrordesk", *command, "--profile", str(self._profile)]

    def __call__(self, *command: str) -> Any:
        """What a command prints. Raises MirrorDeskError with its own sentence where it fails."""
        try:
            done = subprocess.run(
                self.words(*command, "--json"),
                env=self._env,
                capture_output=True,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise MirrorDeskError(f"`mirrordesk {command[0]}` did not come to an end.") from error
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise MirrorDeskError(
                f"`mirrordesk {command[0]}` ended with status {done.returncode}: {last}"
            )
        return json.loads(done.stdout)
