"""A checkout with a manifest of its own, and a hub to pull from."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import mirrordesk
from mirrordesk.cli import main
from mirrordesk.registry import places
from tests.registry.hubserver import Hub


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The value that a successful command printed."""
        assert self.status == 0, self.err
        return json.loads(self.out)


class Checkout:
    """The real program in a folder whose `models/` is the test's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.shipped = root / "models"
        self.pulled = root / "pulled"
        self.shipped.mkdir(parents=True)
        (root / "mirrordesk").symlink_to(Path(mirrordesk.__file__).parent)
        self.manifest("format = 1\nmodel = []\n")
        self.settings = {
            "MIRRORDESK_HOME": str(root / "profile"),
            "MIRRORDESK_MODELS": str(self.pulled),
            "HF_HOME": str(root / "hf"),
        }

    def manifest(self, text: str) -> None:
        (self.shipped / places.MANIFEST).write_text(text)

    @property
    def env(self) -> dict[str, str]:
        """The environment of a process of its own, which finds the program in this folder."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        return plain | self.settings | {"PYTHONPATH": str(self.root)}

    def start(self, *words: str) -> subprocess.Popen[str]:
        """`mirrordesk models …` as a process; huggingface_hub reads its settings only once."""
        command = [sys.executable, "-m", "mirrordesk", "models", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.root, env=self.env, stdout=pipe, stderr=pipe, text=True
        )

    def pull(self, *names: str) -> Done:
        """`mirrordesk models pull … --json`, in a process of its own."""
        process = self.start("pull", *names, "--json")
        out, err = process.communicate(timeout=200)
        return Done(process.returncode, out, err)

    def models(self, *words: str) -> Done:
        """`mirrordesk models … --json`, in this process."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(["models", *words, "--json"])
        return Done(status, out.getvalue(), err.getvalue())

    def row(self, name: str) -> dict[str, Any]:
        """What `models list` says of one model."""
        rows: list[dict[str, Any]] = self.models("list").json
        return next(row for row in rows if row["name"] == name)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    checkout = Checkout(tmp_path / "checkout")
    for name, value in checkout.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(places, "shipped", lambda: checkout.shipped)
    return checkout


@pytest.fixture
def hub(checkout: Checkout) -> Iterator[Hub]:
    """A hub that the commands of `checkout` ask."""
    with Hub() as hub:
        checkout.settings["HF_ENDPOINT"] = hub.address
        yield hub
