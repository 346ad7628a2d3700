"""A virtual desktop and the command line in it, as a person would use both."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.paths import Profile


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs `mirrordesk` on a profile, in the environment of a desktop."""

    profile: Profile
    env: Mapping[str, str]

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command(*words), env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def json(self, *words: str) -> Any:
        """What a command prints with --json. Fails the test where it fails."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._command(*words), env=self.env, capture_output=True, text=True, timeout=280
        )

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "mirrordesk", *words, "--profile", str(self.profile.root)]


@pytest.fixture(scope="module")
def desktop() -> Iterator[VirtualDesktop]:
    with VirtualDesktop((1280, 800)) as desktop:
        yield desktop


@pytest.fixture
def shell(desktop: VirtualDesktop, profile: Profile) -> Shell:
    return Shell(profile, desktop.env)
